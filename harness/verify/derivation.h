// The verdict of a case, derived again from what is written down of its runs, by the oracles alone
// and without a database.
//
// Each judged run is judged again; the clean runs, the replays and the runs of one plan must agree
// with each other; each finding must be shown by a run, and each broken oracle have a finding; and
// the case's result must follow from its findings and from what its scenario expects. What the
// database alone can say (the answers to invariants, counts of points) is taken as written, and
// named.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/oracle/oracles.h"
#include "harness/run/scenario.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/ledger.h"
#include "harness/verdict/verdict.h"
#include "harness/verdict/verification.h"
#include "harness/verify/recorded_case.h"

namespace splitproof::harness {

struct DerivationOptions {
  bool complete = true;                // The whole report is.
  const Expected* expected = nullptr;  // By the scenario; null where nobody can say.
  std::vector<std::pair<std::string, Oracle>> oracles = all_oracles();
};

CaseCheck derive(const RecordedCase& subject, const DerivationOptions& options);

// Every case of the report; scenarios are read from their copies in its folder.
std::vector<CaseCheck> derive_all(const RunVerdict& run, const std::vector<LedgerEntry>& ledger,
                                  const std::vector<CaseEvidence>& evidence,
                                  const std::string& folder);

}  // namespace splitproof::harness
