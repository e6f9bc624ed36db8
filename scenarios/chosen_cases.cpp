#include "scenarios/chosen_cases.h"

#include "harness/run/campaign.h"
#include "harness/run/initial_data.h"
#include "scenarios/catalog.h"

namespace splitproof::scenarios {

sim::Result<harness::Selection, harness::SelectionError> select_cases(
    const harness::Options& options, const std::string& folder) {
  harness::Wanted wanted;
  wanted.scenarios = options.scenarios;
  wanted.variant = options.variant;
  wanted.targets = options.targets.empty() ? std::vector<std::string>{"sqlite"} : options.targets;
  wanted.programs = options.programs;
  return harness::select_cases(wanted, folder);
}

std::string why_unusable(const harness::Selection& selection) {
  for (const auto& scenario : selection.scenarios) {
    std::string problem = harness::unusable_files(scenario->data);
    if (!problem.empty()) return problem;
  }
  for (const harness::Case& one : selection.cases) {
    if (one.variant == nullptr) continue;
    const auto operations = harness::operations_of(one, find_operation);
    if (!operations.ok()) return operations.error();
  }
  return "";
}

}  // namespace splitproof::scenarios
