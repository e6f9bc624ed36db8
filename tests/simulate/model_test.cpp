#include "harness/simulate/model.h"

#include <gtest/gtest.h>

#include "harness/simulate/expected_rows.h"

namespace splitproof::harness::life {
namespace {

using std::chrono::year;

sim::Day day(const std::string& text) { return sim::parse_day(text).value(); }
sim::Month month(const std::string& text) { return sim::parse_month(text).value(); }

sim::DailyRow row_of(const std::string& date, std::int64_t spend_minor) {
  sim::DailyRow row;
  row.client_id = "h01";
  row.client_name = "Hotel 1";
  row.platform = "google";
  row.date = day(date);
  row.campaigns_count = spend_minor % 7;
  row.total_spend = sim::Money{spend_minor};
  row.total_clicks = 4;
  row.reservations = 0;
  return row;
}

CollectRows collected(const std::string& date, std::int64_t spend_minor) {
  return {day(date), {row_of(date, spend_minor)}};
}

sim::Reservation made(const std::string& at, const std::string& zone) {
  sim::Reservation one;
  one.client_id = "h01-desk";
  one.client_name = "Desk 1";
  one.platform = "meta";
  one.timezone = zone;
  one.made_at = sim::parse_instant(at).value();
  one.value = sim::Money{500};
  return one;
}

sim::Day day_of(const std::string& at, const std::string& zone) {
  return desk_rows({"r", {made(at, zone)}}).begin()->first.date;
}

TEST(LifeModel, SumsUpAndRoundsHalfAwayFromZero) {
  Model model;
  apply(model, collected("2025-08-30", 3));
  apply(model, collected("2025-08-31", 15));
  apply(model, collected("2025-09-01", 1000));
  EXPECT_TRUE(apply(model, AggregateMonth{month("2025-08"), day("2025-09-01")}));
  ASSERT_EQ(model.sums.size(), 1U);
  const auto& [key, sums] = *model.sums.begin();
  EXPECT_EQ(sums.daily_rows, 2);
  EXPECT_EQ(sums.numbers[spend], 18);
  EXPECT_EQ(sums.numbers[campaigns], 3);  // The largest of 3 and 1.
  const auto half = campaign_half(sums);
  EXPECT_EQ(half[5], sim::Value(sim::Null{}));      // No impressions.
  EXPECT_EQ(half[6], sim::Value(std::int64_t{2}));  // 18 / 8 = 2.25.
  apply(model, collected("2025-08-29", 2));
  apply(model, AggregateMonth{month("2025-08"), day("2025-09-01")});
  EXPECT_EQ(campaign_half(model.sums.begin()->second)[6], sim::Value(std::int64_t{2}));  // 20 / 12.
  EXPECT_EQ(conversion_half(model.sums.begin()->second).back(), sim::Value(sim::Null{}));
  EXPECT_EQ(model.tracked.at(month("2025-08")).daily_rows, 3);
}

TEST(LifeModel, TellsWhetherARequestChangesAnything) {
  Model model;
  model.accounts = {{"a", 100}, {"b", 100}};
  EXPECT_TRUE(apply(model, collected("2025-08-31", 3)));
  EXPECT_FALSE(apply(model, collected("2025-08-31", 3)));
  EXPECT_TRUE(apply(model, collected("2025-08-31", 4)));
  const MoveMoney move{"t", "a", "b", sim::Money{30}};
  EXPECT_TRUE(apply(model, move));
  EXPECT_FALSE(apply(model, move));
  EXPECT_EQ(model.accounts.at("a"), 70);
  EXPECT_EQ(model.accounts.at("b"), 130);
  const BookDesk desk{"r", {made("2025-08-31T12:00:00Z", "UTC")}};
  EXPECT_TRUE(apply(model, desk));
  EXPECT_FALSE(apply(model, desk));
  EXPECT_EQ(model.rows.at({"h01-desk", "meta", day("2025-08-31")}).numbers[booked_value], 500);
}

TEST(LifeModel, KeepsASummaryWhoseRowsAreDeleted) {
  Model model;
  apply(model, collected("2025-01-01", 10));
  apply(model, collected("2025-01-31", 20));
  EXPECT_FALSE(apply(model, DeleteOld{day("2025-04-05")}));  // January is not tracked.
  apply(model, AggregateMonth{month("2025-01"), day("2025-02-01")});
  EXPECT_TRUE(apply(model, DeleteOld{day("2025-04-05")}));
  EXPECT_EQ(model.rows.size(), 1U);  // 31 January is 64 days old.
  apply(model, AggregateMonth{month("2025-01"), day("2025-04-05")});
  EXPECT_EQ(model.sums.begin()->second.numbers[spend], 30);
}

TEST(LifeModel, DeletesARowAfterNinetyDaysAndNotBefore) {
  Model model;
  apply(model, collected("2025-01-01", 10));
  apply(model, AggregateMonth{month("2025-01"), day("2025-02-01")});
  EXPECT_FALSE(apply(model, DeleteOld{day("2025-04-01")}));
  EXPECT_TRUE(apply(model, DeleteOld{day("2025-04-02")}));
}

TEST(LifeModel, RefusesAMonthThatIsNotOver) {
  EXPECT_TRUE(is_refused(AggregateMonth{month("2025-08"), day("2025-08-31")}));
  EXPECT_FALSE(is_refused(AggregateMonth{month("2025-08"), day("2025-09-01")}));
  EXPECT_FALSE(is_refused(RefreshCache{day("2025-08-31")}));
}

TEST(LifeModel, FindsTheLocalDayAtTheBordersOfMonths) {
  EXPECT_EQ(day_of("2025-08-31T21:59:59Z", "Europe/Warsaw"), day("2025-08-31"));
  EXPECT_EQ(day_of("2025-08-31T22:00:00Z", "Europe/Warsaw"), day("2025-09-01"));
  // The leap day, ten hours behind and thirteen ahead.
  EXPECT_EQ(day_of("2028-03-01T09:59:59Z", "Pacific/Honolulu"), day("2028-02-29"));
  EXPECT_EQ(day_of("2028-02-28T11:00:00Z", "Pacific/Auckland"), day("2028-02-29"));
  // The clocks go forward on 30 March and back on 26 October.
  EXPECT_EQ(day_of("2025-03-30T22:00:00Z", "Europe/Warsaw"), day("2025-03-31"));
  EXPECT_EQ(day_of("2025-03-29T22:59:00Z", "Europe/Warsaw"), day("2025-03-29"));
  EXPECT_EQ(day_of("2025-10-26T22:30:00Z", "Europe/Warsaw"), day("2025-10-26"));
}

}  // namespace
}  // namespace splitproof::harness::life
