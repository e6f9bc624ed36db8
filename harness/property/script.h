// A generated case: commands, and where something strikes while they run.
//
// A strike belongs to its command and is counted in it, so that taking a command out of a script
// leaves the other strikes where they were. A plan counts statements over the whole run; which
// number a strike has there is known only once the run before it was seen.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "harness/property/command.h"

namespace splitproof::harness {

struct StrikeDraft {
  int fault = 0;  // Which of the case's faults; counted around.
  int point = 0;  // Which of the command's points where it can strike; counted around.
  bool persistent = false;
  bool in_retry = false;  // In the first retry of the command, if it is retried.
};

struct Step {
  Command command;
  std::vector<StrikeDraft> strikes;  // At most two.
};

using Script = std::vector<Step>;

// The most strikes in a script; further ones are dropped when it is made.
inline constexpr std::size_t strikes_max = 2;

// Scripts that are a little smaller, beyond what shrinking the parts one by one reaches: without a
// step whose strikes go to the step behind it, with a strike that strikes once instead of from
// there on, and with an instant as the day that it is.
std::vector<Script> smaller(const Script& script);

// What is generated.
enum class Theme {
  operations,  // 1 to 8 commands of the ledger and the aggregation, and 0 to 2 strikes.
  daily_rows,  // Daily rows around the borders of a month, then aggregations; no strikes.
};

struct SearchOptions {
  std::uint64_t seed = 1;
  int first = 0;        // Scripts before this one, from 0, are passed over.
  int scripts_max = 0;  // The number of the script before which the search ends.
  int shrinks_max = 0;  // How many smaller ones are tried at most once one failed.
  std::function<bool()> stopped;
};

struct Failure {
  int number = 0;   // Of the script that was generated, from 0.
  Script smallest;  // What it was shrunk to.
};

// Generates scripts until `fails` answers true for one, then looks for the smallest script that
// fails too. Empty where none fails. The same seed gives the same scripts in the same order.
std::optional<Failure> find_failing(Theme theme, const SearchOptions& options,
                                    const std::function<bool(const Script&)>& fails);

// The `count` scripts that a search with this seed would begin with.
std::vector<Script> first_scripts(Theme theme, std::uint64_t seed, int count);

}  // namespace splitproof::harness
