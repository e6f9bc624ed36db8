// `splitproof report NEW --compare OLD`: two reports held against each other.
//
// Findings are the same where their oracle, their anomaly and the names of their damage are, and
// what struck, in the words of the ledger; plans count statements, and shift when one is added. A
// case that is expected to be violated has its findings compared like any other.
#pragma once

#include <iosfwd>
#include <string>
#include <variant>

#include "harness/verdict/comparison.h"
#include "reports/opened_report.h"

namespace splitproof::reports {

// The folders are left for the caller to name.
harness::ReportComparison compare_reports(const OpenedReport& before, const OpenedReport& now);

// The reports in two folders, which it names.
std::variant<harness::ReportComparison, OpenError> compare_folders(const std::string& before,
                                                                   const std::string& now);

void render_comparison(const harness::ReportComparison& comparison, std::ostream& out);

}  // namespace splitproof::reports
