// What a case came to, for tests: the oracles of its findings, and the cells of its row in the
// contract matrix.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/run/case_runner.h"

namespace splitproof::harness {

inline std::vector<std::string> oracles_of(const CaseOutcome& outcome) {
  std::vector<std::string> names;
  for (const Finding& finding : outcome.verdict.findings) names.push_back(finding.oracle);
  return names;
}

// An exception, which fails the test, where there is no such cell.
inline const ContractCell& cell_of(const CaseOutcome& outcome, const std::string& failure) {
  const std::vector<ContractCell>& cells = outcome.verdict.contract.value().cells;
  const auto found = std::ranges::find(cells, failure, &ContractCell::failure);
  if (found == cells.end()) throw std::runtime_error("no cell of " + failure);
  return *found;
}

}  // namespace splitproof::harness
