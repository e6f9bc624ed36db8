// The sweep of memory that runs out: SQLite is refused the first piece that it asks for, then the
// second, … once and from there on, until a run in which nothing is refused.
//
// The pieces are those of the first attempts, from the opening of their connections to the closing.
// What the harness itself asks SQLite always has memory, and is not counted.
#pragma once

#include <functional>
#include <vector>

#include "harness/run/judge.h"
#include "harness/run/sweep.h"

namespace splitproof::harness {

// Whether a case has it: where its scenario names this family of faults; and where it names none,
// on a simulated disk, of the code as it must be, on an honest disk alone: whatever the disk does
// when its power fails has nothing to do with memory. Never of programs of others, of several
// sessions at once, and on servers, whose memory is not ours.
bool has_memory_sweep(const Scenario& scenario, Role role, World& world);

// The sweep of a case that has it, judged; no account where it has none.
std::vector<SweepAccount> run_memory(const Bench& bench, Judge& judge, const Case& subject,
                                     SweepOptions options);

// `judge` is called with every run. Returns an account once and one from there on.
std::vector<SweepAccount> sweep_memory(Experiment& experiment, const CleanRun& clean,
                                       SweepOptions options,
                                       const std::function<void(const RunRecord&)>& judge);

}  // namespace splitproof::harness
