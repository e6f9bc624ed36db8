// The part of the command line that is about a case without a file: `splitproof run --command CMD`.
#pragma once

#include <string>

#include "harness/cli/command_line.h"
#include "harness/cli/options.h"

namespace splitproof::harness {

// Reads `run` when it has a command, and says whether it did. Throws Refused for what does not go
// with a command, and, where there is none, for what goes with a command only.
bool read_program_run(const CommandLine& line, Options& options);

// The options again, as a shell reads them back, the commands last: "--setup schema.sql --command
// 'node app.mjs'". What has its usual value is left out.
std::string to_words(const ProgramOptions& programs);

}  // namespace splitproof::harness
