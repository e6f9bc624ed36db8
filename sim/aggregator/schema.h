// The service's tables. Every column has the same name and meaning on both engines; only the words
// for types differ.
//
// Dates are text, YYYY-MM-DD, and months YYYY-MM, on both engines: they sort and compare as dates
// do, one SQL text serves both, and a stored state reads the same everywhere. Text compares by
// bytes (COLLATE "C" on PostgreSQL), so that no locale changes an order. Money is in minor units,
// in columns that end in `_minor`. Every number of a daily row is bounded by a CHECK
// (daily_number_max), so that no sum can overflow.
//
//   daily_kpi_data        one row per client, platform and day, as collected
//   collection_log        one row per collected day; rows_collected is what the last collection
//                         delivered, collected_at the database's own clock
//   campaign_summaries    one row per client, platform and month; see below
//   aggregation_tracking  one row per month whose two halves were saved completely
//   dashboard_cache       what the dashboards read: a copy of campaign_summaries
//   accounts              the ledger's balances
//   ledger_entries        what each named movement did to each account, and what each named
//                         delivery of reservations is worth to each client; each is booked once
//   counters              named numbers that are added to
//
// campaign_summaries has a campaign half and a conversion half, saved in two steps. All columns of
// a half that was not saved are NULL. In a saved half only ratios may be NULL, where their
// denominator is 0: average_ctr_bp (clicks per impression in hundredths of a percent),
// average_cpc_minor (spend per click), roas_hundredths (reservation value per spend, times 100)
// and cost_per_reservation_minor. campaigns_count is the largest of the month's days, every other
// number the sum. `daily_rows` says from how many daily rows the sums were made.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "sim/sql/engine.h"

namespace splitproof::sim {

// The CREATE TABLE IF NOT EXISTS of each table, in the order in which they are listed above.
std::vector<Statement> schema_statements(Dialect dialect);

struct TableName {
  std::string_view name;
  std::string_view order;  // The columns of its key, for ORDER BY.
};

// All tables, in the order above.
std::span<const TableName> table_names();

}  // namespace splitproof::sim
