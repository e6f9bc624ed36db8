// The part of the command line that is about isolation specs: `splitproof run FILE.spec`.
#pragma once

#include "harness/cli/command_line.h"
#include "harness/cli/options.h"

namespace splitproof::harness {

// Reads `run` when one of its words names a spec, and says whether it did. Throws Refused for what
// does not go with a spec, and, where there is none, for what goes with a spec only.
bool read_spec_run(const CommandLine& line, Options& options);

}  // namespace splitproof::harness
