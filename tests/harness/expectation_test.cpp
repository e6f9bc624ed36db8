// From what was observed to the result of a case, and the reason that people read.
#include "harness/run/expectation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splitproof::harness {
namespace {

using testing::HasSubstr;

Finding finding(const std::string& oracle, const std::string& severity = "violation",
                const std::string& damage = "split month") {
  Finding found;
  found.oracle = oracle;
  found.severity = severity;
  found.damage = {{"half-month", damage}};
  return found;
}

// A case whose sweep is closed.
CaseVerdict swept(const std::vector<Finding>& findings) {
  CaseVerdict verdict;
  verdict.findings = findings;
  verdict.faults = {12, 12};
  verdict.closed = true;
  SweepAccount account;
  account.fault = "drop";
  account.mode = "once";
  account.closed = true;
  verdict.sweeps = {account};
  return verdict;
}

Expected violated(const std::vector<std::string>& damage = {},
                  const std::vector<std::string>& also = {}) {
  Expected expected;
  expected.observed = Expectation::violated;
  expected.oracle = "told-equals-held";
  expected.damage = damage;
  expected.also = also;
  return expected;
}

CaseVerdict concluded(CaseVerdict verdict, const Expected& expected, const Facts& facts = {}) {
  conclude(verdict, expected, facts);
  return verdict;
}

void expect(const CaseVerdict& verdict, CaseResult result, const std::string& observed,
            const std::string& reason) {
  EXPECT_EQ(to_string(verdict.result), to_string(result));
  EXPECT_EQ(verdict.observed, observed);
  EXPECT_EQ(verdict.reason, reason);
}

TEST(Conclusion, PassesWhatWasExpectedToHoldAndDoes) {
  expect(concluded(swept({}), {}), CaseResult::pass, "holds", "");
}

TEST(Conclusion, PassesWhatWasExpectedToHoldWithAWarning) {
  expect(concluded(swept({finding("unsafe-retry", "warning")}), {}), CaseResult::pass, "holds", "");
}

TEST(Conclusion, FailsWhatWasExpectedToHoldAndDoesNot) {
  expect(concluded(swept({finding("converges")}), {}), CaseResult::fail, "violated",
         "it was expected to hold and does not");
}

TEST(Conclusion, PassesABugThatIsCaughtByItsOracleWithItsDamage) {
  expect(concluded(swept({finding("told-equals-held")}),
                   violated({"half-month", "half-month: split"})),
         CaseResult::pass, "violated", "");
}

TEST(Conclusion, TakesAnyFindingWhereNoOracleIsNamed) {
  Expected any;
  any.observed = Expectation::violated;
  for (const char* const severity : {"violation", "warning"}) {
    const CaseVerdict caught = swept({finding("unsafe-retry", severity), finding("converges")});
    expect(concluded(caught, any), CaseResult::pass, "violated", "");
  }
  expect(concluded(swept({finding("unsafe-retry", "warning")}), any), CaseResult::pass, "violated",
         "");
  expect(concluded(swept({}), any), CaseResult::fail, "holds",
         "the bug was not caught by any oracle");
}

TEST(Conclusion, FailsABugThatIsNotCaught) {
  expect(concluded(swept({}), violated()), CaseResult::fail, "holds",
         "the bug was not caught by the oracle 'told-equals-held'");
}

TEST(Conclusion, FailsABugThatOnlyAnotherOracleCaught) {
  expect(concluded(swept({finding("converges")}), violated()), CaseResult::fail, "violated",
         "the bug was not caught by the oracle 'told-equals-held', but by another one");
}

TEST(Conclusion, FailsABugThatAnUndeclaredOracleCaughtToo) {
  const std::vector<Finding> both{finding("told-equals-held"), finding("converges")};
  expect(concluded(swept(both), violated()), CaseResult::fail, "violated",
         "the oracle 'converges' objects too, which is not declared");
  expect(concluded(swept(both), violated({}, {"converges"})), CaseResult::pass, "violated", "");
  const std::vector<Finding> warned{finding("told-equals-held"),
                                    finding("unsafe-retry", "warning")};
  expect(concluded(swept(warned), violated()), CaseResult::pass, "violated", "");
}

TEST(Conclusion, FailsABugWhoseDeclaredDamageWasNotSeen) {
  expect(concluded(swept({finding("told-equals-held")}), violated({"half-month: August"})),
         CaseResult::fail, "violated", "the declared damage 'half-month: August' was not seen");
  expect(concluded(swept({finding("told-equals-held")}), violated({"money"})), CaseResult::fail,
         "violated", "the declared damage 'money' was not seen");
}

TEST(Conclusion, WantsTheDamageAmongTheFindingsOfTheDeclaredOracle) {
  const std::vector<Finding> findings{finding("told-equals-held", "violation", "rows"),
                                      finding("converges", "violation", "August")};
  expect(concluded(swept(findings), violated({"half-month: August"}, {"converges"})),
         CaseResult::fail, "violated", "the declared damage 'half-month: August' was not seen");
}

TEST(Conclusion, CountsAWarningAsCaughtWhereItsOracleIsTheDeclaredOne) {
  Expected expected = violated();
  expected.oracle = "unsafe-retry";
  expect(concluded(swept({finding("unsafe-retry", "warning")}), expected), CaseResult::pass,
         "violated", "");
}

TEST(Conclusion, IsUnstableWhereEqualRunsDiffer) {
  Facts facts;
  facts.unstable = {"two clean runs differ", "and again"};
  expect(concluded(swept({finding("converges")}), {}, facts), CaseResult::unstable, "violated",
         "two clean runs differ");
}

TEST(Conclusion, IsVacuousWhereTheCleanRunChangesNothing) {
  Facts facts;
  facts.changes_nothing = true;
  expect(concluded(swept({}), {}, facts), CaseResult::vacuous, "holds",
         "a clean run changes nothing; there is nothing to judge");
}

TEST(Conclusion, IsVacuousWhereNoFaultFired) {
  CaseVerdict verdict = swept({});
  verdict.faults = {12, 0};
  expect(concluded(verdict, {}), CaseResult::vacuous, "holds",
         "12 faults were planned and none fired");
  verdict.faults = {0, 0};
  verdict.sweeps = {};
  verdict.closed = false;
  expect(concluded(verdict, {}), CaseResult::vacuous, "holds",
         "no fault can strike anywhere in this run");
}

TEST(Conclusion, IsInconclusiveWhereTheSweepIsNotClosed) {
  CaseVerdict verdict = swept({});
  verdict.closed = false;
  SweepAccount open;
  open.fault = "error:53100";
  open.mode = "from-there-on";
  open.open_because = "the fault planned at statement 3 did not fire";
  verdict.sweeps.push_back(open);
  expect(concluded(verdict, {}), CaseResult::inconclusive, "holds",
         "the sweep of error:53100 (from-there-on) is not closed: the fault planned at statement 3 "
         "did not fire");
  verdict.findings = {finding("told-equals-held")};
  EXPECT_EQ(concluded(verdict, violated()).result, CaseResult::inconclusive);
  EXPECT_EQ(concluded(verdict, {}).result, CaseResult::fail) << "a violation needs no closed sweep";
}

TEST(Conclusion, SaysWhyNothingWasSweptWhereNoAccountDoes) {
  CaseVerdict verdict = swept({});
  verdict.closed = false;
  verdict.reason = "the incident's statement 'save' does not occur in operation 1";
  EXPECT_THAT(concluded(verdict, {}).reason, HasSubstr("the incident's statement 'save'"));
  verdict.reason.clear();
  EXPECT_EQ(concluded(verdict, {}).reason, "the sweep is not closed");
}

TEST(Conclusion, IsInconclusiveWhereItWasStopped) {
  Facts facts;
  facts.stopped = true;
  CaseVerdict verdict = swept({});
  verdict.closed = false;
  expect(concluded(verdict, {}, facts), CaseResult::inconclusive, "holds",
         "stopped before its end");
  EXPECT_EQ(concluded(verdict, violated(), facts).result, CaseResult::inconclusive)
      << "the bug may have been caught later";
  verdict.faults = {0, 0};
  expect(concluded(verdict, {}, facts), CaseResult::inconclusive, "holds",
         "stopped before its end");
  verdict.findings = {finding("converges")};
  EXPECT_EQ(concluded(verdict, {}, facts).result, CaseResult::fail)
      << "what is violated is violated, however early the end";
}

TEST(Conclusion, OfASinglePlanNeedsNoClosedSweepAndNoDamage) {
  Facts facts;
  facts.single_plan = true;
  CaseVerdict verdict = swept({finding("told-equals-held")});
  verdict.closed = false;
  verdict.sweeps = {};
  verdict.faults = {1, 1};
  expect(concluded(verdict, violated({"money"}), facts), CaseResult::pass, "violated", "");
  expect(concluded(verdict, {}, facts), CaseResult::fail, "violated",
         "it was expected to hold and does not");
  verdict.findings = {};
  expect(concluded(verdict, {}, facts), CaseResult::pass, "holds", "");
  verdict.faults = {1, 0};
  expect(concluded(verdict, {}, facts), CaseResult::vacuous, "holds",
         "1 faults were planned and none fired");
  verdict.faults = {0, 0};
  expect(concluded(verdict, {}, facts), CaseResult::pass, "holds", "");
}

TEST(Role, HasAWordOfTheReport) {
  EXPECT_EQ(to_string(Role::subject), "subject");
  EXPECT_EQ(to_string(Role::control), "control");
  EXPECT_EQ(to_string(Role::mutant), "mutant");
}

}  // namespace
}  // namespace splitproof::harness
