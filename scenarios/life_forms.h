// The forms in which the service can live: as it must be written, the code before, and forms with
// one bug each, by the names that they have in the scenarios.
#pragma once

#include <string>

#include "harness/simulate/shrink_life.h"
#include "sim/base/result.h"

namespace splitproof::scenarios {

// The error is a sentence that lists the names. An empty name is "transactional".
sim::Result<harness::life::ServiceMaker, std::string> find_life_forms(const std::string& name);

}  // namespace splitproof::scenarios
