// The findings of a report and a sample of its other runs, run again from their plans and compared
// with what is written down: what was told, what was held, which oracles were broken.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/run/case_world.h"
#include "harness/run/selection.h"
#include "harness/verdict/verification.h"
#include "harness/verify/recorded_case.h"

namespace splitproof::harness {

// The case that a shell line leads to.
struct ChosenCase {
  std::unique_ptr<Selection> selection;  // Of one case.
  std::uint64_t seed = 1;
};

struct RerunOptions {
  int sample = 5;          // Of each case: so many runs that broke nothing.
  std::uint64_t seed = 1;  // Draws them.
  std::function<bool()> stopped;
  // Finds the case by the words of a line behind the program's name, or says why it cannot be run.
  std::function<sim::Result<ChosenCase, std::string>(const std::vector<std::string>& words)> choose;
};

// `worlds` and the catalogue are borrowed. Throws nothing for what a case does.
std::vector<CaseCheck> rerun_all(const std::vector<RecordedCase>& cases, const std::string& folder,
                                 Worlds& worlds, const OperationCatalog& catalog, bool can_kill,
                                 const RerunOptions& options);

}  // namespace splitproof::harness
