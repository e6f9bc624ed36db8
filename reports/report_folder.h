// The folder that a run leaves: every report in one place, each file written whole or not at all.
//
// report.json comes last, so that a folder that has it has the others too.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/verdict/ledger.h"
#include "harness/verdict/verdict.h"
#include "reports/files.h"

namespace splitproof::reports {

// Writes report.json, report.html, ledger.jsonl, junit.xml, summary.md and timings.json into
// `folder`, which exists, and the files of findings that have some into its folder "findings", from
// which those of an earlier run are removed. `strict` as in harness::exit_code(); `took` is the
// whole run's time.
std::optional<FileError> write_report_folder(const std::string& folder,
                                             const harness::RunVerdict& verdict,
                                             const std::vector<harness::LedgerEntry>& ledger,
                                             bool strict, std::chrono::milliseconds took);

}  // namespace splitproof::reports
