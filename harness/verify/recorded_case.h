// A case as a report has written it down: its verdict, its lines of the ledger, and what these are
// judged by.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/run/scenario.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/ledger.h"
#include "harness/verdict/verdict.h"

namespace splitproof::harness {

// All is borrowed.
struct RecordedCase {
  const CaseVerdict* verdict = nullptr;
  std::vector<const LedgerEntry*> lines;      // In order.
  std::vector<const CaseEvidence*> evidence;  // By bench.
};

// The cases of a report in their order.
std::vector<RecordedCase> recorded_cases(const RunVerdict& run,
                                         const std::vector<LedgerEntry>& ledger,
                                         const std::vector<CaseEvidence>& evidence);

// What the copy of the scenario in the report's folder expects of the case; none where there is no
// copy that can be read.
std::optional<Expected> expected_of(const RecordedCase& subject, const std::string& folder);

}  // namespace splitproof::harness
