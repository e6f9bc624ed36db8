// Shows a plan again on the kind of database that it needs.
#pragma once

#include <iosfwd>

#include "harness/cli/options.h"
#include "harness/run/replay.h"
#include "harness/run/worlds.h"

namespace splitproof::scenarios {

// Runs the plan of `line` step by step, telling each on `out`. Throws UnusableInput where the case
// cannot be run, HarnessFailure where the environment fails.
harness::ReplayResult replay_case(const harness::Case& subject, const harness::Options& line,
                                  harness::Worlds& worlds, std::ostream& out);

}  // namespace splitproof::scenarios
