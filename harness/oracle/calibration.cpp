#include "harness/oracle/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

namespace splitproof::harness {

namespace {

std::size_t column_index(const Table& table, const std::string& column) {
  return static_cast<std::size_t>(std::ranges::find(table.columns, column) - table.columns.begin());
}

std::vector<sim::Value> sorted_column(const Table& table, std::size_t index) {
  std::vector<sim::Value> values;
  values.reserve(table.rows.size());
  for (const sim::Row& row : table.rows) values.push_back(row[index]);
  std::ranges::sort(values);
  return values;
}

// "2025-09-01…": a date, with or without a time of day behind it.
bool looks_like_time(const sim::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || text->size() < 10) return false;
  for (std::size_t i = 0; i < 10; ++i) {
    const bool dash = i == 4 || i == 7;
    const char c = (*text)[i];
    if (dash ? c != '-' : (c < '0' || c > '9')) return false;
  }
  return true;
}

// "f81d4fae-7dec-11d0-a765-00a0c91e6bf6" (RFC 4122).
bool looks_like_uuid(const sim::Value& value) {
  constexpr std::string_view form = "########-####-####-####-############";
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || text->size() != form.size()) return false;
  return std::equal(text->begin(), text->end(), form.begin(), [](char c, char expected) {
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    return expected == '#' ? digit : c == expected;
  });
}

// But for NULLs.
bool all_are(bool (*looks_like)(const sim::Value&), const std::vector<sim::Value>& values) {
  return std::ranges::all_of(
      values, [&](const sim::Value& value) { return value.index() == 0 || looks_like(value); });
}

// Makes a generated column, and every foreign key that refers to it, compared up to renaming.
void rename(Calibration& calibration, const Shape& shape, const std::string& table,
            const std::string& column, const std::string& why) {
  if (!calibration.comparison.renamed[table].insert(column).second) return;
  calibration.notes.push_back(fmt::format("{}.{}: {}", table, column, why));
  for (const auto& [other, other_shape] : shape) {
    for (const ForeignKey& key : other_shape.foreign_keys) {
      if (key.table != table || key.referred_column != column) continue;
      calibration.comparison.references[other].push_back(key);
      rename(calibration, shape, other, key.column,
             fmt::format("refers to {}.{}, compared up to renaming", table, column));
    }
  }
}

void leave_out(Calibration& calibration, const std::string& table, const std::string& column) {
  if (calibration.comparison.left_out[table].insert(column).second) {
    calibration.notes.push_back(
        fmt::format("{}.{}: written by a clock, left out of the comparison", table, column));
  }
}

// A value of each side that the other side does not have, to show what differs.
std::string example(const std::vector<sim::Value>& first, const std::vector<sim::Value>& shifted) {
  std::vector<sim::Value> only_first;
  std::vector<sim::Value> only_shifted;
  std::ranges::set_difference(first, shifted, std::back_inserter(only_first));
  std::ranges::set_difference(shifted, first, std::back_inserter(only_shifted));
  const auto one = [](const std::vector<sim::Value>& values) {
    return values.empty() ? std::string("nothing") : sim::to_string(values.front());
  };
  return fmt::format("{} in one, {} in the other", one(only_first), one(only_shifted));
}

void classify(Calibration& calibration, const Shape& shape, const std::string& name,
              const Table& first, const Table& shifted) {
  const auto table_shape = shape.find(name);
  for (std::size_t i = 0; i < first.columns.size(); ++i) {
    const std::string& column = first.columns[i];
    const std::vector<sim::Value> ours = sorted_column(first, i);
    const std::vector<sim::Value> theirs = sorted_column(shifted, column_index(shifted, column));
    if (ours == theirs) continue;
    const auto has = [&](const std::set<std::string> TableShape::*set) {
      return table_shape != shape.end() && (table_shape->second.*set).contains(column);
    };
    if (has(&TableShape::generated)) {
      rename(calibration, shape, name, column, "generated key, compared up to renaming");
    } else if (all_are(looks_like_uuid, ours) && all_are(looks_like_uuid, theirs)) {
      rename(calibration, shape, name, column, "UUIDs of its own, compared up to renaming");
    } else if (has(&TableShape::clocks) ||
               (all_are(looks_like_time, ours) && all_are(looks_like_time, theirs))) {
      leave_out(calibration, name, column);
    } else if (!calibration.comparison.renamed[name].contains(column) &&
               !calibration.comparison.left_out[name].contains(column)) {
      calibration.unexplained.push_back(fmt::format("{}.{} differs between two clean runs ({})",
                                                    name, column, example(ours, theirs)));
    }
  }
}

std::size_t distinct(const std::vector<State>& states, const Comparison& comparison) {
  StateDigests digests(comparison);
  std::set<std::string> all;
  for (const State& state : states) all.insert(digests.of(state));
  return all.size();
}

}  // namespace

Calibration with_keys_that_order_decides(Calibration calibration, const Shape& shape,
                                         const std::vector<State>& ends) {
  std::size_t differing = distinct(ends, calibration.comparison);
  for (const auto& [name, table] : shape) {
    for (const std::string& column : table.generated) {
      if (differing < 2) return calibration;
      if (calibration.comparison.tables_left_out.contains(name)) continue;
      Calibration renamed = calibration;
      rename(renamed, shape, name, column,
             "generated key that the order of the sessions decides, compared up to renaming");
      const std::size_t left = distinct(ends, renamed.comparison);
      if (left >= differing) continue;
      differing = left;
      calibration = std::move(renamed);
    }
  }
  return calibration;
}

Calibration calibrate(const State& first, const State& shifted, const Shape& shape,
                      const Comparison& initial) {
  Calibration calibration;
  calibration.comparison = initial;
  // The catalogue names clocks that two runs within one of their ticks do not show.
  for (const auto& [name, table] : shape) {
    if (initial.tables_left_out.contains(name)) continue;
    for (const std::string& column : table.clocks) leave_out(calibration, name, column);
  }
  // Generated keys first: a foreign key that differs is explained by what it refers to.
  for (const bool keys : {true, false}) {
    for (const auto& [name, table] : first) {
      const auto other = shifted.find(name);
      if (initial.tables_left_out.contains(name) || other == shifted.end()) continue;
      if (table->rows.size() != other->second->rows.size() ||
          table->columns != other->second->columns) {
        continue;
      }
      Calibration attempt = calibration;
      classify(attempt, shape, name, *table, *other->second);
      if (keys) attempt.unexplained.clear();
      calibration = std::move(attempt);
    }
  }
  if (calibration.unexplained.empty()) {
    for (const TableDifference& difference :
         differences(first, shifted, calibration.comparison, 1)) {
      calibration.unexplained.push_back(fmt::format(
          "{} differs between two clean runs: {} rows in one, {} in the other, and not "
          "by clocks or generated keys alone",
          difference.table,
          first.contains(difference.table) ? first.at(difference.table)->rows.size() : 0,
          shifted.contains(difference.table) ? shifted.at(difference.table)->rows.size() : 0));
    }
  }
  // operator[] above leaves empty sets behind; an empty set would make a table look renamed.
  std::erase_if(calibration.comparison.renamed,
                [](const auto& entry) { return entry.second.empty(); });
  std::erase_if(calibration.comparison.left_out,
                [](const auto& entry) { return entry.second.empty(); });
  return calibration;
}

}  // namespace splitproof::harness
