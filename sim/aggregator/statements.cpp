#include "sim/aggregator/statements.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

namespace splitproof::sim {

namespace {

constexpr std::array daily_columns = {
    "client_id",
    "platform",
    "date",
    "client_name",
    "campaigns_count",
    "total_spend_minor",
    "total_impressions",
    "total_clicks",
    "total_conversions",
    "click_to_call",
    "email_contacts",
    "booking_step_1",
    "booking_step_2",
    "booking_step_3",
    "reservations",
    "reservation_value_minor",
    "reach",
};

// The columns of the key of daily_kpi_data come first in the list above.
constexpr std::size_t key_columns = 3;

std::string daily_rows_text(std::size_t rows) {
  std::string text = fmt::format("/* save daily rows */ INSERT INTO daily_kpi_data ({}) VALUES ",
                                 fmt::join(daily_columns, ", "));
  std::size_t parameter = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < daily_columns.size(); ++column) {
      const char* const before = column > 0 ? ", " : row > 0 ? "), (" : "(";
      fmt::format_to(std::back_inserter(text), "{}${}", before, ++parameter);
    }
  }
  text += ") ON CONFLICT (client_id, platform, date) DO UPDATE SET ";
  for (std::size_t column = key_columns; column < daily_columns.size(); ++column) {
    fmt::format_to(std::back_inserter(text), "{}{} = excluded.{}", column > key_columns ? ", " : "",
                   daily_columns[column], daily_columns[column]);
  }
  return text;
}

void append_values(const DailyRow& row, std::vector<Value>& values) {
  values.insert(
      values.end(),
      {row.client_id, row.platform, to_string(row.date), row.client_name, row.campaigns_count,
       row.total_spend.minor, row.total_impressions, row.total_clicks, row.total_conversions,
       row.click_to_call, row.email_contacts, row.booking_step_1, row.booking_step_2,
       row.booking_step_3, row.reservations, row.reservation_value.minor, row.reach});
}

// A column of campaign_summaries and the expression over month_sums that fills it.
struct Metric {
  std::string column;
  std::string expression;
};

std::string save_half_text(std::string_view name, const std::vector<Metric>& half) {
  std::string columns;
  std::string expressions;
  std::string updates;
  for (const auto& [column, expression] : half) {
    columns += ", " + column;
    expressions += ", " + expression;
    updates += fmt::format(", {0} = excluded.{0}", column);
  }
  // SQLite would read ON as a join's without the WHERE.
  return fmt::format(
      "/* {} */ INSERT INTO campaign_summaries (client_id, platform, month, "
      "daily_rows{}) SELECT client_id, platform, CAST($1 AS TEXT), daily_rows{} "
      "FROM month_sums WHERE TRUE "
      "ON CONFLICT (month, client_id, platform) DO UPDATE SET "
      "daily_rows = excluded.daily_rows{} "
      "WHERE excluded.daily_rows >= campaign_summaries.daily_rows",
      name, columns, expressions, updates);
}

std::string sum_up_text() {
  std::string sums;
  for (const std::string_view column :
       {"total_spend_minor", "total_impressions", "total_clicks", "total_conversions",
        "click_to_call", "email_contacts", "booking_step_1", "booking_step_2", "booking_step_3",
        "reservations", "reservation_value_minor", "reach"}) {
    // PostgreSQL sums BIGINT into NUMERIC, whose division is not that of whole numbers.
    sums += fmt::format(", CAST(SUM({0}) AS BIGINT) AS {0}", column);
  }
  return fmt::format(
      "/* sum up the month */ CREATE TEMPORARY TABLE month_sums AS "
      "SELECT client_id, platform, COUNT(*) AS daily_rows, "
      "MAX(campaigns_count) AS campaigns_count{} "
      "FROM daily_kpi_data WHERE date >= $1 AND date < $2 "
      "GROUP BY client_id, platform",
      sums);
}

Metric as_summed(std::string_view column) { return {std::string(column), std::string(column)}; }

Statement change_balance(std::string_view name, const std::string& account, char sign,
                         Money amount) {
  return Statement(fmt::format("/* {} */ UPDATE accounts SET balance_minor = balance_minor {} $2 "
                               "WHERE name = $1",
                               name, sign),
                   {account, amount.minor});
}

}  // namespace

Statement save_daily_rows(std::span<const DailyRow> batch) {
  static const std::string full_batch_text = daily_rows_text(daily_batch_rows_max);
  std::vector<Value> values;
  values.reserve(batch.size() * daily_columns.size());
  for (const DailyRow& row : batch) append_values(row, values);
  return Statement(
      batch.size() == daily_batch_rows_max ? full_batch_text : daily_rows_text(batch.size()),
      std::move(values));
}

Statement save_log_row(const Day& day, std::int64_t rows_collected) {
  return Statement(
      "/* save log row */ INSERT INTO collection_log (day, rows_collected) VALUES ($1, $2) "
      "ON CONFLICT (day) DO UPDATE SET rows_collected = excluded.rows_collected, "
      "collected_at = CURRENT_TIMESTAMP",
      {to_string(day), rows_collected});
}

Statement sum_up_month(const Month& month) {
  static const std::string text = sum_up_text();
  return Statement(text, {to_string(month.first_day()), to_string(month.next().first_day())});
}

Statement save_campaign_metrics(const Month& month) {
  static const std::string text = save_half_text(
      "save campaign metrics",
      {
          as_summed("campaigns_count"),
          as_summed("total_spend_minor"),
          as_summed("total_impressions"),
          as_summed("total_clicks"),
          as_summed("total_conversions"),
          {"average_ctr_bp", divide_rounded_sql("total_clicks * 10000", "total_impressions")},
          {"average_cpc_minor", divide_rounded_sql("total_spend_minor", "total_clicks")},
      });
  return Statement(text, {to_string(month)});
}

Statement save_conversion_metrics(const Month& month) {
  static const std::string text = save_half_text(
      "save conversion metrics",
      {
          as_summed("click_to_call"),
          as_summed("email_contacts"),
          as_summed("booking_step_1"),
          as_summed("booking_step_2"),
          as_summed("booking_step_3"),
          as_summed("reservations"),
          as_summed("reservation_value_minor"),
          as_summed("reach"),
          {"roas_hundredths",
           divide_rounded_sql("reservation_value_minor * 100", "total_spend_minor")},
          {"cost_per_reservation_minor", divide_rounded_sql("total_spend_minor", "reservations")},
      });
  return Statement(text, {to_string(month)});
}

Statement save_tracking_row(const Month& month, const Day& today) {
  return Statement(
      "/* save tracking row */ INSERT INTO aggregation_tracking "
      "(month, clients, daily_rows, aggregated_on) "
      "SELECT CAST($1 AS TEXT), COUNT(DISTINCT client_id), CAST(SUM(daily_rows) AS BIGINT), "
      "CAST($2 AS TEXT) FROM campaign_summaries WHERE month = $1 HAVING COUNT(*) > 0 "
      "ON CONFLICT (month) DO UPDATE SET clients = excluded.clients, "
      "daily_rows = excluded.daily_rows, aggregated_on = excluded.aggregated_on",
      {to_string(month), to_string(today)});
}

Statement look_up_tracking(const Month& month) {
  return Statement(
      "/* look up tracking */ SELECT clients, daily_rows FROM aggregation_tracking "
      "WHERE month = $1",
      {to_string(month)});
}

Statement drop_month_sums() { return "/* drop month sums */ DROP TABLE month_sums"; }

std::vector<Statement> aggregation_statements(const Month& month, const Day& today) {
  return {sum_up_month(month), save_campaign_metrics(month), save_conversion_metrics(month),
          drop_month_sums(), save_tracking_row(month, today)};
}

Statement delete_cache() { return "/* delete old cache rows */ DELETE FROM dashboard_cache"; }

Statement insert_cache(const Day& today) {
  return Statement(
      "/* insert new cache rows */ INSERT INTO dashboard_cache (client_id, platform, month, "
      "total_spend_minor, total_clicks, reservations, reservation_value_minor, roas_hundredths, "
      "refreshed_on) SELECT client_id, platform, month, total_spend_minor, total_clicks, "
      "reservations, reservation_value_minor, roas_hundredths, CAST($1 AS TEXT) "
      "FROM campaign_summaries",
      {to_string(today)});
}

Statement delete_daily_rows_before(const Day& first_kept) {
  return Statement(
      "/* delete old daily rows */ DELETE FROM daily_kpi_data WHERE date < $1 "
      "AND SUBSTR(date, 1, 7) IN (SELECT month FROM aggregation_tracking)",
      {to_string(first_kept)});
}

Statement open_account_row(const std::string& account, Money balance) {
  return Statement(
      "/* open account */ INSERT INTO accounts (name, balance_minor) VALUES ($1, $2) "
      "ON CONFLICT (name) DO NOTHING",
      {account, balance.minor});
}

Statement book_movement(const std::string& reference, const std::vector<LedgerEntry>& entries) {
  std::string rows;
  std::vector<Value> values{reference};
  for (const auto& [account, amount] : entries) {
    values.insert(values.end(), {account, amount.minor});
    fmt::format_to(std::back_inserter(rows),
                   "{}SELECT CAST(${} AS TEXT) AS account, CAST(${} AS BIGINT) AS amount_minor",
                   rows.empty() ? "" : " UNION ALL ", values.size() - 1, values.size());
  }
  // A reference booked for other accounts would not meet a conflict of keys.
  return Statement(
      fmt::format("/* book movement */ INSERT INTO ledger_entries (reference, account, "
                  "amount_minor) SELECT CAST($1 AS TEXT), entry.account, entry.amount_minor "
                  "FROM ({}) AS entry "
                  "WHERE NOT EXISTS (SELECT 1 FROM ledger_entries AS booked "
                  "WHERE booked.reference = $1) ON CONFLICT DO NOTHING",
                  rows),
      std::move(values));
}

Statement look_up_movement(const std::string& reference) {
  return Statement(
      "/* look up movement */ SELECT account, amount_minor FROM ledger_entries "
      "WHERE reference = $1 ORDER BY account",
      {reference});
}

Statement subtract_from_payer(const std::string& account, Money amount) {
  return change_balance("subtract from payer", account, '-', amount);
}

Statement add_to_payee(const std::string& account, Money amount) {
  return change_balance("add to payee", account, '+', amount);
}

Statement post_to_account(const std::string& account, Money amount) {
  return change_balance("post to account", account, '+', amount);
}

Statement add_to_counter(const std::string& counter, std::int64_t amount) {
  return Statement(
      "/* add to counter */ INSERT INTO counters (name, value) VALUES ($1, $2) "
      "ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value",
      {counter, amount});
}

Statement read_counter(const std::string& counter) {
  return Statement("/* read counter */ SELECT value FROM counters WHERE name = $1", {counter});
}

Statement write_counter(const std::string& counter, std::int64_t value) {
  return Statement("/* write counter */ UPDATE counters SET value = $2 WHERE name = $1",
                   {counter, value});
}

}  // namespace splitproof::sim
