// The cases that a command line chooses, and whether they can be run at all.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/run/selection.h"

namespace splitproof::scenarios {

// `folder` is where the documented scenarios lie.
sim::Result<harness::Selection, harness::SelectionError> select_cases(
    const harness::Options& options, const std::string& folder);

// Why some case cannot be run at all; empty when all can.
std::string why_unusable(const harness::Selection& selection);

}  // namespace splitproof::scenarios
