// A finding of two sessions as files that show it without the harness: a spec for isolationtester
// and `splitproof run`, and a numbered script for two terminals.
//
// Both hold the very statements that were sent, parameters written in. Pure.
#pragma once

#include <string>

#include "harness/run/experiment.h"
#include "harness/run/scenario.h"

namespace splitproof::harness {

struct FindingFiles {
  std::string spec;    // Empty where the finding is not one of PostgreSQL.
  std::string script;  // Empty, like the spec, where the run cannot be told so.
};

// Both are empty unless two sessions moved at once, nothing struck, no connection was lost, none
// was refused a lock by the harness, and the data come from no file. `target_kind` is "sqlite" or
// "postgres"; `heading` is a text of one or several lines that becomes a comment.
FindingFiles finding_files(const RunRecord& run, const Scenario& scenario,
                           const std::string& target_kind, const std::string& heading);

// The statement with its parameters $1, $2, ... as literals, but for those in quotes and comments.
std::string with_literals(const std::string& text, const std::vector<sim::Value>& parameters);

}  // namespace splitproof::harness
