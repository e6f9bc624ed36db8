// The judge's own idea of what the database must hold: plain maps outside of everything that can
// fail, and what each job does to them, written anew from the documentation of the service
// (sim/aggregator/aggregator.h, schema.h).
//
// Nothing of the service's code is used here: sums and ratios are computed in whole numbers,
// rounded half away from zero, and the local day of a reservation in a way of its own
// (local_day.h).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/aggregator/daily_row.h"
#include "sim/aggregator/reservations.h"
#include "sim/base/money.h"
#include "sim/base/period.h"

namespace splitproof::harness::life {

// The numbers of a daily row, in the order of the columns of daily_kpi_data.
inline constexpr std::size_t numbers_count = 13;
using Numbers = std::array<std::int64_t, numbers_count>;

inline constexpr std::size_t campaigns = 0;
inline constexpr std::size_t spend = 1;
inline constexpr std::size_t impressions = 2;
inline constexpr std::size_t clicks = 3;
inline constexpr std::size_t bookings = 10;
inline constexpr std::size_t booked_value = 11;

struct RowKey {
  std::string client;
  std::string platform;
  sim::Day date;
  friend auto operator<=>(const RowKey&, const RowKey&) = default;
};

struct SavedRow {
  std::string client_name;
  Numbers numbers{};
  friend bool operator==(const SavedRow&, const SavedRow&) = default;
};

struct SumKey {
  sim::Month month;
  std::string client;
  std::string platform;
  friend auto operator<=>(const SumKey&, const SumKey&) = default;
};

// Of one client and platform in a month; campaigns is the largest, every other number the sum.
struct Sums {
  std::int64_t daily_rows = 0;
  Numbers numbers{};
  friend bool operator==(const Sums&, const Sums&) = default;
};

struct Tracked {
  std::int64_t clients = 0;
  std::int64_t daily_rows = 0;
  sim::Day aggregated_on;
  friend bool operator==(const Tracked&, const Tracked&) = default;
};

using LedgerKey = std::pair<std::string, std::string>;  // Reference and account.

// What jobs ask for. `today` is the calendar day of the machine.
struct CollectRows {
  sim::Day date;
  std::vector<sim::DailyRow> rows;
};
struct BookDesk {
  std::string reference;
  std::vector<sim::Reservation> reservations;
};
struct AggregateMonth {
  sim::Month month;
  sim::Day today;
};
struct RefreshCache {
  sim::Day today;
};
struct MoveMoney {
  std::string reference;
  std::string from;
  std::string to;
  sim::Money amount;
};
struct DeleteOld {
  sim::Day today;
};

using Request =
    std::variant<CollectRows, BookDesk, AggregateMonth, RefreshCache, MoveMoney, DeleteOld>;

struct Model {
  std::map<RowKey, SavedRow> rows;
  std::map<sim::Day, std::int64_t> log;  // Rows of the last collection of each day.
  std::map<SumKey, Sums> sums;
  std::map<sim::Month, Tracked> tracked;
  std::map<SumKey, Sums> cache;
  sim::Day refreshed_on;  // Of all rows of the cache.
  std::map<std::string, std::int64_t> accounts;
  std::map<LedgerKey, std::int64_t> ledger;
};

// Whether the service must refuse it: it asks for a month that is not over.
bool is_refused(const Request& request);

// Does to the model what the request does when it is committed. Answers whether that changed it:
// where it does not, SQLite may have written nothing.
bool apply(Model& model, const Request& request);

// What a delivery adds to each client, platform and local day: reservations and their value.
std::map<RowKey, std::pair<std::int64_t, std::int64_t>> desk_rows(const BookDesk& delivery);

// For those that sum up.
Numbers numbers_of(const sim::DailyRow& row);
void add_to(Sums& sums, const Numbers& numbers);

}  // namespace splitproof::harness::life
