// What a campaign's verdicts amount to: how many of the known bugs were caught, by whom, and what
// was not tested at all.
#pragma once

#include <string>
#include <vector>

#include "harness/run/case_runner.h"

namespace splitproof::harness {

// Fills in how many controls and mutants there are and how many were caught.
void count(RunVerdict& run);

// Which oracles object to what is known to be wrong. The run's verdicts are those of the cases, in
// their order.
std::vector<GradeLine> grades(const std::vector<Case>& cases, const RunVerdict& run);

// What this version cannot test, said in every report, and what it cannot test here. `can_kill`
// tells whether clients can be processes.
std::vector<std::string> not_tested(const std::vector<Case>& cases, bool can_kill,
                                    const Exploration& exploration);

}  // namespace splitproof::harness
