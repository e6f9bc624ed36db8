// ledger.jsonl: one line of JSON per run, in the order of the cases and of their runs.
#pragma once

#include <string>
#include <vector>

#include "harness/verdict/ledger.h"

namespace splitproof::reports {

std::string render_ledger(const std::vector<harness::LedgerEntry>& entries);

}  // namespace splitproof::reports
