#include "tests/sim/aggregator_fixture.h"

namespace splitproof::sim {
namespace {

using DailyCollection = Aggregator;
using CacheRefresh = Aggregator;
using Retention = Aggregator;

TEST_F(DailyCollection, SavesTheRowsOfTheDayAndALogRow) {
  expect_committed(collect_daily(client_, day("2025-08-31"),
                                 {row_of("c01", "2025-08-31"), row_of("c02", "2025-08-31")}));
  EXPECT_EQ(number("SELECT COUNT(*) FROM daily_kpi_data"), 2);
  EXPECT_EQ(rows("SELECT day, rows_collected, collected_at FROM collection_log"),
            (std::vector<Row>{{"2025-08-31", std::int64_t{2}, "2025-09-01 00:00:00"}}));
}

TEST_F(DailyCollection, RepeatedNeitherDuplicatesNorLoses) {
  const std::vector<DailyRow> delivered = {row_of("c01", "2025-08-31", 5),
                                           row_of("c02", "2025-08-31", 6)};
  expect_committed(collect_daily(client_, day("2025-08-31"), delivered));
  const auto once = state();
  expect_committed(collect_daily(client_, day("2025-08-31"), delivered));
  EXPECT_EQ(state(), once);
}

TEST_F(DailyCollection, RepeatedWithFewerRowsKeepsTheOthers) {
  expect_committed(collect_daily(client_, day("2025-08-31"),
                                 {row_of("c01", "2025-08-31", 5), row_of("c02", "2025-08-31", 6)}));
  expect_committed(collect_daily(client_, day("2025-08-31"), {row_of("c01", "2025-08-31", 7)}));
  EXPECT_EQ(rows("SELECT client_id, total_clicks FROM daily_kpi_data ORDER BY 1"),
            (std::vector<Row>{{"c01", std::int64_t{7}}, {"c02", std::int64_t{6}}}));
  EXPECT_EQ(rows("SELECT id, rows_collected FROM collection_log"),
            (std::vector<Row>{{std::int64_t{1}, std::int64_t{1}}}));
}

TEST_F(DailyCollection, OfADayWithoutRowsIsLogged) {
  expect_committed(collect_daily(client_, day("2025-08-31"), {}));
  EXPECT_EQ(number("SELECT rows_collected FROM collection_log"), 0);
}

TEST_F(DailyCollection, RefusesRowsOfAnotherDay) {
  expect_refused(collect_daily(client_, day("2025-08-31"),
                               {row_of("c01", "2025-08-31"), row_of("c02", "2025-09-01")}),
                 "found a row of 2025-09-01 (client 'c02', platform 'google'); expected only rows "
                 "of 2025-08-31");
  EXPECT_EQ(number("SELECT COUNT(*) FROM daily_kpi_data"), 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM collection_log"), 0);
}

TEST_F(DailyCollection, SavesNoRowsWithoutTheLogRow) {
  rows(
      "CREATE TRIGGER no_log BEFORE INSERT ON collection_log "
      "BEGIN SELECT RAISE(ABORT, 'no'); END");
  const auto before = state();
  EXPECT_EQ(collect_daily(client_, day("2025-08-31"), {row_of("c01", "2025-08-31")}).outcome,
            Outcome::aborted);
  EXPECT_EQ(state(), before);
}

TEST_F(CacheRefresh, ReplacesEverythingByWhatTheSummariesHold) {
  expect_committed(import_daily(client_, real_rows()));
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-09-01")));
  rows(
      "INSERT INTO dashboard_cache (client_id, platform, month, refreshed_on) "
      "VALUES ('gone', 'meta', '2025-01', '2025-02-01')");
  expect_committed(refresh_cache(client_, day("2025-09-01")));
  EXPECT_EQ(rows("SELECT client_id, platform, month, total_spend_minor, total_clicks, "
                 "reservations, reservation_value_minor, roas_hundredths FROM dashboard_cache "
                 "ORDER BY 1, 2, 3"),
            rows("SELECT client_id, platform, month, total_spend_minor, total_clicks, "
                 "reservations, reservation_value_minor, roas_hundredths FROM campaign_summaries "
                 "ORDER BY 1, 2, 3"));
  EXPECT_EQ(number("SELECT COUNT(*) FROM dashboard_cache WHERE refreshed_on = '2025-09-01'"), 28);
}

TEST_F(CacheRefresh, RepeatedChangesNothing) {
  expect_committed(import_daily(client_, real_rows()));
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-09-01")));
  expect_committed(refresh_cache(client_, day("2025-09-01")));
  const auto once = state();
  expect_committed(refresh_cache(client_, day("2025-09-01")));
  EXPECT_EQ(state(), once);
}

TEST_F(CacheRefresh, KeepsTheOldCacheWhenTheNewOneCannotBeWritten) {
  expect_committed(import_daily(client_, real_rows()));
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-09-01")));
  expect_committed(refresh_cache(client_, day("2025-09-01")));
  rows(
      "CREATE TRIGGER no_cache BEFORE INSERT ON dashboard_cache "
      "BEGIN SELECT RAISE(ABORT, 'no'); END");
  const auto before = state();
  EXPECT_EQ(refresh_cache(client_, day("2025-09-02")).outcome, Outcome::aborted);
  EXPECT_EQ(state(), before);
}

TEST_F(Retention, DeletesOnlyWhatIsOlderThanNinetyDays) {
  expect_committed(import_daily(client_, {row_of("c01", "2025-08-01"), row_of("c01", "2025-08-02"),
                                          row_of("c01", "2025-08-03")}));
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-09-01")));
  // 2 August is ninety days before 31 October.
  expect_committed(apply_retention(client_, day("2025-10-31")));
  EXPECT_EQ(rows("SELECT date FROM daily_kpi_data ORDER BY 1"),
            (std::vector<Row>{{"2025-08-02"}, {"2025-08-03"}}));
  const auto once = state();
  expect_committed(apply_retention(client_, day("2025-10-31")));
  EXPECT_EQ(state(), once);
}

TEST_F(Retention, KeepsMonthsThatAreNotTracked) {
  expect_committed(import_daily(client_, {row_of("c01", "2025-07-31"), row_of("c01", "2025-08-01"),
                                          row_of("c01", "2025-09-01")}));
  expect_committed(aggregate_month(client_, month("2025-08"), day("2026-09-01")));
  expect_committed(apply_retention(client_, day("2026-09-01")));
  EXPECT_EQ(rows("SELECT date FROM daily_kpi_data ORDER BY 1"),
            (std::vector<Row>{{"2025-07-31"}, {"2025-09-01"}}));
}

TEST_F(Retention, LeavesTheSummariesAlone) {
  expect_committed(import_daily(client_, real_rows()));
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-09-01")));
  const auto before = rows("SELECT * FROM campaign_summaries ORDER BY 1, 2, 3");
  expect_committed(apply_retention(client_, day("2026-09-01")));
  EXPECT_EQ(rows("SELECT * FROM campaign_summaries ORDER BY 1, 2, 3"), before);
}

}  // namespace
}  // namespace splitproof::sim
