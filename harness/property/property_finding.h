// What a disagreement with the model becomes: a finding, told as other findings are.
#pragma once

#include <string>
#include <vector>

#include "harness/property/property_bench.h"
#include "harness/run/findings.h"

namespace splitproof::harness {

// What the scenario's `property` generates. Throws UnusableInput for a name that is none.
Theme theme_of(const Scenario& scenario);

// The name of the oracle that judges the scenario's property: "model" or "sums".
std::string oracle_of(const Scenario& scenario);

// The plan's operations; throws UnusableInput for a word that is none.
std::vector<Command> commands_of(const Plan& plan);

// The finding, but for its id and its replay line. `run` is the bench's last one.
Finding property_finding(PropertyBench& bench, const RunRecord& run, const Disagreement& found);

}  // namespace splitproof::harness
