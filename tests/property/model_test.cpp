// The model against sequences whose results were written down by hand.
#include "harness/property/model.h"

#include <gmock/gmock.h>

#include "harness/property/local_day.h"
#include "tests/property/cases.h"

namespace splitproof::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::shared_ptr<const Table> empty_table(std::vector<std::string> columns) {
  return std::make_shared<const Table>(Table{std::move(columns), {}});
}

// Accounts A with 100.00 and B with 50.00.
Model model() {
  Table accounts{{"name", "balance_minor"},
                 {{std::string("A"), std::int64_t{10000}}, {std::string("B"), std::int64_t{5000}}}};
  return Model::of({{"accounts", std::make_shared<const Table>(std::move(accounts))}});
}

Model after(const std::vector<std::string>& words) {
  Model one = model();
  for (const Command& command : commands(words)) {
    if (one.refusal(command).empty()) one.apply(command);
  }
  return one;
}

// The rows of a table, their cells joined by blanks, in the order of the columns asked for.
std::vector<std::string> rows(const Model& one, const std::string& table,
                              const std::vector<std::string>& columns) {
  std::vector<std::string> texts;
  const State like{{table, empty_table(columns)}};
  const State state = one.tables(like);
  for (const sim::Row& row : state.at(table)->rows) {
    std::string text;
    for (const sim::Value& value : row) text += (text.empty() ? "" : " ") + sim::to_string(value);
    texts.push_back(text);
  }
  return texts;
}

std::vector<std::string> balances(const std::vector<std::string>& words) {
  return rows(after(words), "accounts", {"name", "balance_minor"});
}

std::string refusal(const std::vector<std::string>& before, const std::string& word) {
  return after(before).refusal(commands({word}).front());
}

TEST(Model, MovesMoneyOncePerReference) {
  EXPECT_THAT(balances({"transfer(r1,A,B,30.00)"}), ElementsAre("A 7000", "B 8000"));
  EXPECT_THAT(balances({"transfer(r1,A,B,30.00)", "transfer(r1,A,B,30.00)"}),
              ElementsAre("A 7000", "B 8000"));
  EXPECT_THAT(balances({"transfer(r1,A,B,30.00)", "transfer(r2,B,A,10.00)", "post(r3,A,-0.01)"}),
              ElementsAre("A 7999", "B 7000"));
}

TEST(Model, RefusesAReferenceThatIsBookedForAnotherMovement) {
  const std::vector<std::string> booked{"transfer(r1,A,B,30.00)"};
  EXPECT_THAT(refusal(booked, "transfer(r1,A,B,30.00)"), IsEmpty());
  EXPECT_THAT(refusal(booked, "transfer(r1,A,B,30.01)"), HasSubstr("another movement"));
  EXPECT_THAT(refusal(booked, "transfer(r1,B,A,30.00)"), HasSubstr("another movement"));
  EXPECT_THAT(refusal(booked, "post(r1,A,-30.00)"), HasSubstr("another movement"));
}

TEST(Model, RefusesMovementsThatMakeNoSense) {
  EXPECT_THAT(refusal({}, "transfer(r1,A,B,0.00)"), HasSubstr("not more than 0.00"));
  EXPECT_THAT(refusal({}, "transfer(r1,A,A,1.00)"), HasSubstr("one account"));
  EXPECT_THAT(refusal({}, "transfer(r1,A,C,1.00)"), HasSubstr("no account C"));
  EXPECT_THAT(refusal({}, "post(r1,C,1.00)"), HasSubstr("no account C"));
  EXPECT_THAT(refusal({"open(C,0.00)"}, "post(r1,C,1.00)"), IsEmpty());
  EXPECT_THAT(refusal({}, "post(r1,A,0.00)"), IsEmpty());
}

TEST(Model, OpensAnAccountOnceAndKeepsItsBalance) {
  EXPECT_THAT(balances({"open(C,1.00)", "open(C,2.00)", "open(A,2.00)"}),
              ElementsAre("A 10000", "B 5000", "C 100"));
}

TEST(Model, AddsToCountersEveryTime) {
  EXPECT_THAT(rows(after({"add(visits,5)", "add(calls,1)", "add(visits,5)"}), "counters",
                   {"name", "value"}),
              ElementsAre("calls 1", "visits 10"));
}

TEST(Model, KeepsWhatALaterCollectionDeliversNoMore) {
  const Model one = after({"collect(2025-08-31,2)", "collect(2025-08-31,1,1)"});
  EXPECT_THAT(rows(one, "daily_kpi_data", {"client_id", "platform", "date"}),
              ElementsAre("c1 google 2025-08-31", "c2 meta 2025-08-31"));
  EXPECT_THAT(rows(one, "collection_log", {"day", "rows_collected"}), ElementsAre("2025-08-31 1"));
}

TEST(Model, SumsUpAMonthFromItsFirstToItsLastDay) {
  const Model one =
      after({"row(c1,google,2025-07-31,1.00)", "row(c1,google,2025-08-01,2.00,1000,3,2,9.00)",
             "row(c1,google,2025-08-31,4.00,1000,5,1,0.05)", "row(c1,google,2025-09-01,8.00)",
             "aggregate(2025-08,2025-09-01)"});
  EXPECT_THAT(rows(one, "campaign_summaries",
                   {"client_id", "platform", "month", "daily_rows", "total_spend_minor",
                    "total_clicks", "average_ctr_bp", "average_cpc_minor", "roas_hundredths",
                    "cost_per_reservation_minor"}),
              ElementsAre("c1 google 2025-08 2 600 8 40 75 151 200"));
  EXPECT_THAT(
      rows(one, "aggregation_tracking", {"month", "clients", "daily_rows", "aggregated_on"}),
      ElementsAre("2025-08 1 2 2025-09-01"));
}

TEST(Model, RoundsHalfAwayFromZeroAndDividesByNothing) {
  // 0.05 by 2 clicks is 0.025; 1 click in 2000 impressions is 5 hundredths of a percent.
  const Model one = after({"row(c1,google,2025-08-31,0.05,2000,2)", "row(c2,meta,2025-08-31,0.00)",
                           "aggregate(2025-08,2025-09-01)"});
  EXPECT_THAT(rows(one, "campaign_summaries",
                   {"client_id", "average_ctr_bp", "average_cpc_minor", "roas_hundredths",
                    "cost_per_reservation_minor"}),
              ElementsAre("c1 10 3 0 NULL", "c2 NULL NULL NULL NULL"));
}

TEST(Model, TakesTheLargestNumberOfCampaigns) {
  const std::string zeros = ",0,0,0,0.00,0,0,0,0,0,0,0,";
  const Model one =
      after({"row(c1,google,2025-08-30,0.00" + zeros + "7)",
             "row(c1,google,2025-08-31,0.00" + zeros + "3)", "aggregate(2025-08,2025-09-01)"});
  EXPECT_THAT(rows(one, "campaign_summaries", {"campaigns_count"}), ElementsAre("7"));
}

TEST(Model, RefusesAMonthThatIsNotOver) {
  EXPECT_THAT(refusal({}, "aggregate(2025-08,2025-08-31)"), HasSubstr("not over"));
  EXPECT_THAT(refusal({}, "aggregate(2025-08,2025-09-01)"), IsEmpty());
  EXPECT_THAT(refusal({}, "aggregate(2025-12,2025-12-31)"), HasSubstr("not over"));
  EXPECT_THAT(refusal({}, "aggregate(2025-12,2026-01-01)"), IsEmpty());
}

TEST(Model, DoesNotTrackAMonthWithoutSummaries) {
  EXPECT_THAT(rows(after({"aggregate(2025-08,2025-09-01)"}), "aggregation_tracking", {"month"}),
              IsEmpty());
}

TEST(Model, KeepsASummaryWhoseRowsWereDeleted) {
  const std::vector<std::string> words{"collect(2025-08-31,1)", "aggregate(2025-08,2025-09-01)",
                                       "retention(2025-11-30)"};
  EXPECT_THAT(rows(after(words), "daily_kpi_data", {"client_id"}), IsEmpty());
  std::vector<std::string> again = words;
  again.emplace_back("aggregate(2025-08,2025-12-01)");
  EXPECT_THAT(rows(after(again), "campaign_summaries", {"client_id", "daily_rows"}),
              ElementsAre("c1 1"));
  EXPECT_THAT(rows(after(again), "aggregation_tracking", {"daily_rows", "aggregated_on"}),
              ElementsAre("1 2025-12-01"));
}

TEST(Model, DeletesOnlyRowsOfTrackedMonthsThatAreOlderThan90Days) {
  EXPECT_THAT(rows(after({"collect(2025-08-31,1)", "retention(2025-12-31)"}), "daily_kpi_data",
                   {"client_id"}),
              ElementsAre("c1"));
  EXPECT_THAT(rows(after({"collect(2025-08-31,1)", "aggregate(2025-08,2025-09-01)",
                          "retention(2025-11-29)"}),
                   "daily_kpi_data", {"client_id"}),
              ElementsAre("c1"));
}

TEST(Model, ReplacesTheCacheByTheSummaries) {
  const Model one = after({"collect(2025-08-31,1)", "aggregate(2025-08,2025-09-01)",
                           "refresh(2025-09-01)", "refresh(2025-09-02)"});
  EXPECT_THAT(rows(one, "dashboard_cache", {"month", "client_id", "refreshed_on"}),
              ElementsAre("2025-08 c1 2025-09-02"));
}

ZonedInstant instant(const std::string& at, const std::string& zone) {
  return {sim::parse_instant(at).value(), zone};
}

TEST(LocalDay, IsTheDayOnTheWallOfTheZone) {
  const auto day = [](const std::string& at, const std::string& zone) {
    return sim::to_string(local_day(instant(at, zone)));
  };
  EXPECT_EQ(day("2025-08-31T23:30:00+02:00", "Europe/Warsaw"), "2025-08-31");
  EXPECT_EQ(day("2025-08-31T22:00:00Z", "Europe/Warsaw"), "2025-09-01");
  EXPECT_EQ(day("2025-08-31T21:59:59Z", "Europe/Warsaw"), "2025-08-31");
  EXPECT_EQ(day("2025-09-01T09:59:59Z", "Pacific/Honolulu"), "2025-08-31");
  EXPECT_EQ(day("2025-08-31T12:00:00Z", "Pacific/Auckland"), "2025-09-01");
  // The day that Samoa left out: the 29th is followed by the 31st.
  EXPECT_EQ(day("2011-12-30T09:59:59Z", "Pacific/Apia"), "2011-12-29");
  EXPECT_EQ(day("2011-12-30T10:00:00Z", "Pacific/Apia"), "2011-12-31");
  EXPECT_EQ(day("2024-02-28T23:00:00Z", "Europe/Warsaw"), "2024-02-29");
  EXPECT_EQ(day("1969-12-31T23:59:59Z", "UTC"), "1969-12-31");
  EXPECT_EQ(day("2000-02-29T00:00:00Z", "UTC"), "2000-02-29");
}

}  // namespace
}  // namespace splitproof::harness
