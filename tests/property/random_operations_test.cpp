// Random operations with random faults: the service agrees with the model, every broken form is
// caught, and what is found is as small as it can be.
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "tests/harness/server.h"
#include "tests/property/cases.h"

namespace splitproof::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// The damage's sentences, one line each.
std::string damage_of(const Finding& finding) {
  std::string text;
  for (const Damage& damage : finding.damage) text += damage.name + ": " + damage.text + "\n";
  return text;
}

const Finding& with_damage(const CaseOutcome& outcome, const std::string& name) {
  for (const Finding& finding : outcome.verdict.findings) {
    if (damage_of(finding).starts_with(name)) return finding;
  }
  throw std::runtime_error("no finding with the damage " + name);
}

void expect_caught_minimal(const CaseOutcome& outcome) {
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  EXPECT_EQ(outcome.verdict.observed, "violated");
  EXPECT_THAT(outcome.verdict.findings, Not(IsEmpty()));
  for (const Finding& finding : outcome.verdict.findings) {
    const Plan plan = plan_of(finding.plan);
    EXPECT_LE(plan.operations.size(), 2U) << finding.plan;
    EXPECT_LE(plan.strikes.size(), 1U) << finding.plan;
  }
}

constexpr const char* broken[] = {"autocommit", "sequential-upserts", "no-reference",
                                  "loses-a-cent"};

TEST(RandomOperations, TheServiceAgreesWithTheModel) {
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    const CaseOutcome outcome =
        DocumentedCase("random-operations", "transactional").run(with_seed(seed));
    EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
    EXPECT_EQ(outcome.verdict.observed, "holds");
    EXPECT_THAT(outcome.verdict.findings, IsEmpty());
    EXPECT_GT(outcome.verdict.runs, 100);
    EXPECT_GT(outcome.verdict.faults.fired, 50);
    EXPECT_EQ(outcome.verdict.faults.fired, outcome.verdict.faults.planned);
  }
}

TEST(RandomOperations, TheServiceAgreesWithTheModelOnPostgres) {
  const auto world = postgres_world();
  const CaseOutcome outcome =
      DocumentedCase("random-operations", "transactional", "postgres").run(*world);
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  EXPECT_GE(outcome.verdict.runs, 15);
  EXPECT_GT(outcome.verdict.faults.fired, 0);
}

TEST(RandomOperations, EveryBrokenFormIsCaughtBySmallPlans) {
  for (const char* variant : broken) {
    for (const std::uint64_t seed : {1, 2, 3}) {
      SCOPED_TRACE(variant);
      expect_caught_minimal(DocumentedCase("random-operations", variant).run(with_seed(seed)));
    }
  }
}

TEST(RandomOperations, EveryBrokenFormIsCaughtOnPostgres) {
  for (const char* variant : broken) {
    SCOPED_TRACE(variant);
    const auto world = postgres_world();
    expect_caught_minimal(DocumentedCase("random-operations", variant, "postgres").run(*world));
  }
}

TEST(RandomOperations, ALostCentIsShrunkToOneTransferWithoutAnyStrike) {
  const CaseOutcome outcome = DocumentedCase("random-operations", "loses-a-cent").run();
  const Finding& finding = with_damage(outcome, "balance-not-booked");
  EXPECT_EQ(finding.oracle, "model");
  EXPECT_EQ(finding.plan, "transfer(r1,B,A,0.01) clean");
  EXPECT_EQ(damage_of(finding),
            "balance-not-booked: A holds 100.00, of which -0.01 is in no booking\n");
  EXPECT_THAT(finding.because, HasSubstr("2 rows differ, in accounts"));
  EXPECT_THAT(finding.replay,
              HasSubstr("run random-operations --variant loses-a-cent --target sqlite --plan "
                        "'transfer(r1,B,A,0.01) clean'"));
}

TEST(RandomOperations, HalfAMonthIsShrunkToOneAggregationAndOneStrike) {
  const CaseOutcome outcome = DocumentedCase("random-operations", "sequential-upserts").run();
  const Finding& finding = with_damage(outcome, "half-a-month");
  EXPECT_EQ(finding.plan, "aggregate(2025-08,2025-09-01) a4+=error:SQLITE_CONSTRAINT_UNIQUE");
  EXPECT_THAT(damage_of(finding),
              HasSubstr("2025-08: the conversion metrics of 1 summaries are missing"));
  ASSERT_EQ(finding.differences.size(), 1U);
  EXPECT_EQ(finding.differences.front().table, "campaign_summaries");
  EXPECT_EQ(finding.differences.front().found.size(), 1U);
  const auto told = std::ranges::find_if(finding.story, [](const StoryLine& line) {
    return line.actor == "database" && line.text.find("than the model") != std::string::npos;
  });
  EXPECT_NE(told, finding.story.end());
}

TEST(RandomOperations, WhatAVariantIsKnownForIsItsFirstFinding) {
  for (const char* variant : broken) {
    const DocumentedCase documented("random-operations", variant);
    const CaseOutcome outcome = documented.run();
    const Expected& expected = documented.subject().variant->expect.at("sqlite");
    const Finding& first = outcome.verdict.findings.front();
    EXPECT_EQ(first.damage.front().name, expected.damage.front());
    EXPECT_EQ(first.id, "random-operations." + std::string(variant) + ".sqlite.1");
  }
}

TEST(RandomOperations, EveryFindingIsSeenAgainByItsPlanAlone) {
  for (const char* variant : broken) {
    const DocumentedCase documented("random-operations", variant);
    for (const Finding& finding : documented.run().verdict.findings) {
      const CaseOutcome again = documented.run(with_plan(finding.plan));
      ASSERT_EQ(again.verdict.findings.size(), 1U) << finding.plan;
      EXPECT_EQ(again.verdict.findings.front().because, finding.because);
      EXPECT_EQ(again.verdict.findings.front().damage, finding.damage);
      EXPECT_EQ(again.verdict.runs, 1);
    }
  }
}

TEST(RandomOperations, APlanThatShowsNothingHolds) {
  const CaseOutcome outcome =
      DocumentedCase("random-operations", "transactional")
          .run(with_plan("add(visits,5) transfer(r1,A,B,1.00) a3=lose-reply retry a2=throw"));
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  EXPECT_EQ(outcome.verdict.faults.planned, 2);
  EXPECT_EQ(outcome.verdict.faults.fired, 2);
  ASSERT_EQ(outcome.ledger.size(), 1U);
  EXPECT_THAT(outcome.ledger.front().operations, ElementsAre(1, 2));
  EXPECT_THAT(outcome.ledger.front().told, ElementsAre("indeterminate", "committed"));
  EXPECT_THAT(outcome.ledger.front().retried, ElementsAre("committed", "committed"));
}

TEST(RandomOperations, OneSeedGivesTheSameBytesAndAnotherOneOtherRuns) {
  for (const char* variant : {"transactional", "sequential-upserts"}) {
    const DocumentedCase documented("random-operations", variant);
    const CaseOutcome first = documented.run(with_seed(5));
    const CaseOutcome again = documented.run(with_seed(5));
    EXPECT_EQ(first.verdict, again.verdict);
    EXPECT_EQ(first.ledger, again.ledger);
    EXPECT_NE(documented.run(with_seed(6)).ledger, first.ledger);
  }
}

TEST(RandomOperations, AJudgeThatAlwaysHoldsMissesEveryBrokenForm) {
  const ModelJudge blind = [](const PropertyRun&, const Model&, const Comparison&) {
    return std::optional<Disagreement>();
  };
  CaseOptions options;
  // The search for what is declared goes on for long; the beginning shows it as well.
  int asked = 0;
  options.stopped = [&] { return ++asked > 200; };
  for (const char* variant : broken) {
    asked = 0;
    const DocumentedCase documented("random-operations", variant);
    SqliteWorld world;
    const CaseOutcome outcome =
        run_property_case(documented.subject(), world, scenarios::find_operation, options, blind);
    EXPECT_EQ(outcome.verdict.observed, "holds");
    EXPECT_NE(outcome.verdict.result, CaseResult::pass);
  }
}

TEST(RandomOperations, AJudgeThatContradictsItselfMakesTheCaseUnstable) {
  int asked = 0;
  const ModelJudge moody = [&](const PropertyRun&, const Model&, const Comparison&) {
    ++asked;
    return asked == 3 ? std::optional(Disagreement{"a whim", nullptr, {}}) : std::nullopt;
  };
  const DocumentedCase documented("random-operations", "transactional");
  SqliteWorld world;
  const CaseOutcome outcome =
      run_property_case(documented.subject(), world, scenarios::find_operation, {}, moody);
  EXPECT_EQ(outcome.verdict.result, CaseResult::unstable);
  EXPECT_THAT(outcome.verdict.reason, HasSubstr("not when they were run again"));
}

TEST(RandomOperations, AReplayTellsEveryStepAndReproduces) {
  const DocumentedCase documented("random-operations", "sequential-upserts");
  SqliteWorld world;
  std::ostringstream out;
  const ReplayResult result = replay_property(
      documented.subject(), world, scenarios::find_operation,
      plan_of("aggregate(2025-08,2025-09-01) a4+=error:SQLITE_CONSTRAINT_UNIQUE"), 1, out);
  ASSERT_EQ(result.violations.size(), 1U);
  EXPECT_EQ(result.violations.front().oracle, "model");
  EXPECT_THAT(out.str(), HasSubstr("aggregate 2025-08 on 2025-09-01\n"));
  EXPECT_THAT(out.str(), HasSubstr("FAULT  error:SQLITE_CONSTRAINT_UNIQUE"));
  EXPECT_THAT(out.str(), HasSubstr("held: campaign_summaries + "));
  EXPECT_THAT(out.str(), HasSubstr("the conversion metrics of 1 summaries are missing"));
}

std::string refusal_of(DocumentedCase& documented, const CaseOptions& options = {}) {
  SqliteWorld world;
  try {
    static_cast<void>(documented.run(world, options));
  } catch (const UnusableInput& unusable) {
    return unusable.what();
  }
  return "accepted";
}

TEST(RandomOperations, APlanThatCannotBeUsedIsRefused) {
  DocumentedCase documented("random-operations", "transactional");
  EXPECT_THAT(refusal_of(documented, with_plan("a3=drop")),
              HasSubstr("found 0 operations in the plan; expected 1 to 32"));
  EXPECT_THAT(refusal_of(documented, with_plan("withdraw(A,1.00) a3=drop")),
              HasSubstr("found 'withdraw(A,1.00)', expected an operation like"));
  std::string many;
  for (int i = 0; i < 33; ++i) many += "add(visits,1) ";
  EXPECT_THAT(refusal_of(documented, with_plan(many + "clean")), HasSubstr("found 33 operations"));
}

TEST(RandomOperations, ACodeThatNoOperationHasIsRefused) {
  DocumentedCase documented("random-operations", "transactional");
  documented.scenario().variants.front().code = "transactionnal";
  EXPECT_THAT(refusal_of(documented),
              HasSubstr("no generated operation is written as 'transactionnal'"));
}

TEST(RandomOperations, DataThatTheModelDoesNotKnowAreRefused) {
  DocumentedCase documented("random-operations", "transactional");
  documented.scenario().data.sql.emplace_back(
      "INSERT INTO ledger_entries (reference, account, amount_minor) VALUES ('r0', 'A', 1)");
  EXPECT_THAT(refusal_of(documented),
              HasSubstr("found initial data in ledger_entries that the model does not know"));
}

TEST(RandomOperations, ASearchThatIsStoppedIsInconclusive) {
  CaseOptions options;
  options.stopped = [] { return true; };
  const CaseOutcome outcome = DocumentedCase("random-operations", "transactional").run(options);
  EXPECT_EQ(outcome.verdict.result, CaseResult::inconclusive);
  EXPECT_EQ(outcome.verdict.runs, 0);
}

}  // namespace
}  // namespace splitproof::harness
