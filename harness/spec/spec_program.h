// `splitproof run FILE.spec...`: from the command line to the exit code.
#pragma once

#include <string>

#include "harness/cli/options.h"

namespace splitproof::harness {

// Runs the files one after the other, on a throw-away server, in a database of each one's own, or
// where the URL says. All are read before anything is started. Results go to standard output, what
// ends the run early to standard error; nothing else is written. Returns the exit code of the
// program.
int run_spec_files(const Options& options, const std::string& version);

}  // namespace splitproof::harness
