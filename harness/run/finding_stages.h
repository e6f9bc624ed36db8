// The tables that a run changes, or should, at the moments at which they were read.
//
// What is right is a state of a clean run. A row that is not right and resembles one that is
// missing is that row, split; generated keys and clocks, which the comparison of states leaves out,
// are never marked.
#pragma once

#include <optional>
#include <vector>

#include "harness/oracle/oracles.h"
#include "harness/verdict/timeline.h"

namespace splitproof::harness {

struct StageMoment {
  const Observation* seen = nullptr;   // Never null.
  const Observation* right = nullptr;  // Null where nobody knows: no row is then marked as wrong.
};

// For each moment its tables. The first is before the run.
std::vector<std::vector<StageTable>> stage_tables(const std::vector<StageMoment>& moments,
                                                  const Comparison& comparison);

}  // namespace splitproof::harness
