// Reads ledger.jsonl back, so that what a report says can be derived again from its runs.
//
// Keys that it does not know are passed over, so that ledgers of later programs stay readable; a
// key that is missing or of another type is an error. It judges nothing.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/verdict/ledger.h"
#include "reports/json.h"

namespace splitproof::reports {

// The runs in their order. The error's place is "line 3" or, within a line, "line 3/told".
std::variant<std::vector<harness::LedgerEntry>, ReportError> parse_ledger(std::string_view text);

}  // namespace splitproof::reports
