// Why an interleaving is no serial order, as an anomaly of the literature: the circle of
// dependencies among the operations, each edge with its reason.
#pragma once

#include <optional>
#include <string>

#include "harness/check/anomaly.h"
#include "harness/oracle/oracles.h"
#include "harness/run/experiment.h"

namespace splitproof::harness {

// Runs `plan`, which has an order and no strikes, once more, looking at every row before and after
// each statement, and asks each statement again what it would have answered otherwise. Each
// operation that was told committed is one transaction. The database is as before a run afterwards.
// Returns the run that was looked at, with its dependencies.
RunRecord evidence_of(Experiment& experiment, const Plan& plan, const RunOptions& options,
                      const References& references);

}  // namespace splitproof::harness
