// Which faults a case is swept with: those that its scenario names, as far as its world and its
// programs can meet them.
#pragma once

#include <vector>

#include "harness/run/scenario.h"
#include "harness/run/world.h"

namespace splitproof::harness {

// Without those that need a process of the client's own, which are swept apart, where the
// operations are ours.
std::vector<Fault> faults_to_sweep(const Scenario& scenario, const World& world);

}  // namespace splitproof::harness
