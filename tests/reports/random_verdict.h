// Runs drawn from a seed, with every field in use and texts that are awkward in every language of
// the reports: control characters, markup, broken lines, wide signs. All texts are UTF-8.
#pragma once

#include <cstdint>

#include "harness/verdict/verdict.h"

namespace splitproof::reports {

harness::RunVerdict random_verdict(std::uint64_t seed);

}  // namespace splitproof::reports
