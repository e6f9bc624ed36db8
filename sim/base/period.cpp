#include "sim/base/period.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <optional>

namespace splitproof::sim {

namespace {

// Reads fixed-width fields of a text from left to right; once something does not fit, it stays
// failed.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (i >= rest_.size() || rest_[i] < '0' || rest_[i] > '9') return fail();
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

  bool take(char expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char expected) {
    if (!take(expected)) fail();
  }

  bool at_end() const { return rest_.empty(); }
  bool failed() const { return failed_; }

 private:
  int fail() {
    failed_ = true;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool failed_ = false;
};

// A text from outside may be long; a message stays readable.
std::string quoted(std::string_view text) {
  constexpr std::size_t shown_max = 40;
  return text.size() <= shown_max ? fmt::format("'{}'", text)
                                  : fmt::format("'{}…'", text.substr(0, shown_max));
}

PeriodError not_a(std::string_view what, std::string_view text, std::string_view expected) {
  return {fmt::format("{} is not {}; expected {}", quoted(text), what, expected)};
}

Day scan_day(Scanner& scanner) {
  const int year = scanner.digits(4);
  scanner.expect('-');
  const int month = scanner.digits(2);
  scanner.expect('-');
  const int day = scanner.digits(2);
  return Day{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
             std::chrono::day{static_cast<unsigned>(day)}};
}

// "Z", "+02:00", "-10:00". The widest offsets in use are -12:00 and +14:00; history knows more.
std::optional<std::chrono::minutes> scan_offset(Scanner& scanner) {
  if (scanner.take('Z')) return std::chrono::minutes{0};
  const bool west = scanner.take('-');
  if (!west) scanner.expect('+');
  const int hours = scanner.digits(2);
  scanner.expect(':');
  const int minutes = scanner.digits(2);
  if (scanner.failed() || hours > 23 || minutes > 59) return std::nullopt;
  const std::chrono::minutes offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  return west ? -offset : offset;
}

// The zone of a name that find() has already accepted.
const date::time_zone& zone_of(const std::string& name) { return *date::locate_zone(name); }

}  // namespace

Day Month::first_day() const { return value / std::chrono::day{1}; }

Day Month::last_day() const { return Day{value / std::chrono::last}; }

Month Month::previous() const { return {value - std::chrono::months{1}}; }

Month Month::next() const { return {value + std::chrono::months{1}}; }

Month month_of(Day day) { return {day.year() / day.month()}; }

std::string to_string(const Month& month) {
  return fmt::format("{:04}-{:02}", static_cast<int>(month.value.year()),
                     static_cast<unsigned>(month.value.month()));
}

std::string to_string(const Day& day) {
  return fmt::format("{}-{:02}", to_string(month_of(day)), static_cast<unsigned>(day.day()));
}

Result<Month, PeriodError> parse_month(std::string_view text) {
  Scanner scanner(text);
  const int year = scanner.digits(4);
  scanner.expect('-');
  const int month = scanner.digits(2);
  if (scanner.failed() || !scanner.at_end() || year == 0 || month < 1 || month > 12) {
    return not_a("a month", text, "YYYY-MM, for example 2025-08");
  }
  return Month{std::chrono::year{year} / std::chrono::month{static_cast<unsigned>(month)}};
}

Result<Day, PeriodError> parse_day(std::string_view text) {
  Scanner scanner(text);
  const Day day = scan_day(scanner);
  if (scanner.failed() || !scanner.at_end() || day.year() == std::chrono::year{0}) {
    return not_a("a day", text, "YYYY-MM-DD, for example 2025-08-31");
  }
  if (!day.ok()) return not_a("a day of the calendar", text, "one that exists");
  return day;
}

Result<Instant, PeriodError> parse_instant(std::string_view text) {
  constexpr std::string_view form =
      "YYYY-MM-DDTHH:MM:SS and an offset, for example 2025-08-31T23:30:00+02:00";
  Scanner scanner(text);
  const Day day = scan_day(scanner);
  scanner.expect('T');
  const int hour = scanner.digits(2);
  scanner.expect(':');
  const int minute = scanner.digits(2);
  scanner.expect(':');
  const int second = scanner.digits(2);
  const std::optional<std::chrono::minutes> offset = scan_offset(scanner);
  if (scanner.failed() || !scanner.at_end() || !offset || day.year() == std::chrono::year{0}) {
    return not_a("an instant", text, form);
  }
  if (!day.ok()) return not_a("an instant", text, "a day that exists");
  if (hour > 23 || minute > 59 || second > 59) {
    return not_a("an instant", text, "a time from 00:00:00 to 23:59:59");
  }
  return Instant{std::chrono::sys_days{day} + std::chrono::hours{hour} +
                 std::chrono::minutes{minute} + std::chrono::seconds{second} - *offset};
}

Result<TimeZone, PeriodError> TimeZone::find(std::string_view name) {
  try {
    static_cast<void>(date::locate_zone(std::string(name)));
  } catch (const std::exception&) {
    return PeriodError{fmt::format(
        "unknown time zone {}; expected a name of the tz database, for example Europe/Warsaw "
        "(its files come with the package tzdata)",
        quoted(name))};
  }
  return TimeZone(std::string(name));
}

Day TimeZone::day_at(Instant instant) const {
  const auto local = zone_of(name_).to_local(instant);
  const auto days = std::chrono::floor<date::days>(local);
  return Day{std::chrono::sys_days{std::chrono::days{days.time_since_epoch().count()}}};
}

Instant TimeZone::start_of(Day day) const {
  const date::local_days midnight{
      date::days{std::chrono::sys_days{day}.time_since_epoch().count()}};
  const date::local_info info = zone_of(name_).get_info(midnight);
  if (info.result == date::local_info::nonexistent) return info.second.begin;
  // Where midnight comes twice, the first one begins the day.
  return Instant{date::sys_seconds{date::local_seconds{midnight}.time_since_epoch()} -
                 info.first.offset};
}

}  // namespace splitproof::sim
