// One case from beginning to verdict: calibrate, run clean, sweep, judge, replay what was found.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/inject/client_process.h"
#include "harness/oracle/oracles.h"
#include "harness/run/sweep.h"
#include "harness/schedule/exploration.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/ledger.h"
#include "harness/verdict/verdict.h"

namespace splitproof::harness {

struct Case {
  const Scenario* scenario = nullptr;
  const Variant* variant = nullptr;
  std::string target;       // "sqlite", "postgres" or a URL without its password.
  std::string target_kind;  // "sqlite" or "postgres".
  std::string argument;     // How the scenario is named on the command line: its name or file.
  // Of a case without a file, instead: its options as a shell reads them, "--command 'node
  // app.mjs'".
  std::string command = {};
};

struct CaseOptions {
  std::uint64_t seed = 1;
  Exploration exploration = {};  // Its seed is this one.
  // Where clients run that are killed, and who makes a database that they can reach where the
  // case's own world cannot be reached from outside. Without a host no client is killed.
  ClientHost* clients = nullptr;
  std::function<std::unique_ptr<World>()> reachable_world;
  // Makes whoever runs the scenario's programs, where it has some. Empty: they cannot be run.
  std::function<std::unique_ptr<ClientProcesses>()> programs;
  std::optional<Plan> plan;  // Only this run instead of the sweep.
  std::vector<std::pair<std::string, Oracle>> oracles = all_oracles();
  // What is promised after each failure of what the database stands on, in place of what its
  // documentation says; for tests of the contract matrix. Empty: as it says.
  Promises promises = {};
  std::function<bool()> stopped;
  // What part of the time there is has gone, from 0 to 1. Empty: there is no bound.
  std::function<double()> spent;
  // Told of each different state that a run shows, by the thread of the case. May be empty.
  std::function<void(const State&)> on_state;
  // Called after each run, with their number so far.
  std::function<void(std::int64_t)> on_run;
};

struct CaseOutcome {
  CaseVerdict verdict;
  std::vector<LedgerEntry> ledger;
  std::vector<CaseEvidence> evidence;  // One for each bench that runs were judged on.
};

// Why a case cannot be run at all, in words; empty where it can.
std::string why_not_run(const Case& subject);

// The verdict of a case before it is run.
CaseVerdict verdict_header(const Case& subject);

// Never throws for what the case does; a failure of the harness gives `inconclusive` and says so.
// Throws UnusableInput where the scenario's own data cannot be used.
CaseOutcome run_case(const Case& subject, World& world, std::vector<OperationFactory> operations,
                     const CaseOptions& options);

// The experiment, calibrated and with its reference states: what replays need too.
struct Prepared {
  CleanRun clean;
  References references;
  std::vector<std::string> compared_with_care;
  std::vector<std::string> unstable;  // Why clean runs differ; empty when they do not.
};

Prepared prepare(Experiment& experiment, std::uint64_t seed,
                 const std::function<void(const RunRecord&, const char* purpose)>& note);

// The shell line that leads to this case, up to the plan.
std::string replay_begin(const Case& subject, std::uint64_t seed);

}  // namespace splitproof::harness
