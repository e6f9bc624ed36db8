// A report's folder, read back: what it says of its cases and what it holds to check that by.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/verdict/evidence.h"
#include "harness/verdict/ledger.h"
#include "harness/verdict/verdict.h"

namespace splitproof::reports {

// Why a file cannot be used: the file, the place in it, what was found and what was expected.
struct OpenError {
  std::string message;
};

// A report.json. Where `whole` is set, one whose digest does not fit is refused.
std::variant<harness::RunVerdict, OpenError> read_report(const std::string& file, bool whole);

struct OpenedReport {
  harness::RunVerdict verdict;
  std::vector<harness::LedgerEntry> ledger;
  std::vector<harness::CaseEvidence> evidence;
  std::vector<std::string> changed;  // Lines that were changed after they were written.
  std::vector<std::string> lacks;    // What reports of older programs do not have.
};

// The folder of a report, also of an older program.
std::variant<OpenedReport, OpenError> open_report(const std::string& folder);

// The finding that is meant by an id, in FOLDER/report.json, or by a file and an id: FILE#ID.
std::variant<harness::Finding, OpenError> find_finding(const std::string& folder,
                                                       const std::string& words);

}  // namespace splitproof::reports
