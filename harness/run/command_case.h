// A case without a file: programs on the command line, as a scenario.
#pragma once

#include <string>

#include "harness/cli/options.h"
#include "harness/run/scenario.h"
#include "sim/base/result.h"

namespace splitproof::harness {

// One operation for each command, in the current folder; several are sessions at once. An invariant
// is named as its file is, without the extension. The error says which file or
// variable cannot be used; that the setups exist is left to unusable_files().
sim::Result<Scenario, std::string> scenario_of_command(const ProgramOptions& programs);

}  // namespace splitproof::harness
