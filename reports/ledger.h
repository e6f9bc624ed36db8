// ledger.jsonl: one line of JSON per run, in the order of the cases and of their runs.
//
// Each line ends in its link of a chain: "chain" is the SHA-256 of the link before it (of the first
// line: nothing), a blank, and the line as it is without "chain". A line that was changed later is
// named by it, unless all links behind it were computed anew.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/verdict/ledger.h"

namespace splitproof::reports {

std::string render_ledger(const std::vector<harness::LedgerEntry>& entries);

// Lines of a ledger that do not fit its chain, one sentence each. Of lines without a link, which
// older programs wrote, each is named.
std::vector<std::string> broken_links(std::string_view text);

}  // namespace splitproof::reports
