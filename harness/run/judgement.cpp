#include "harness/run/judgement.h"

#include <algorithm>
#include <iterator>

namespace splitproof::harness {

std::vector<Violation> violations_of(const RunRecord& run, const References& references,
                                     const std::vector<std::pair<std::string, Oracle>>& oracles) {
  std::vector<Violation> all;
  for (const auto& [name, oracle] : oracles) {
    if (!run.damaged.empty() && name != "recovers") continue;
    std::ranges::move(oracle(run, references), std::back_inserter(all));
  }
  return all;
}

std::vector<std::string> oracles_of(const std::vector<Violation>& violations) {
  std::vector<std::string> names;
  for (const Violation& violation : violations) names.push_back(violation.oracle);
  return names;
}

}  // namespace splitproof::harness
