// Checks a report against the cases that this program knows: runs it again, or judges again what it
// has written down; and looks incidents up in it.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/explanation.h"
#include "harness/verdict/ledger.h"
#include "harness/verdict/verification.h"
#include "sim/base/result.h"

namespace splitproof::scenarios {

// All is borrowed.
struct ReportToCheck {
  const harness::RunVerdict& verdict;
  const std::vector<harness::LedgerEntry>& ledger;
  const std::vector<harness::CaseEvidence>& evidence;
};

// As `options.verify` says. `folder` is where the documented scenarios lie, of which the report's
// own copies come first; `version` is the program's.
std::vector<harness::CaseCheck> check_cases(const harness::Options& options,
                                            const ReportToCheck& report, const std::string& folder,
                                            const std::string& version);

// Looks the incident's rows up in the report. An error is a sentence about a file that cannot be
// used.
sim::Result<harness::Explanation, std::string> explain_incident(
    const harness::ExplainOptions& options, const ReportToCheck& report);

}  // namespace splitproof::scenarios
