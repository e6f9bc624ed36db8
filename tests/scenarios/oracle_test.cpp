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

TEST_P(WithoutOneOracle, TheCasesThatNeedItFailAndNoOthers) {
  // A blind oracle can turn only those red that it must catch; the long scenario is left out where
  // it has none.
  Texts scenarios = built_cases();
  const std::string longest = "august-september-split";
  if (std::ranges::none_of(GetParam().red,
                           [&](const std::string& name) { return name.starts_with(longest); })) {
    std::erase(scenarios, longest);
  }
  const harness::Selection selection = select(scenarios, "sqlite");
  harness::CampaignOptions options;
  options.jobs = 2;
  options.oracles = all_but(GetParam().name);
  const harness::RunVerdict run = run_cases(selection.cases, options);
  Texts red;
  for (const CaseVerdict& verdict : run.cases) {
    if (verdict.result == CaseResult::pass) continue;
    EXPECT_EQ(verdict.result, CaseResult::fail) << name_of(verdict) << ": " << verdict.reason;
    EXPECT_THAT(verdict.reason, HasSubstr("the bug was not caught by the oracle '"))
        << name_of(verdict);
    red.push_back(name_of(verdict));
  }
  EXPECT_THAT(red, ElementsAreArray(GetParam().red));
  EXPECT_EQ(harness::exit_code(run, false), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Oracles, WithoutOneOracle,
    testing::Values(
        BlindOracle{
            "told-equals-held",
            {"partial-failure / autocommit", "balance-transfer / autocommit",
             "august-september-split / autocommit", "august-september-split / sequential-upserts",
             "daily-collection / autocommit", "transaction-helper / opens-no-transaction",
             "transaction-helper / swallows-error", "transaction-helper / another-connection",
             "transaction-helper / retries-blindly"}},
        // It is also the one that tells an unsafe retry from other ways to end elsewhere.
        BlindOracle{
            "converges",
            {"balance-transfer / no-reference", "august-september-split / remembers-too-early"}},
        BlindOracle{"completes", {"daily-collection / gives-up-at-first"}},
        BlindOracle{
            "hand-back",
            {"partial-failure / leaves-transaction-open", "transaction-helper / forgets-rollback"}},
        BlindOracle{"invariant", {"balance-transfer / loses-a-cent"}}),
    [](const testing::TestParamInfo<BlindOracle>& oracle) {
      std::string name = oracle.param.name;
      std::erase(name, '-');
      return name;
    });

TEST(AllOracles, AreEachBlindedByOneTest) {
  Texts names;
  for (const auto& [name, oracle] : harness::all_oracles()) names.push_back(name);
  EXPECT_THAT(names,
              ElementsAre("told-equals-held", "converges", "completes", "hand-back", "invariant"));
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
  EXPECT_THAT(oracles, UnorderedElementsAre("converges", "unsafe-retry", "completes", "hand-back",
                                            "invariant"))
      << "told-equals-held needs no mutant: most controls are caught by it alone";
}

INSTANTIATE_TEST_SUITE_P(On, Mutants, testing::Values("sqlite", "postgres"),
                         [](const testing::TestParamInfo<std::string>& target) {
                           return target.param;
                         });

}  // namespace
}  // namespace splitproof::tests
