// The folder that a run leaves: every report in one place, each file written whole or not at all.
//
// MANIFEST comes last, so that a folder in which it fits has the others too.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/verdict/evidence.h"
#include "harness/verdict/ledger.h"
#include "harness/verdict/verdict.h"
#include "reports/files.h"
#include "reports/place.h"

namespace splitproof::reports {

struct FolderOptions {
  bool strict = false;                // As in harness::exit_code().
  PlaceOf place_of = {};              // Where the scenarios of the cases stand.
  std::chrono::milliseconds took{0};  // The time of the whole run.
  harness::Evidence evidence = {};    // What its verdicts can be checked by.
};

// Writes report.json, report.html, ledger.jsonl, evidence.jsonl, environment.json, junit.xml,
// results.sarif, badge.svg, summary.md and timings.json into `folder`, which exists; the files of
// findings that have some into its folder "findings", and copies of what the cases were made of
// into "evidence"; and the MANIFEST of them all. What an earlier run left in the two folders is
// removed.
std::optional<FileError> write_report_folder(const std::string& folder,
                                             const harness::RunVerdict& verdict,
                                             const std::vector<harness::LedgerEntry>& ledger,
                                             const FolderOptions& options);

}  // namespace splitproof::reports
