// From the command line to how its cases are run.
#pragma once

#include <string>

#include "harness/cli/options.h"
#include "harness/run/campaign.h"
#include "harness/run/progress.h"

namespace splitproof::scenarios {

// `progress` is borrowed; it is shown where standard error is a terminal. The time of a budget
// begins with this call.
harness::CampaignOptions campaign_options(const harness::Options& options,
                                          harness::Progress& progress, const std::string& version);

}  // namespace splitproof::scenarios
