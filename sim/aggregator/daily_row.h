// One row of daily_kpi_data: what one client's advertising on one platform did on one day.
#pragma once

#include <cstdint>
#include <string>

#include "sim/base/money.h"
#include "sim/base/period.h"

namespace splitproof::sim {

// No number of a daily row is below 0 or above this (money in minor units). A month of such rows
// times ten thousand, which is what the ratios need, still fits into 64 bits; the schema's CHECKs
// keep the same bound, so that no sum can overflow on either engine.
inline constexpr std::int64_t daily_number_max = 1'000'000'000'000;

struct DailyRow {
  std::string client_id;
  std::string client_name;
  std::string platform;  // "google" or "meta"
  Day date;
  std::int64_t campaigns_count = 0;
  Money total_spend;
  std::int64_t total_impressions = 0;
  std::int64_t total_clicks = 0;
  std::int64_t total_conversions = 0;
  std::int64_t click_to_call = 0;
  std::int64_t email_contacts = 0;
  std::int64_t booking_step_1 = 0;
  std::int64_t booking_step_2 = 0;
  std::int64_t booking_step_3 = 0;
  std::int64_t reservations = 0;
  Money reservation_value;
  std::int64_t reach = 0;
};

}  // namespace splitproof::sim
