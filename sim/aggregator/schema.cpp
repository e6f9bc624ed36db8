#include "sim/aggregator/schema.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "sim/aggregator/daily_row.h"

namespace splitproof::sim {

namespace {

constexpr std::array tables = {
    TableName{"daily_kpi_data", "client_id, platform, date"},
    TableName{"collection_log", "day"},
    TableName{"campaign_summaries", "month, client_id, platform"},
    TableName{"aggregation_tracking", "month"},
    TableName{"dashboard_cache", "month, client_id, platform"},
    TableName{"accounts", "name"},
    TableName{"ledger_entries", "reference, account"},
    TableName{"counters", "name"},
};

// The engine's words. SQLite's tables are STRICT, so that a column of whole numbers holds nothing
// else, and are stored in the order of their key where that key is what they are read by.
struct Words {
  std::string_view text;
  std::string_view integer;
  std::string_view generated_key;
  std::string_view time_now;
  std::string_view keyed;          // Ends a table that is stored by its key.
  std::string_view written_twice;  // The same for a table whose rows one transaction writes twice.
  std::string_view plain;          // Ends any other table.
};

constexpr Words sqlite_words = {
    .text = "TEXT",
    .integer = "INTEGER",
    .generated_key = "INTEGER PRIMARY KEY",
    .time_now = "TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP",
    .keyed = " STRICT, WITHOUT ROWID",
    .written_twice = " STRICT, WITHOUT ROWID",
    .plain = " STRICT",
};

// Half-empty pages leave the second version of a row beside the first, and the index untouched.
constexpr Words postgres_words = {
    .text = "TEXT COLLATE \"C\"",
    .integer = "BIGINT",
    .generated_key = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    .time_now = "TIMESTAMP(0) WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP",
    .keyed = "",
    .written_twice = " WITH (fillfactor = 45)",
    .plain = "",
};

// A column of a daily row's number.
std::string bounded(const Words& words, std::string_view name) {
  return fmt::format("{0} {1} NOT NULL CHECK ({0} BETWEEN 0 AND {2})", name, words.integer,
                     daily_number_max);
}

std::string daily_kpi_data(const Words& words) {
  std::string numbers;
  for (const std::string_view name :
       {"campaigns_count", "total_spend_minor", "total_impressions", "total_clicks",
        "total_conversions", "click_to_call", "email_contacts", "booking_step_1", "booking_step_2",
        "booking_step_3", "reservations", "reservation_value_minor", "reach"}) {
    numbers += bounded(words, name) + ", ";
  }
  return fmt::format(
      "/* create daily_kpi_data */ CREATE TABLE IF NOT EXISTS daily_kpi_data ("
      "client_id {0} NOT NULL CHECK (client_id <> ''), "
      "platform {0} NOT NULL CHECK (platform IN ('google', 'meta')), "
      "date {0} NOT NULL CHECK (LENGTH(date) = 10), "
      "client_name {0} NOT NULL, "
      "{1}"
      "PRIMARY KEY (client_id, platform, date)){2}",
      words.text, numbers, words.keyed);
}

std::string collection_log(const Words& words) {
  return fmt::format(
      "/* create collection_log */ CREATE TABLE IF NOT EXISTS collection_log ("
      "id {0}, "
      "day {1} NOT NULL UNIQUE, "
      "rows_collected {2} NOT NULL CHECK (rows_collected >= 0), "
      "collected_at {3}){4}",
      words.generated_key, words.text, words.integer, words.time_now, words.plain);
}

std::string campaign_summaries(const Words& words) {
  std::string numbers;
  for (const std::string_view name :
       {"campaigns_count", "total_spend_minor", "total_impressions", "total_clicks",
        "total_conversions", "average_ctr_bp", "average_cpc_minor", "click_to_call",
        "email_contacts", "booking_step_1", "booking_step_2", "booking_step_3", "reservations",
        "reservation_value_minor", "reach", "roas_hundredths", "cost_per_reservation_minor"}) {
    numbers += fmt::format("{} {}, ", name, words.integer);
  }
  return fmt::format(
      "/* create campaign_summaries */ CREATE TABLE IF NOT EXISTS campaign_summaries ("
      "client_id {0} NOT NULL, "
      "platform {0} NOT NULL, "
      "month {0} NOT NULL, "
      "daily_rows {1} NOT NULL, "
      "{2}"
      "PRIMARY KEY (month, client_id, platform)){3}",
      words.text, words.integer, numbers, words.written_twice);
}

std::string aggregation_tracking(const Words& words) {
  return fmt::format(
      "/* create aggregation_tracking */ CREATE TABLE IF NOT EXISTS aggregation_tracking ("
      "month {0} PRIMARY KEY, "
      "clients {1} NOT NULL, "
      "daily_rows {1} NOT NULL, "
      "aggregated_on {0} NOT NULL){2}",
      words.text, words.integer, words.plain);
}

std::string dashboard_cache(const Words& words) {
  return fmt::format(
      "/* create dashboard_cache */ CREATE TABLE IF NOT EXISTS dashboard_cache ("
      "client_id {0} NOT NULL, "
      "platform {0} NOT NULL, "
      "month {0} NOT NULL, "
      "total_spend_minor {1}, "
      "total_clicks {1}, "
      "reservations {1}, "
      "reservation_value_minor {1}, "
      "roas_hundredths {1}, "
      "refreshed_on {0} NOT NULL, "
      "PRIMARY KEY (month, client_id, platform)){2}",
      words.text, words.integer, words.keyed);
}

std::string accounts(const Words& words) {
  return fmt::format(
      "/* create accounts */ CREATE TABLE IF NOT EXISTS accounts ("
      "name {} PRIMARY KEY, "
      "balance_minor {} NOT NULL){}",
      words.text, words.integer, words.plain);
}

std::string ledger_entries(const Words& words) {
  return fmt::format(
      "/* create ledger_entries */ CREATE TABLE IF NOT EXISTS ledger_entries ("
      "reference {0} NOT NULL, "
      "account {0} NOT NULL, "
      "amount_minor {1} NOT NULL, "
      "PRIMARY KEY (reference, account)){2}",
      words.text, words.integer, words.keyed);
}

std::string counters(const Words& words) {
  return fmt::format(
      "/* create counters */ CREATE TABLE IF NOT EXISTS counters ("
      "name {} PRIMARY KEY, "
      "value {} NOT NULL){}",
      words.text, words.integer, words.plain);
}

}  // namespace

std::vector<Statement> schema_statements(Dialect dialect) {
  const Words& words = dialect == Dialect::sqlite ? sqlite_words : postgres_words;
  return {daily_kpi_data(words),       collection_log(words),  campaign_summaries(words),
          aggregation_tracking(words), dashboard_cache(words), accounts(words),
          ledger_entries(words),       counters(words)};
}

std::span<const TableName> table_names() { return tables; }

}  // namespace splitproof::sim
