// Days and calendar months in a named time zone. Where August ends is decided here, once.
#pragma once

#include <chrono>
#include <compare>
#include <string>
#include <string_view>

#include "sim/base/clock.h"
#include "sim/base/result.h"

namespace splitproof::sim {

// A calendar day, without a time zone: what a row of `daily_kpi_data` is dated with.
using Day = std::chrono::year_month_day;

// Why a text is not a day, a month, an instant or a time zone; a sentence for people.
struct PeriodError {
  std::string message;
};

struct Month {
  std::chrono::year_month value;

  friend auto operator<=>(const Month&, const Month&) = default;
  Day first_day() const;
  Day last_day() const;
  Month previous() const;
  Month next() const;
};

Month month_of(Day day);

// "2025-08" and "2025-08-31".
std::string to_string(const Month& month);
std::string to_string(const Day& day);

Result<Month, PeriodError> parse_month(std::string_view text);
Result<Day, PeriodError> parse_day(std::string_view text);

// An instant with its offset, "2025-08-31T23:30:00+02:00" or "…Z".
Result<Instant, PeriodError> parse_instant(std::string_view text);

// A zone of the tz database, by name ("Europe/Warsaw"). Unknown names are refused.
class TimeZone {
 public:
  static Result<TimeZone, PeriodError> find(std::string_view name);

  const std::string& name() const { return name_; }
  // The calendar day on the wall there at that instant.
  Day day_at(Instant instant) const;
  // The instant at which that day begins there; where midnight is skipped, the first that exists.
  Instant start_of(Day day) const;

 private:
  explicit TimeZone(std::string name) : name_(std::move(name)) {}
  std::string name_;
};

}  // namespace splitproof::sim
