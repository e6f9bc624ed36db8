// A plan: the faults of one run, as one short line of text that a person can read, edit and paste
// back. Sweep, incident and replay all make or read plans; none has a path of its own.
//
//   clean                         nothing is broken
//   a3=drop                       at the 3rd statement of client a, once
//   a3+=error:53100               from the 3rd statement on, wherever the error can occur
//   a4=error:53100 a9=lose-reply  two strikes
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/plan/fault.h"
#include "sim/base/result.h"

namespace splitproof::harness {

struct Strike {
  char client = 'a';
  int statement = 1;  // From 1.
  Fault fault;
  bool persistent = false;  // From there on, wherever the fault can strike.
  friend auto operator<=>(const Strike&, const Strike&) = default;
};

struct Plan {
  std::vector<Strike> strikes;
  friend auto operator<=>(const Plan&, const Plan&) = default;
};

struct PlanError {
  int column = 0;  // In characters, from 1.
  std::string message;
};

std::string to_string(const Plan& plan);
sim::Result<Plan, PlanError> parse_plan(std::string_view text);

// The strike that hits this point, if any: the first that names it, or a persistent one that
// began before it and can occur here.
const Strike* judge(const Plan& plan, const FaultPoint& point);

}  // namespace splitproof::harness
