// The forms in which the service can live: as it must be written, the code before, and forms with
// one bug each, by the names that they have in the scenarios.
#pragma once

#include <string>

#include "harness/cli/options.h"
#include "harness/simulate/lives.h"
#include "sim/base/result.h"

namespace splitproof::scenarios {

// The error is a sentence that lists the names. An empty name is "transactional".
sim::Result<harness::life::ServiceMaker, std::string> find_life_forms(const std::string& name);

// The lives that the command line asks for. Who is told of them, when there are enough, and what
// stops them, is for the caller to say.
harness::life::LivesSpec lives_of(const harness::Options& options, const std::string& version);

}  // namespace splitproof::scenarios
