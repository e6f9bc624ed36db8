// evidence.jsonl: what stands behind the digests of ledger.jsonl, one line of JSON for each case
// and bench; and environment.json: what the run stood on.
//
// The same seed gives the same evidence.jsonl, byte for byte. A state is written as its difference
// from the one before the operations.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/verdict/evidence.h"
#include "harness/verdict/verdict.h"
#include "reports/json.h"

namespace splitproof::reports {

std::string render_evidence(const std::vector<harness::CaseEvidence>& cases);

// Keys that it does not know are passed over. The error's place is "line 3/sets/0/held".
std::variant<std::vector<harness::CaseEvidence>, ReportError> parse_evidence(std::string_view text);

// Versions, compiler, kernel, and the settings of the databases.
std::string render_environment(const harness::RunVerdict& run,
                               const std::vector<harness::DatabaseSetting>& settings);

}  // namespace splitproof::reports
