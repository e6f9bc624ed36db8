#include "sim/aggregator/aggregator.h"

#include <map>
#include <tuple>

#include "sim/aggregator/statements.h"
#include "tests/sim/aggregator_fixture.h"

namespace splitproof::sim {
namespace {

struct Sums {
  std::int64_t daily_rows = 0;
  std::int64_t campaigns = 0;
  std::vector<std::int64_t> campaign_half = std::vector<std::int64_t>(4);
  std::vector<std::int64_t> conversion_half = std::vector<std::int64_t>(8);
};

using SumsByClient = std::map<std::tuple<std::string, std::string>, Sums>;

SumsByClient sums_of(const std::vector<DailyRow>& rows, Month wanted) {
  SumsByClient all;
  for (const DailyRow& row : rows) {
    if (month_of(row.date) != wanted) continue;
    Sums& sums = all[{row.client_id, row.platform}];
    ++sums.daily_rows;
    sums.campaigns = std::max(sums.campaigns, row.campaigns_count);
    const std::int64_t campaign[] = {row.total_spend.minor, row.total_impressions, row.total_clicks,
                                     row.total_conversions};
    const std::int64_t conversion[] = {
        row.click_to_call,  row.email_contacts, row.booking_step_1,          row.booking_step_2,
        row.booking_step_3, row.reservations,   row.reservation_value.minor, row.reach};
    for (std::size_t i = 0; i < 4; ++i) sums.campaign_half[i] += campaign[i];
    for (std::size_t i = 0; i < 8; ++i) sums.conversion_half[i] += conversion[i];
  }
  return all;
}

Value ratio(std::int64_t numerator, std::int64_t denominator) {
  if (denominator == 0) return Null{};
  return divide_rounded(numerator, denominator);
}

// The row of campaign_summaries that must be there.
Row summary_of(const std::string& client, const std::string& platform, const std::string& of_month,
               const Sums& sums) {
  const auto& a = sums.campaign_half;
  const auto& b = sums.conversion_half;
  Row row{client, platform, of_month, sums.daily_rows, sums.campaigns};
  row.insert(row.end(), a.begin(), a.end());
  row.insert(row.end(), {ratio(a[2] * 10000, a[1]), ratio(a[0], a[2])});
  row.insert(row.end(), b.begin(), b.end());
  row.insert(row.end(), {ratio(b[6] * 100, a[0]), ratio(a[0], b[5])});
  return row;
}

TEST_F(Aggregator, SumsOfTheRealFileEqualSumsMadeWithoutADatabase) {
  const std::vector<DailyRow> daily = real_rows();
  expect_committed(import_daily(client_, daily));
  for (const std::string name : {"2025-07", "2025-08", "2025-09", "2025-10"}) {
    expect_committed(aggregate_month(client_, month(name), day("2025-11-01")));
    std::vector<Row> expected;
    for (const auto& [key, sums] : sums_of(daily, month(name))) {
      expected.push_back(summary_of(std::get<0>(key), std::get<1>(key), name, sums));
    }
    EXPECT_FALSE(expected.empty());
    EXPECT_EQ(rows("SELECT * FROM campaign_summaries WHERE month = '" + name +
                   "' ORDER BY client_id, platform"),
              expected);
  }
  EXPECT_EQ(rows("SELECT * FROM aggregation_tracking WHERE month = '2025-08'"),
            (std::vector<Row>{{"2025-08", std::int64_t{16}, std::int64_t{841}, "2025-11-01"}}));
}

TEST_F(Aggregator, AMonthHasExactlyItsOwnDays) {
  for (const char* date : {"2024-01-31", "2024-02-01", "2024-02-29", "2024-03-01"}) {
    expect_committed(import_daily(client_, {row_of("c01", date)}));
  }
  expect_committed(aggregate_month(client_, month("2024-02"), day("2024-03-01")));
  EXPECT_EQ(number("SELECT total_clicks FROM campaign_summaries"), 2);
  EXPECT_EQ(number("SELECT daily_rows FROM aggregation_tracking"), 2);
}

TEST_F(Aggregator, RefusesAMonthThatIsNotOver) {
  expect_committed(import_daily(client_, {row_of("c01", "2025-08-31")}));
  const auto before = state();
  expect_refused(aggregate_month(client_, month("2025-08"), day("2025-08-31")),
                 "2025-08 is not over on 2025-08-31; it can be aggregated from 2025-09-01 on");
  EXPECT_EQ(state(), before);
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-09-01")));
}

TEST_F(Aggregator, AggregatingAgainChangesNothing) {
  expect_committed(import_daily(client_, real_rows()));
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-09-01")));
  const auto once = state();
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-09-01")));
  EXPECT_EQ(state(), once);
}

TEST_F(Aggregator, AggregatingAgainTakesInLateAndCorrectedRows) {
  expect_committed(
      import_daily(client_, {row_of("c01", "2025-08-01", 5), row_of("c01", "2025-08-02", 5)}));
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-09-01")));
  expect_committed(
      import_daily(client_, {row_of("c01", "2025-08-02", 3), row_of("c01", "2025-08-31", 10)}));
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-09-02")));
  EXPECT_EQ(number("SELECT total_clicks FROM campaign_summaries"), 18);
  EXPECT_EQ(rows("SELECT aggregated_on FROM aggregation_tracking")[0][0], Value("2025-09-02"));
}

TEST_F(Aggregator, AggregatingAgainKeepsWhatRetentionTookTheRowsOf) {
  expect_committed(import_daily(client_, real_rows()));
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-09-01")));
  // The first half of August goes; then the whole of it, and one late row arrives.
  for (const char* today : {"2025-11-15", "2025-12-15"}) {
    const auto before = rows("SELECT * FROM campaign_summaries ORDER BY 1, 2");
    expect_committed(apply_retention(client_, day(today)));
    expect_committed(aggregate_month(client_, month("2025-08"), day(today)));
    EXPECT_EQ(rows("SELECT * FROM campaign_summaries ORDER BY 1, 2"), before);
    EXPECT_EQ(number("SELECT daily_rows FROM aggregation_tracking"), 841);
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM daily_kpi_data WHERE date LIKE '2025-08-%'"), 0);
  const auto before = rows("SELECT * FROM campaign_summaries ORDER BY 1, 2");
  DailyRow late = real_rows().front();
  late.date = day("2025-08-20");
  expect_committed(import_daily(client_, {late}));
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-12-16")));
  EXPECT_EQ(rows("SELECT * FROM campaign_summaries ORDER BY 1, 2"), before);
}

TEST_F(Aggregator, RatiosWithoutADenominatorAreNull) {
  expect_committed(import_daily(client_, {row_of("c01", "2025-08-01", 0)}));
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-09-01")));
  EXPECT_EQ(rows("SELECT average_ctr_bp, average_cpc_minor, roas_hundredths, "
                 "cost_per_reservation_minor FROM campaign_summaries")[0],
            (Row{Null{}, Null{}, Null{}, Null{}}));
  EXPECT_EQ(number("SELECT reservations FROM campaign_summaries"), 0);
}

TEST_F(Aggregator, TheLargestNumbersDoNotOverflow) {
  std::vector<DailyRow> daily;
  for (std::chrono::sys_days d{day("2025-08-01")}; d <= std::chrono::sys_days{day("2025-08-31")};
       d += std::chrono::days{1}) {
    DailyRow row = row_of("c01", to_string(Day{d}), daily_number_max);
    row.total_impressions = 1;
    row.total_spend = Money{1};
    row.reservation_value = Money{daily_number_max};
    daily.push_back(row);
  }
  expect_committed(import_daily(client_, daily));
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-09-01")));
  EXPECT_EQ(number("SELECT total_clicks FROM campaign_summaries"), 31 * daily_number_max);
  EXPECT_EQ(number("SELECT average_ctr_bp FROM campaign_summaries"), daily_number_max * 10000);
  EXPECT_EQ(number("SELECT roas_hundredths FROM campaign_summaries"), daily_number_max * 100);
}

TEST_F(Aggregator, AFailureInTheLastStepLeavesNothingOfTheMonth) {
  expect_committed(import_daily(client_, real_rows()));
  rows(
      "CREATE TRIGGER no_tracking BEFORE INSERT ON aggregation_tracking "
      "BEGIN SELECT RAISE(ABORT, 'no'); END");
  const auto before = state();
  const TransactionEnd end = aggregate_month(client_, month("2025-08"), day("2025-09-01"));
  EXPECT_EQ(end.outcome, Outcome::aborted);
  EXPECT_EQ(state(), before);
  rows("DROP TRIGGER no_tracking");
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-09-01")));
}

TEST_F(Aggregator, AMonthWithoutDailyRowsIsNotTracked) {
  expect_committed(aggregate_month(client_, month("2025-08"), day("2025-09-01")));
  EXPECT_EQ(number("SELECT COUNT(*) FROM aggregation_tracking"), 0);
}

TEST_F(Aggregator, AnExistingDatabaseIsLeftAsItIs) {
  expect_committed(import_daily(client_, real_rows()));
  const auto before = state();
  expect_committed(create_schema(client_));
  EXPECT_EQ(state(), before);
}

TEST_F(Aggregator, ImportsMoreRowsThanOneStatementHolds) {
  std::vector<DailyRow> daily;
  for (std::size_t i = 0; i < 2 * daily_batch_rows_max + 1; ++i) {
    daily.push_back(row_of("c" + std::to_string(i), "2025-08-01", static_cast<std::int64_t>(i)));
  }
  expect_committed(import_daily(client_, daily));
  expect_committed(import_daily(client_, daily));
  EXPECT_EQ(number("SELECT COUNT(*) FROM daily_kpi_data"), 201);
  EXPECT_EQ(number("SELECT SUM(total_clicks) FROM daily_kpi_data"), 200 * 201 / 2);
}

TEST_F(Aggregator, ImportReplacesACorrectedRow) {
  expect_committed(import_daily(client_, {row_of("c01", "2025-08-01", 5)}));
  DailyRow corrected = row_of("c01", "2025-08-01", 7);
  corrected.client_name = "Amber's Bay";
  expect_committed(import_daily(client_, {corrected}));
  EXPECT_EQ(rows("SELECT client_name, total_clicks FROM daily_kpi_data"),
            (std::vector<Row>{{"Amber's Bay", std::int64_t{7}}}));
}

TEST_F(Aggregator, ImportRefusesTheSameRowTwice) {
  const std::string why =
      "client 'c01', platform 'google', day 2025-08-01 is given twice; expected one row of each";
  expect_refused(import_daily(client_, {row_of("c01", "2025-08-01"), row_of("c02", "2025-08-01"),
                                        row_of("c01", "2025-08-01")}),
                 why);
  EXPECT_EQ(number("SELECT COUNT(*) FROM daily_kpi_data"), 0);
}

TEST_F(Aggregator, ABadNumberKeepsTheWholeImportOut) {
  for (const std::int64_t bad : {std::int64_t{-1}, daily_number_max + 1}) {
    const TransactionEnd end =
        import_daily(client_, {row_of("c01", "2025-08-01"), row_of("c02", "2025-08-01", bad)});
    EXPECT_EQ(end.outcome, Outcome::aborted);
    EXPECT_EQ(end.error->kind, ErrorKind::constraint) << end.error->message;
    EXPECT_EQ(number("SELECT COUNT(*) FROM daily_kpi_data"), 0);
  }
}

TEST_F(Aggregator, IndeterminateIsToldWhereNoRowDecides) {
  expect_committed(import_daily(client_, real_rows()));
  engine_.armed = true;
  client_.discard();
  const TransactionEnd end = aggregate_month(client_, month("2025-08"), day("2025-09-01"));
  EXPECT_EQ(end.outcome, Outcome::indeterminate);
  EXPECT_EQ(end.attempts, 1);
}

}  // namespace
}  // namespace splitproof::sim
