// Sums and ratios of a month, by counting up.
#include "harness/property/model.h"

namespace splitproof::harness {

namespace {

// Rounded half away from zero, for numbers from 0 on: a half more, then rounded down.
sim::Value ratio(std::int64_t numerator, std::int64_t denominator) {
  if (denominator == 0) return sim::Null{};
  return (2 * numerator + denominator) / (2 * denominator);
}

}  // namespace

Numbers sum_up(const std::vector<SaveRow>& rows) {
  std::map<std::string, std::int64_t> sums;
  for (const SaveRow& row : rows) {
    for (std::size_t i = 0; i < row_numbers.size(); ++i) {
      std::int64_t& sum = sums[std::string(row_numbers.at(i).column)];
      const bool largest = row_numbers.at(i).column == "campaigns_count";
      sum = largest ? std::max(sum, row.numbers.at(i)) : sum + row.numbers.at(i);
    }
  }
  Numbers numbers(sums.begin(), sums.end());
  numbers["daily_rows"] = static_cast<std::int64_t>(rows.size());
  const std::int64_t spend = sums["total_spend_minor"];
  numbers["average_ctr_bp"] = ratio(sums["total_clicks"] * 10000, sums["total_impressions"]);
  numbers["average_cpc_minor"] = ratio(spend, sums["total_clicks"]);
  numbers["roas_hundredths"] = ratio(sums["reservation_value_minor"] * 100, spend);
  numbers["cost_per_reservation_minor"] = ratio(spend, sums["reservations"]);
  return numbers;
}

}  // namespace splitproof::harness
