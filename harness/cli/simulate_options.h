// The part of the command line that is about lives in simulated time: `splitproof simulate`.
#pragma once

#include "harness/cli/command_line.h"
#include "harness/cli/options.h"

namespace splitproof::harness {

// Reads what `simulate` takes. Throws Refused.
void read_simulate(const CommandLine& line, Options& options);

}  // namespace splitproof::harness
