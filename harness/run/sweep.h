// The counted sweep: fail point 1, 2, 3 … until a run in which nothing fires.
//
// Every fault is swept once and from there on. A sweep is closed when every planned strike fired,
// every run was the run it is based on up to its strike, and the run after the last point fired
// nothing and equals that run event for event. The base is the clean run; for pairs of faults it is
// a run with one strike, and the points are those behind it.
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
  // The record's points in the order in which they are struck; empty: in their own.
  std::vector<FaultPoint> order = {};
};

// Makes a CleanRun from two clean runs under different shifts. `differs` gets a sentence when the
// runs differ in more than parameters.
CleanRun clean_run(RunRecord first, const RunRecord& shifted, std::vector<std::string>& differs);

// The run that the runs of a sweep equal up to their own strike.
struct SweepBase {
  const RunRecord* record = nullptr;
  std::vector<FaultPoint> points;                    // Where to strike, in order.
  std::function<bool(std::size_t)> with_parameters;  // Whether those of an event are compared.
  std::string phase;                                 // As in SweepAccount.
};

// The base for single faults: the clean run and all its points, in its order.
SweepBase base_of(const CleanRun& clean);

struct SweepOptions {
  std::vector<Fault> faults;
  std::vector<bool> modes = {false, true};  // Persistent or not.
  RunOptions run;                           // For every run of the sweep.
  // Asked before every run; true ends the sweep early, which is then not closed.
  std::function<bool()> stopped;
};

// `judge` is called with every run. Returns one account per fault and mode that can strike
// somewhere.
std::vector<SweepAccount> sweep(Experiment& experiment, const SweepBase& base,
                                const SweepOptions& options,
                                const std::function<void(const RunRecord&)>& judge);

}  // namespace splitproof::harness
