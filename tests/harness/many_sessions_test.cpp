// Six sessions and more: too many for clean runs in every order, so the graph of dependencies
// judges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/run/case_runner.h"
#include "tests/harness/at_once.h"

namespace splitproof::harness {
namespace {

using testing::HasSubstr;
using testing::Not;

CaseVerdict verdict_of_six(const OperationFactory& operation, Expectation expected) {
  Scenario scenario = at_once(one_balance, {"1", "2", "3", "4", "5", "6"});
  scenario.faults = {"throw"};
  Variant variant;
  variant.name = "autocommit";
  variant.expect["sqlite"].observed = expected;
  variant.expect["sqlite"].oracle = "serializable";
  const Case subject{&scenario, &variant, "sqlite", "sqlite", "small"};
  CaseOptions options;
  options.exploration.runs_max = 60;
  options.exploration.strategy = StrategyName::pct;
  SqliteWorld world;
  return run_case(subject, world, std::vector<OperationFactory>(6, operation), options).verdict;
}

// Others object too: a program that throws between statements alone leaves half.
bool has_finding_of_serializable(const CaseVerdict& verdict) {
  return std::ranges::any_of(
      verdict.findings, [](const Finding& finding) { return finding.oracle == "serializable"; });
}

TEST(SixSessions, AreFoundToLoseAnUpdate) {
  const CaseVerdict verdict = verdict_of_six(add_by_itself(10), Expectation::violated);
  EXPECT_EQ(verdict.observed, "violated") << verdict.reason;
  ASSERT_FALSE(verdict.findings.empty());
  EXPECT_EQ(verdict.findings.front().oracle, "serializable");
  EXPECT_EQ(verdict.findings.front().anomaly, "P4");
  EXPECT_THAT(verdict.findings.front().because, HasSubstr("an update is lost"));
  EXPECT_GE(verdict.findings.front().dependencies.size(), 2U);
  EXPECT_THAT(verdict.schedules->shows, HasSubstr("judged by their dependencies"));
}

TEST(SixSessions, HoldWhereTheDatabaseAdds) {
  const CaseVerdict verdict =
      verdict_of_six(each_alone({"/* add */ UPDATE balance SET amount = amount + 1 WHERE id = 1"}),
                     Expectation::holds);
  EXPECT_FALSE(has_finding_of_serializable(verdict));
  EXPECT_THAT(verdict.schedules->left, Not(HasSubstr("dependencies")));
}

// Each asks for what the others write, and none of what they write is a row that one of them read:
// whether some order gives that is not for the graph to say.
TEST(SixSessions, AreNotJudgedByACircleOfConditions) {
  const CaseVerdict verdict = verdict_of_six(
      [] {
        return [](sim::Client& client) {
          return send_each(client, {"/* count */ SELECT count(*) FROM balance WHERE amount = 7",
                                    "/* append */ INSERT INTO balance (amount) VALUES (7)"});
        };
      },
      Expectation::holds);
  EXPECT_FALSE(has_finding_of_serializable(verdict));
  EXPECT_THAT(verdict.schedules->left, HasSubstr("a circle of dependencies on conditions"));
}

// Keys that the database makes tell nobody who came first.
TEST(SixSessions, HoldWhereEachAppendsTwice) {
  const CaseVerdict verdict =
      verdict_of_six(each_alone({"/* append */ INSERT INTO balance (amount) VALUES (7)",
                                 "/* append more */ INSERT INTO balance (amount) VALUES (8)"}),
                     Expectation::holds);
  EXPECT_FALSE(has_finding_of_serializable(verdict));
  EXPECT_THAT(verdict.schedules->left, Not(HasSubstr("dependencies")));
}

}  // namespace
}  // namespace splitproof::harness
