// States written by hand, for the tests of their comparison and of the oracles.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/oracle/state.h"

namespace splitproof::harness {

inline sim::Value null() { return sim::Null{}; }
inline sim::Value num(std::int64_t number) { return number; }
inline sim::Value real(double number) { return number; }
inline sim::Value text(std::string words) { return words; }

inline std::shared_ptr<const Table> table(std::vector<std::string> columns,
                                          std::vector<sim::Row> rows) {
  return std::make_shared<const Table>(Table{std::move(columns), std::move(rows)});
}

inline std::string digest(const State& state, const Comparison& comparison = {}) {
  return StateDigests(comparison).of(state);
}

}  // namespace splitproof::harness
