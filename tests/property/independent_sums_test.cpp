// Sums by SQL against sums that are counted up: they agree for the service, and a month that ends a
// day early is found by one row.
#include <gmock/gmock.h>

#include "harness/property/local_day.h"
#include "harness/property/script.h"
#include "tests/harness/server.h"
#include "tests/property/cases.h"

namespace splitproof::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* border = "month-border-off-by-one";

void expect_one_row_on_the_last_day(const CaseOutcome& outcome) {
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  ASSERT_EQ(outcome.verdict.findings.size(), 1U);
  const Finding& finding = outcome.verdict.findings.front();
  EXPECT_EQ(finding.oracle, "sums");
  const Plan plan = plan_of(finding.plan);
  ASSERT_EQ(plan.operations.size(), 2U) << finding.plan;
  EXPECT_THAT(plan.strikes, IsEmpty());
  const auto row = std::get<SaveRow>(parse_command(plan.operations[0]).value());
  const auto month = std::get<AggregateMonth>(parse_command(plan.operations[1]).value());
  ASSERT_TRUE(std::holds_alternative<sim::Day>(row.when)) << finding.plan;
  EXPECT_EQ(std::get<sim::Day>(row.when), month.month.last_day()) << finding.plan;
  EXPECT_THAT(finding.damage.front().text, HasSubstr("1 daily rows"));
}

TEST(IndependentSums, TheServiceSumsUpWhatIsCountedUp) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const CaseOutcome outcome =
        DocumentedCase("independent-sums", "transactional").run(with_seed(seed));
    EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
    EXPECT_EQ(outcome.verdict.runs, 100);
    EXPECT_THAT(outcome.verdict.findings, IsEmpty());
  }
}

TEST(IndependentSums, TheServiceSumsUpWhatIsCountedUpOnPostgres) {
  const auto world = postgres_world();
  const CaseOutcome outcome =
      DocumentedCase("independent-sums", "transactional", "postgres").run(*world);
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
}

TEST(IndependentSums, AMonthThatEndsADayEarlyIsFoundByOneRow) {
  for (const std::uint64_t seed : {1, 2, 3, 6}) {
    expect_one_row_on_the_last_day(DocumentedCase("independent-sums", border).run(with_seed(seed)));
  }
}

TEST(IndependentSums, AMonthThatEndsADayEarlyIsFoundOnPostgres) {
  const auto world = postgres_world();
  expect_one_row_on_the_last_day(
      DocumentedCase("independent-sums", border, "postgres").run(*world));
}

TEST(IndependentSums, AFindingIsSeenAgainByItsPlanAlone) {
  const CaseOutcome outcome =
      DocumentedCase("independent-sums", border)
          .run(with_plan("row(c1,google,2025-08-31,12.00) aggregate(2025-08,2025-09-01) clean"));
  ASSERT_EQ(outcome.verdict.findings.size(), 1U);
  EXPECT_THAT(outcome.verdict.findings.front().damage.front().text,
              HasSubstr("2025-08: 1 daily rows with 12.00 of spending are held, and its summaries "
                        "are made from 0"));
  const CaseOutcome inside =
      DocumentedCase("independent-sums", border)
          .run(with_plan("row(c1,google,2025-08-30,12.00) aggregate(2025-08,2025-09-01) clean"));
  EXPECT_THAT(inside.verdict.findings, IsEmpty());
}

TEST(IndependentSums, LargeAmountsAndNothingToDivideByAreSummedUpAlike) {
  for (const char* plan :
       {"row(c1,google,2024-02-29,10000000000.00,1000000000000,1000000000000,1,10000000000.00) "
        "row(c1,google,2024-02-28,10000000000.00,1,999999999999,3,0.01) "
        "aggregate(2024-02,2024-03-01) clean",
        "row(c1,google,2024-02-29,0.00) row(c2,meta,2024-02-29,0.05,2000,1,2,0.03) "
        "aggregate(2024-02,2024-03-01) clean",
        "row(c1,google,2024-12-31,1.00) aggregate(2024-12,2025-01-01) "
        "row(c1,google,2024-12-31,2.00) aggregate(2024-12,2025-01-01) clean"}) {
    const CaseOutcome outcome =
        DocumentedCase("independent-sums", "transactional").run(with_plan(plan));
    EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << plan;
  }
}

// The service's own calendar against the other way of finding the day.
TEST(IndependentSums, TheServicesDayIsTheDayByTheOffsetOfTheZone) {
  int instants = 0;
  for (const Script& script : first_scripts(Theme::daily_rows, 11, 400)) {
    for (const Step& step : script) {
      const auto* row = std::get_if<SaveRow>(&step.command);
      const auto* when = row == nullptr ? nullptr : std::get_if<ZonedInstant>(&row->when);
      if (when == nullptr) continue;
      const sim::TimeZone zone = sim::TimeZone::find(when->zone).value();
      EXPECT_EQ(local_day(*when), zone.day_at(when->at)) << to_string(step.command);
      ++instants;
    }
  }
  EXPECT_GT(instants, 1000);
}

TEST(IndependentSums, OneSeedGivesTheSameBytesAndAnotherOneOtherRuns) {
  const DocumentedCase documented("independent-sums", border);
  const CaseOutcome first = documented.run(with_seed(5));
  EXPECT_EQ(first.verdict, documented.run(with_seed(5)).verdict);
  EXPECT_EQ(first.ledger, documented.run(with_seed(5)).ledger);
  EXPECT_NE(first.ledger, documented.run(with_seed(6)).ledger);
}

}  // namespace
}  // namespace splitproof::harness
