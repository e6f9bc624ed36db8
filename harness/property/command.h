// An operation that was generated, as a value: what the words of a plan such as
// "transfer(r1,A,B,3.00)" stand for.
//
// A command knows its text, a sentence for people, and the built-in operation that carries it out.
// It does not run anything, and it does not know what it does to a database: that is the model's.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/run/scenario.h"
#include "sim/base/clock.h"
#include "sim/base/money.h"
#include "sim/base/period.h"
#include "sim/base/result.h"

namespace splitproof::harness {

struct OpenAccount {
  std::string account;
  sim::Money balance;
  friend auto operator<=>(const OpenAccount&, const OpenAccount&) = default;
};

struct Post {
  std::string reference;
  std::string account;
  sim::Money amount;
  friend auto operator<=>(const Post&, const Post&) = default;
};

struct Transfer {
  std::string reference;
  std::string from;
  std::string to;
  sim::Money amount;
  friend auto operator<=>(const Transfer&, const Transfer&) = default;
};

struct AddToCounter {
  std::string counter;
  std::int64_t amount = 0;
  friend auto operator<=>(const AddToCounter&, const AddToCounter&) = default;
};

// The rows of a day are made from these three numbers; see rows_of().
struct CollectDay {
  sim::Day day;
  int clients = 1;    // From 1 to clients_max.
  int variation = 0;  // Other numbers for the same day: a source that was corrected since.
  friend auto operator<=>(const CollectDay&, const CollectDay&) = default;
};
inline constexpr int clients_max = 5;

struct AggregateMonth {
  sim::Month month;
  sim::Day today;
  friend auto operator<=>(const AggregateMonth&, const AggregateMonth&) = default;
};

struct RefreshCache {
  sim::Day today;
  friend auto operator<=>(const RefreshCache&, const RefreshCache&) = default;
};

struct ApplyRetention {
  sim::Day today;
  friend auto operator<=>(const ApplyRetention&, const ApplyRetention&) = default;
};

// An instant, dated by the wall clock of a time zone.
struct ZonedInstant {
  sim::Instant at;
  std::string zone;  // A name of the tz database.
  friend auto operator<=>(const ZonedInstant&, const ZonedInstant&) = default;
};

// A number of a daily row: its names in CSV and in the table.
struct RowNumber {
  std::string_view csv;
  std::string_view column;
  bool money;
};

// In the order of a row's words. Those that ratios are made of come first.
inline constexpr std::array row_numbers{
    RowNumber{"total_spend", "total_spend_minor", true},
    RowNumber{"total_impressions", "total_impressions", false},
    RowNumber{"total_clicks", "total_clicks", false},
    RowNumber{"reservations", "reservations", false},
    RowNumber{"reservation_value", "reservation_value_minor", true},
    RowNumber{"total_conversions", "total_conversions", false},
    RowNumber{"click_to_call", "click_to_call", false},
    RowNumber{"email_contacts", "email_contacts", false},
    RowNumber{"booking_step_1", "booking_step_1", false},
    RowNumber{"booking_step_2", "booking_step_2", false},
    RowNumber{"booking_step_3", "booking_step_3", false},
    RowNumber{"reach", "reach", false},
    RowNumber{"campaigns_count", "campaigns_count", false},
};

// One row of daily_kpi_data, dated by a day or by an instant in a time zone.
struct SaveRow {
  std::string client;
  std::string platform;  // "google" or "meta".
  std::variant<sim::Day, ZonedInstant> when;
  std::array<std::int64_t, row_numbers.size()> numbers{};  // Money in minor units.
  friend auto operator<=>(const SaveRow&, const SaveRow&) = default;
};

using Command = std::variant<Transfer, Post, OpenAccount, AddToCounter, CollectDay, AggregateMonth,
                             RefreshCache, ApplyRetention, SaveRow>;

// "transfer(r1,A,B,3.00)", "post(r2,A,-2.50)", "open(C,10.00)", "add(visits,5)",
// "collect(2025-08-31,2)", "aggregate(2025-08,2025-09-01)", "refresh(2025-09-01)",
// "retention(2025-12-01)", "row(c1,google,2025-08-31,12.00,7)"; a row's numbers end with the last
// one that is not 0, its spend always stands there, and its day may be an instant:
// "row(c1,google,2025-08-31T21:30:00Z@Europe/Warsaw,12.00)".
std::string to_string(const Command& command);

// The reverse; the error is a sentence for people that says what was expected.
sim::Result<Command, std::string> parse_command(std::string_view word);

// What it does, in words: "transfer 3.00 from A to B, as r1".
std::string in_words(const Command& command);

// The rows that a collection delivers, each dated with its day.
std::vector<SaveRow> rows_of(const CollectDay& command);

// The built-in operation with its arguments. A row's instant becomes a day here, by the code of the
// service that does it.
OperationSpec spec_of(const Command& command);

// One built-in operation of each kind, for questions about the catalogue.
std::vector<OperationSpec> one_of_each();

}  // namespace splitproof::harness
