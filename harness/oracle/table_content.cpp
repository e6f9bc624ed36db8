#include "harness/oracle/table_content.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>

namespace splitproof::harness {

namespace {

std::size_t hash_of(const sim::Value& value) {
  struct Hash {
    std::size_t operator()(sim::Null) const { return 0; }
    std::size_t operator()(std::int64_t number) const { return std::hash<std::int64_t>()(number); }
    std::size_t operator()(double number) const { return std::hash<double>()(number); }
    std::size_t operator()(const std::string& text) const { return std::hash<std::string>()(text); }
  };
  return std::visit(Hash{}, value);
}

// Bit by bit: 0.0 and -0.0 are equal numbers of different texts.
bool is_same(const sim::Value& left, const sim::Value& right) {
  const auto* const number = std::get_if<double>(&left);
  const auto* const other = std::get_if<double>(&right);
  if (number == nullptr || other == nullptr) return left == right;
  return std::bit_cast<std::uint64_t>(*number) == std::bit_cast<std::uint64_t>(*other);
}

}  // namespace

std::size_t hash_of(const Table& table) {
  constexpr std::size_t rows_max = 8;
  constexpr std::size_t multiplier = 1099511628211U;
  std::size_t hash = table.rows.size();
  for (std::size_t i = 0; i < std::min(table.rows.size(), rows_max); ++i) {
    for (const sim::Value& value : table.rows[i]) hash = hash * multiplier + hash_of(value);
  }
  return hash;
}

bool has_same_content(const Table& left, const Table& right) {
  return left.columns == right.columns &&
         std::ranges::equal(left.rows, right.rows,
                            [](const sim::Row& ours, const sim::Row& theirs) {
                              return std::ranges::equal(ours, theirs, is_same);
                            });
}

}  // namespace splitproof::harness
