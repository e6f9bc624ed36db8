// The test of the judges: a judge that sees nothing is noticed, because some documented case turns
// red, and each bug that was made for one judge is seen by that one alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/scenarios/support.h"

namespace splitproof::tests {
namespace {

using harness::CaseResult;
using harness::CaseVerdict;
using harness::Finding;
using harness::Oracle;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

Oracle blind() {
  return [](const harness::RunRecord&, const harness::References&) {
    return std::vector<harness::Violation>{};
  };
}

std::vector<std::pair<std::string, Oracle>> all_but(const std::string& name) {
  std::vector<std::pair<std::string, Oracle>> oracles = harness::all_oracles();
  for (auto& [known, oracle] : oracles) {
    if (known == name) oracle = blind();
  }
  return oracles;
}

// The cases that need this oracle, and those that no fewer oracles would mind.
struct BlindOracle {
  std::string name;
  Texts red;
};

// How a test's name shows it.
void PrintTo(const BlindOracle& oracle, std::ostream* out) { *out << oracle.name; }

class WithoutOneOracle : public testing::TestWithParam<BlindOracle> {};

// Those of the cases that turn red where this oracle is blind.
void expect_red_without(const Texts& cases, const BlindOracle& oracle) {
  // A blind oracle turns nothing red that is expected to hold.
  const harness::Selection selection = select(cases, "sqlite");
  std::vector<harness::Case> caught = selection.cases;
  std::erase_if(caught, [](const harness::Case& subject) {
    return subject.variant->expect.at("sqlite").observed != harness::Expectation::violated;
  });
  harness::CampaignOptions options;
  options.jobs = 2;
  options.oracles = all_but(oracle.name);
  const harness::RunVerdict run = run_cases(caught, options);
  Texts red;
  for (const CaseVerdict& verdict : run.cases) {
    if (verdict.result == CaseResult::pass) continue;
    EXPECT_EQ(verdict.result, CaseResult::fail) << name_of(verdict) << ": " << verdict.reason;
    EXPECT_THAT(verdict.reason, HasSubstr("the bug was not caught by the oracle '"))
        << name_of(verdict);
    red.push_back(name_of(verdict));
  }
  EXPECT_THAT(red, ElementsAreArray(oracle.red));
  EXPECT_EQ(harness::exit_code(run, false), 1);
}

TEST_P(WithoutOneOracle, TheCasesThatNeedItFailAndNoOthers) {
  expect_red_without(built_cases(), GetParam());
}

TEST(WithoutOneOracleOnDisk, ADamagedDatabaseIsMissed) {
  expect_red_without(harness::storage_cases(),
                     {"recovers",
                      {"power-loss-transfer / synchronous-off", "power-loss-transfer / no-barrier",
                       "power-loss-month / no-barrier", "contract-matrix / delete-off",
                       "contract-matrix / truncate-off", "contract-matrix / persist-off",
                       "contract-matrix / memory-off", "contract-matrix / memory-normal",
                       "contract-matrix / memory-full", "contract-matrix / memory-extra",
                       "contract-matrix / off-off", "contract-matrix / off-normal",
                       "contract-matrix / off-full", "contract-matrix / off-extra"}});
}

INSTANTIATE_TEST_SUITE_P(
    Oracles, WithoutOneOracle,
    testing::Values(
        BlindOracle{
            "told-equals-held",
            {"partial-failure / autocommit", "partial-failure / commits-early",
             "balance-transfer / autocommit", "august-september-split / autocommit",
             "august-september-split / sequential-upserts",
             "august-september-split / tracks-outside", "daily-collection / autocommit",
             "daily-collection / log-row-first", "daily-collection / counts-again-on-retry",
             "transaction-helper / opens-no-transaction", "transaction-helper / swallows-error",
             "transaction-helper / another-connection", "transaction-helper / retries-blindly"}},
        // It is also the one that tells an unsafe retry from other ways to end elsewhere.
        BlindOracle{
            "converges",
            {"balance-transfer / no-reference", "august-september-split / remembers-too-early"}},
        BlindOracle{"completes", {"concurrent-updates / no-retry"}},
        BlindOracle{
            "hand-back",
            {"partial-failure / leaves-transaction-open", "transaction-helper / forgets-rollback"}},
        BlindOracle{"invariant",
                    {"balance-transfer / loses-a-cent", "transaction-helper / releases-savepoint",
                     "month-boundary / utc-day", "month-boundary / border-off-by-one",
                     "cleanup-after-aggregation / deletes-untracked"}},
        BlindOracle{"serializable",
                    {"lost-update / autocommit", "lost-update / read-outside",
                     "concurrent-updates / retries-with-old-value", "double-cron / looks-first",
                     "late-data / sums-twice", "fractured-read / autocommit"}},
        BlindOracle{"intermediate-read", {"cache-refresh / autocommit"}}),
    [](const testing::TestParamInfo<BlindOracle>& oracle) {
      std::string name = oracle.param.name;
      std::erase(name, '-');
      return name;
    });

TEST(AllOracles, AreEachBlindedByOneTest) {
  Texts names;
  for (const auto& [name, oracle] : harness::all_oracles()) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("told-equals-held", "converges", "completes", "serializable",
                                 "intermediate-read", "hand-back", "invariant", "recovers"));
}

class Mutants : public testing::TestWithParam<std::string> {};

TEST_P(Mutants, AreSeenByTheirOwnOracleAlone) {
  const harness::Selection selection = select(built_cases(), GetParam());
  std::set<std::string> oracles;
  for (const harness::Case& subject : selection.cases) {
    if (subject.variant->role != harness::Role::mutant) continue;
    const std::string& oracle = subject.variant->expect.at(GetParam()).oracle;
    oracles.insert(oracle);
    const auto& verdicts = all_cases_on(GetParam()).cases;
    const auto verdict = std::ranges::find_if(verdicts, [&](const CaseVerdict& one) {
      return one.scenario == subject.scenario->name && one.variant == subject.variant->name;
    });
    ASSERT_NE(verdict, verdicts.end());
    EXPECT_FALSE(verdict->findings.empty()) << name_of(*verdict);
    for (const Finding& finding : verdict->findings) {
      EXPECT_EQ(finding.oracle, oracle) << name_of(*verdict) << ", plan " << finding.plan;
    }
  }
  EXPECT_THAT(oracles, UnorderedElementsAre("converges", "unsafe-retry", "hand-back", "invariant",
                                            "model", "sums"))
      << "what the others see, another one often sees too: their bugs are controls";
}

INSTANTIATE_TEST_SUITE_P(On, Mutants, testing::Values("sqlite", "postgres"),
                         [](const testing::TestParamInfo<std::string>& target) {
                           return target.param;
                         });

}  // namespace
}  // namespace splitproof::tests
