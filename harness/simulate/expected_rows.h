// The model's maps as rows of the service's tables, in the order of their keys. Private to this
// folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/simulate/model.h"
#include "sim/sql/rows.h"

namespace splitproof::harness::life {

// The columns of each, as a SELECT lists them; keys first.
std::string daily_columns();
inline constexpr std::size_t daily_keys = 3;
std::string sum_columns();
inline constexpr std::size_t sum_keys = 3;
inline constexpr std::string_view cache_columns =
    "month, client_id, platform, total_spend_minor, total_clicks, reservations, "
    "reservation_value_minor, roas_hundredths, refreshed_on";

// The names of the columns of one half, in the order of sum_columns().
const std::vector<std::string>& campaign_columns();
const std::vector<std::string>& conversion_columns();

sim::Row daily_row(const RowKey& key, const SavedRow& row);
std::vector<sim::Value> campaign_half(const Sums& sums);
std::vector<sim::Value> conversion_half(const Sums& sums);
// The whole row, with daily_rows behind the keys.
sim::Row sum_row(const SumKey& key, const Sums& sums);
sim::Row cache_row(const SumKey& key, const Sums& sums, const sim::Day& refreshed_on);

}  // namespace splitproof::harness::life
