// Scenario files with a property, and what a search by chance may conclude.
#include <gmock/gmock.h>

#include "harness/property/property_names.h"
#include "harness/run/expectation.h"
#include "tests/property/cases.h"

namespace splitproof::harness {
namespace {

using ::testing::HasSubstr;

std::string scenario_text(const std::string& part) {
  return "scenario: small\ntitle: t\nstory: s\nclaim: c\n" + part +
         "variants: [{name: transactional, title: v, expect: holds}]\n";
}

std::string refusal_of(const std::string& part) {
  const auto read = read_scenario_text(scenario_text(part), "small.yaml", "/");
  return read.ok() ? "accepted" : to_string(read.error());
}

TEST(PropertyScenario, NeedsNoOperations) {
  for (const std::string& name : property_names()) {
    const auto read = read_scenario_text(scenario_text("property: " + name + "\n"), "s.yaml", "/");
    ASSERT_TRUE(read.ok()) << to_string(read.error());
    EXPECT_EQ(read.value().property, name);
    EXPECT_TRUE(read.value().operations.empty());
  }
}

TEST(PropertyScenario, IsRefusedWithOperationsBesideTheProperty) {
  EXPECT_THAT(
      refusal_of("property: independent-sums\n"
                 "operations: [{title: o, run: refresh-cache, with: {today: 2025-09-01}}]\n"),
      HasSubstr("found 'operations' beside 'property'"));
}

TEST(PropertyScenario, IsRefusedForAPropertyThatThereIsNot) {
  EXPECT_THAT(refusal_of("property: independent-sum\n"), HasSubstr("independent-sums"));
  EXPECT_THAT(refusal_of("property: chaos\n"), HasSubstr("random-operations"));
}

CaseVerdict sampled(const Expected& expected, FaultCount faults, const std::string& oracle = "") {
  CaseVerdict verdict;
  verdict.faults = faults;
  if (!oracle.empty()) {
    Finding finding;
    finding.oracle = oracle;
    finding.severity = "violation";
    verdict.findings.push_back(finding);
  }
  Facts facts;
  facts.sampled = true;
  conclude(verdict, expected, facts);
  return verdict;
}

TEST(SampledVerdict, PassesWithoutAClosedSweep) {
  EXPECT_EQ(sampled({}, {10, 10}).result, CaseResult::pass);
  EXPECT_EQ(sampled({}, {0, 0}).result, CaseResult::pass);
}

TEST(SampledVerdict, IsVacuousWhereNoPlannedFaultFired) {
  EXPECT_EQ(sampled({}, {10, 0}).result, CaseResult::vacuous);
}

TEST(SampledVerdict, FailsForAFindingWhereItMustHold) {
  EXPECT_EQ(sampled({}, {10, 10}, "model").result, CaseResult::fail);
}

TEST(SampledVerdict, PassesABrokenFormOnlyWhenItsOracleSawIt) {
  Expected expected;
  expected.observed = Expectation::violated;
  expected.oracle = "model";
  EXPECT_EQ(sampled(expected, {10, 10}).result, CaseResult::fail);
  EXPECT_EQ(sampled(expected, {10, 10}, "sums").result, CaseResult::fail);
  EXPECT_EQ(sampled(expected, {10, 10}, "model").result, CaseResult::pass);
  EXPECT_EQ(sampled(expected, {0, 0}, "model").result, CaseResult::pass);
}

}  // namespace
}  // namespace splitproof::harness
