// From what was observed to the result of a case: was the variant expected to do this?
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/run/scenario.h"
#include "harness/verdict/verdict.h"

namespace splitproof::harness {

struct Facts {
  std::vector<std::string> unstable;  // Why runs that should be equal are not.
  bool changes_nothing = false;       // The clean run leaves the state as it was.
  bool stopped = false;               // The sweep was ended early.
  bool single_plan = false;  // Only one plan was run: nothing is closed, damage is partial.
  bool sampled = false;      // Runs were drawn by chance: no sweep is there to be closed.
};

// Sets `observed`, `result` and `reason` of a verdict whose findings, sweeps and counts are filled.
void conclude(CaseVerdict& verdict, const Expected& expected, const Facts& facts);

std::string_view to_string(Role role);

}  // namespace splitproof::harness
