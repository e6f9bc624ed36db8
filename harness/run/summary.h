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

// What the cases are run with; `postgres` is the version of the server, empty where there is none.
Environment environment(const std::string& postgres);

// What is possible where the cases were run.
struct Means {
  bool can_kill = true;        // Clients can be processes.
  bool can_fill_disks = true;  // The disks of all servers can be made full.
};

// What this version cannot test, said in every report, and what it cannot test here.
std::vector<std::string> not_tested(const std::vector<Case>& cases, const Means& means,
                                    const Exploration& exploration);

}  // namespace splitproof::harness
