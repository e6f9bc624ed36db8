// Scenarios whose operations are generated: `property: random-operations` and
// `property: independent-sums`.
//
// A bounded number of scripts, the same for the same seed, is run by the ordinary experiment and
// judged by the model. A script that fails is shrunk to the fewest operations and strikes and
// becomes a finding whose plan carries the operations: one for each kind of failure, told or held,
// struck or not. No sweep is closed here: a pass says that so many scripts showed nothing, and no
// more.
#pragma once

#include <ostream>

#include "harness/property/model_judge.h"
#include "harness/run/case_runner.h"
#include "harness/run/replay.h"

namespace splitproof::harness {

// Runs the case; with a plan, that one run. `judge` is what judges each run. Never throws for what
// the case does; a failure of the harness gives `inconclusive` and says so. Throws UnusableInput
// where the scenario or the plan cannot be used.
CaseOutcome run_property_case(const Case& subject, World& world, const OperationCatalog& catalog,
                              const CaseOptions& options, const ModelJudge& judge = disagreement);

// Runs `plan`, whose operations are those of the run, and writes the steps to `out`. Throws as
// replay() does.
ReplayResult replay_property(const Case& subject, World& world, const OperationCatalog& catalog,
                             const Plan& plan, std::uint64_t seed, std::ostream& out);

}  // namespace splitproof::harness
