#include "harness/simulate/expected_rows.h"

#include <fmt/format.h>

namespace splitproof::harness::life {
namespace {

using sim::Value;

// Rounded half away from zero, for numbers from 0 on: a half more, then rounded down.
Value ratio(std::int64_t numerator, std::int64_t denominator) {
  if (denominator == 0) return sim::Null{};
  return (2 * numerator + denominator) / (2 * denominator);
}

void append(std::vector<Value>& to, const std::vector<Value>& values) {
  to.insert(to.end(), values.begin(), values.end());
}

std::vector<Value> keys_of(const SumKey& key) {
  return {sim::to_string(key.month), key.client, key.platform};
}

Value return_on_spend(const Sums& sums) {
  return ratio(sums.numbers[booked_value] * 100, sums.numbers[spend]);
}

}  // namespace

std::string daily_columns() {
  return "client_id, platform, date, client_name, campaigns_count, total_spend_minor, "
         "total_impressions, total_clicks, total_conversions, click_to_call, email_contacts, "
         "booking_step_1, booking_step_2, booking_step_3, reservations, reservation_value_minor, "
         "reach";
}

const std::vector<std::string>& campaign_columns() {
  static const std::vector<std::string> columns{
      "campaigns_count",   "total_spend_minor", "total_impressions", "total_clicks",
      "total_conversions", "average_ctr_bp",    "average_cpc_minor"};
  return columns;
}

const std::vector<std::string>& conversion_columns() {
  static const std::vector<std::string> columns{
      "click_to_call",           "email_contacts",
      "booking_step_1",          "booking_step_2",
      "booking_step_3",          "reservations",
      "reservation_value_minor", "reach",
      "roas_hundredths",         "cost_per_reservation_minor"};
  return columns;
}

std::string sum_columns() {
  return fmt::format("month, client_id, platform, daily_rows, {}, {}",
                     fmt::join(campaign_columns(), ", "), fmt::join(conversion_columns(), ", "));
}

sim::Row daily_row(const RowKey& key, const SavedRow& row) {
  sim::Row values{key.client, key.platform, sim::to_string(key.date), row.client_name};
  values.insert(values.end(), row.numbers.begin(), row.numbers.end());
  return values;
}

std::vector<Value> campaign_half(const Sums& sums) {
  const Numbers& numbers = sums.numbers;
  std::vector<Value> half(numbers.begin(), numbers.begin() + 5);
  half.push_back(ratio(numbers[clicks] * 10000, numbers[impressions]));
  half.push_back(ratio(numbers[spend], numbers[clicks]));
  return half;
}

std::vector<Value> conversion_half(const Sums& sums) {
  const Numbers& numbers = sums.numbers;
  std::vector<Value> half(numbers.begin() + 5, numbers.end());
  half.push_back(return_on_spend(sums));
  half.push_back(ratio(numbers[spend], numbers[bookings]));
  return half;
}

sim::Row sum_row(const SumKey& key, const Sums& sums) {
  sim::Row row = keys_of(key);
  row.emplace_back(sums.daily_rows);
  append(row, campaign_half(sums));
  append(row, conversion_half(sums));
  return row;
}

sim::Row cache_row(const SumKey& key, const Sums& sums, const sim::Day& refreshed_on) {
  sim::Row row = keys_of(key);
  append(row, {sums.numbers[spend], sums.numbers[clicks], sums.numbers[bookings],
               sums.numbers[booked_value], return_on_spend(sums), sim::to_string(refreshed_on)});
  return row;
}

}  // namespace splitproof::harness::life
