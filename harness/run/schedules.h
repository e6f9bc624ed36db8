// The stage of a case in which sessions run at once: every order of their steps; and the stage in
// which observers watch clean runs.
//
// It runs and counts; what the runs amount to is judged by whoever is called with them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/run/case_runner.h"
#include "harness/schedule/exploration.h"

namespace splitproof::harness {

struct ScheduleOptions {
  RunOptions run;  // For every run.
  Exploration exploration;
  // Asked before every run; true ends the stage early. May be empty.
  std::function<bool()> stopped;
  // Asked before every run of the first of two strategies; true leaves the rest of the time to the
  // second. May be empty.
  std::function<bool()> half_spent = {};
};

// The n-th statement of a client.
struct PointPlace {
  char client = 'a';
  int statement = 1;
  friend auto operator<=>(const PointPlace&, const PointPlace&) = default;
};

// The fault points that some runs reached in their first attempts. Orders differ in what a client's
// n-th statement is: points at one place that differ in nothing a fault could care for are one.
using Reached = std::map<PointPlace, std::vector<FaultPoint>>;

struct Explored {
  ScheduleCount schedules;
  Reached reached;  // After all strikes of the plan.
  std::vector<ObserverCount> observers;
  // Why the same choices led to other ones in another run; empty where they never did.
  std::string unstable;
};

// Runs orders of the scenario's sessions under the strikes of `plan`, which has no order, each in
// its shortest text in the record's plan, with a fresh reader and, where there can be one, a reader
// with an older snapshot.
Explored explore(Experiment& experiment, const Plan& plan, const ScheduleOptions& options,
                 const std::function<void(const RunRecord&)>& judge);

// Runs `plan`, which has no strikes, under observers of all kinds: once with a fresh reader that
// looks after every statement and, where there can be one, a reader with an older snapshot; then
// once for each choice of a table and two points between which something was committed, for a
// reader that reads that table at the first point and the others at the second. Between two points
// that no commit separates nobody can see a difference. At most 200 such choices are run.
std::vector<ObserverCount> observe(Experiment& experiment, const Plan& plan,
                                   const ScheduleOptions& options,
                                   const std::function<void(const RunRecord&)>& judge);

// Adds up counts of the same kind.
void add_to(std::vector<ObserverCount>& counts, const std::vector<ObserverCount>& more);

}  // namespace splitproof::harness
