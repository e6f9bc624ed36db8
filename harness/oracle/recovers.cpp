// The oracle of what is left after a disk or its power failed: is the database whole?
#include <fmt/format.h>

#include "harness/oracle/oracles.h"

namespace splitproof::harness {

std::vector<Violation> recovers(const RunRecord& run, const References&) {
  if (run.damaged.empty()) return {};
  Violation violation;
  violation.oracle = "recovers";
  violation.claim = "After a failure of the disk or its power the database is whole.";
  violation.because = fmt::format("It is not: {}.", run.damaged);
  violation.damage.push_back({"storage", run.damaged});
  return {violation};
}

}  // namespace splitproof::harness
