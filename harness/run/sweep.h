// The counted sweep: fail point 1, 2, 3 … until a run in which nothing fires.
//
// Every fault is swept once and from there on. A sweep is closed when every planned strike fired,
// every run was the clean run up to its strike, and the run after the last point fired nothing and
// equals the clean run event for event.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "harness/run/experiment.h"

namespace splitproof::harness {

// What sweeps compare with: the clean run, and which of its statements carry parameters that
// depend on clocks or sequences and are therefore not compared.
struct CleanRun {
  RunRecord record;
  std::set<std::size_t> volatile_events;  // Indices in record.history.events.
};

// Makes a CleanRun from two clean runs under different shifts. `differs` gets a sentence when the
// runs differ in more than parameters.
CleanRun clean_run(RunRecord first, const RunRecord& shifted, std::vector<std::string>& differs);

struct SweepOptions {
  std::vector<Fault> faults;
  RunOptions run;  // For every run of the sweep.
  // Asked before every run; true ends the sweep early, which is then not closed.
  std::function<bool()> stopped;
};

// `judge` is called with every run. Returns one account per fault and mode that can strike
// somewhere.
std::vector<SweepAccount> sweep(Experiment& experiment, const CleanRun& clean,
                                const SweepOptions& options,
                                const std::function<void(const RunRecord&)>& judge);

}  // namespace splitproof::harness
