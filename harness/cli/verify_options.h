// What `splitproof verify` and `splitproof explain` take from the command line, and what `run`
// takes to be verified by.
#pragma once

#include "harness/cli/command_line.h"
#include "harness/cli/options.h"

namespace splitproof::harness {

Grammar verify_grammar();
Grammar explain_grammar();

// All throw Refused.
void read_verify(const CommandLine& line, Options& options);
void read_explain(const CommandLine& line, Options& options);
void read_signing(const CommandLine& line, Options& options);

}  // namespace splitproof::harness
