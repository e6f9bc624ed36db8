// Money and ratios in whole minor units; never floating point.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace splitproof::sim {

// An amount in minor units (cents). 1234 is printed "12.34".
struct Money {
  std::int64_t minor = 0;
  friend auto operator<=>(const Money&, const Money&) = default;
};

std::string to_string(Money money);

// Accepts "12", "12.3" and "12.34", with a sign; nothing else: no exponent, no separators, no more
// than two decimals. Empty when the text is not such an amount or does not fit.
std::optional<Money> parse_money(std::string_view text);

// numerator / denominator rounded half away from zero; `denominator` must not be 0, and the
// quotient must fit (it does not only for the smallest number divided by -1).
std::int64_t divide_rounded(std::int64_t numerator, std::int64_t denominator);

// The same as an SQL expression over two integer expressions, equal on both engines: NULL where the
// denominator is 0. Both texts are repeated in the expression, so they should be cheap. The
// smallest 64-bit number has no absolute value in SQL; neither may be it.
std::string divide_rounded_sql(std::string_view numerator, std::string_view denominator);

}  // namespace splitproof::sim
