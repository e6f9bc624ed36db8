// Plans that failed before and must not fail again: kept in files, run before anything else.
//
// A folder holds files *.plan; each line is the replay line of a finding, as a report prints it.
// Empty lines and lines that begin with # are passed over.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/plan/plan.h"
#include "harness/run/scenario.h"
#include "sim/base/result.h"

namespace splitproof::harness {

struct KeptPlan {
  std::string scenario;  // As on the command line: a name, or a file; empty for commands.
  std::string variant;
  std::string target;
  ProgramOptions programs;  // Without commands for a scenario.
  std::uint64_t seed = 1;
  Plan plan;
  SourcePlace place;
};

// Why a folder cannot be used; names file, line, what was found and what was expected.
struct BaselineError {
  std::string message;
};

// In the order of the files' names. A folder without such files is refused: it is a mistyped one.
// `scenarios` is the folder of the documented scenarios; a line whose case does not exist is
// refused, for it would never be run.
sim::Result<std::vector<KeptPlan>, BaselineError> read_baseline(const std::string& folder,
                                                                const std::string& scenarios);

}  // namespace splitproof::harness
