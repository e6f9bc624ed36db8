// The scenario's incident as a plan.
#pragma once

#include <string>

#include "harness/run/experiment.h"

namespace splitproof::harness {

struct IncidentPlan {
  Plan plan;
  std::string gap;  // Which of its statements does not occur; empty where all do.
};

// The incident's strikes name statements; where those stand in a run depends on what struck before,
// so each is looked up in a run of the strikes before it.
IncidentPlan incident_plan(Experiment& experiment, const RunOptions& options);

}  // namespace splitproof::harness
