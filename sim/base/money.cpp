#include "sim/base/money.h"

#include <fmt/format.h>

#include <limits>

namespace splitproof::sim {

namespace {

// The absolute value, which for the smallest number does not fit into the signed type.
constexpr std::uint64_t magnitude(std::int64_t number) {
  return number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Up to two digits after the point: "3" is thirty hundredths. Empty for anything else.
std::optional<unsigned> parse_hundredths(std::string_view digits) {
  if (digits.empty() || digits.size() > 2) return std::nullopt;
  unsigned value = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return digits.size() == 1 ? value * 10 : value;
}

}  // namespace

std::string to_string(Money money) {
  const std::uint64_t minor = magnitude(money.minor);
  return fmt::format("{}{}.{:02}", money.minor < 0 ? "-" : "", minor / 100, minor % 100);
}

std::optional<Money> parse_money(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);

  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  unsigned hundredths = 0;
  if (point != std::string_view::npos) {
    const auto parsed = parse_hundredths(text.substr(point + 1));
    if (!parsed) return std::nullopt;
    hundredths = *parsed;
  }
  if (whole.empty()) return std::nullopt;

  // The negative range reaches one further than the positive one.
  const std::uint64_t limit =
      magnitude(std::numeric_limits<std::int64_t>::min()) - (negative ? 0 : 1);
  std::uint64_t units = 0;
  for (const char c : whole) {
    if (!is_digit(c)) return std::nullopt;
    units = units * 10 + static_cast<std::uint64_t>(c - '0');
    if (units > limit / 100) return std::nullopt;
  }
  const std::uint64_t minor = units * 100 + hundredths;
  if (minor > limit) return std::nullopt;
  return Money{static_cast<std::int64_t>(negative ? 0 - minor : minor)};
}

std::int64_t divide_rounded(std::int64_t numerator, std::int64_t denominator) {
  const std::int64_t quotient = numerator / denominator;
  const std::uint64_t rest = magnitude(numerator % denominator);
  // Half or more is left over. Twice the rest could overflow; the difference cannot.
  if (rest < magnitude(denominator) - rest) return quotient;
  return (numerator < 0) == (denominator < 0) ? quotient + 1 : quotient - 1;
}

std::string divide_rounded_sql(std::string_view numerator, std::string_view denominator) {
  // Both engines divide integers toward zero and give the remainder the numerator's sign.
  return fmt::format(
      "CASE WHEN ({1}) = 0 THEN NULL"
      " WHEN ABS(({0}) % ({1})) < ABS({1}) - ABS(({0}) % ({1})) THEN ({0}) / ({1})"
      " WHEN (({0}) < 0) = (({1}) < 0) THEN ({0}) / ({1}) + 1"
      " ELSE ({0}) / ({1}) - 1 END",
      numerator, denominator);
}

}  // namespace splitproof::sim
