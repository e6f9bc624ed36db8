// One run, step by step: every statement, fault and answer, what the client was told, and what the
// tables hold after each step as another connection sees them.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "harness/run/case_runner.h"

namespace splitproof::harness {

struct ReplayResult {
  std::vector<Violation> violations;
  RunRecord run;
};

// Whether the plan kills a client's process.
bool needs_process(const Plan& plan);

// Why the scenario cannot follow the plan: an order of sessions that it does not have, or
// operations where it has its own. Empty where it can.
std::string unfit(const Plan& plan, const Scenario& scenario);

// Runs `plan` and writes the steps to `out`. A plan that kills a process needs `clients`, and a
// world that other processes can reach; a scenario of programs needs `programs`. Throws
// HarnessFailure where the world fails.
ReplayResult replay(const Case& subject, World& world, std::vector<OperationFactory> operations,
                    const Plan& plan, std::uint64_t seed, std::ostream& out,
                    ClientHost* clients = nullptr, ClientProcesses* programs = nullptr);

// The options of a run that is written to `out` as it happens. `titles` are those of the operations
// and `before` is the content that the run begins with; world and `out` are borrowed.
RunOptions narrated(World& world, std::vector<std::string> titles, Comparison comparison,
                    State before, std::ostream& out);

// The words of a line as a POSIX shell would split it; understands single quotes and backslashes,
// which is all that replay lines contain.
std::vector<std::string> shell_words(const std::string& line);

}  // namespace splitproof::harness
