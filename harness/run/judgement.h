// What the oracles say of one run, asked in one place: while cases are run, and when a report is
// judged again from what was written down.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/oracle/oracles.h"

namespace splitproof::harness {

// In the order of the oracles. Of a damaged database there is no state to be judged, so that only
// `recovers` is asked about it.
std::vector<Violation> violations_of(const RunRecord& run, const References& references,
                                     const std::vector<std::pair<std::string, Oracle>>& oracles);

// Their oracles, in order, as a line of the ledger has them.
std::vector<std::string> oracles_of(const std::vector<Violation>& violations);

}  // namespace splitproof::harness
