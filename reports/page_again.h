// `splitproof report DIR --html FILE`: the page of a report, written again to a place of the user's
// choosing, for what lies in the folder is listed in its MANIFEST and stays as it is.
//
// Where the folder has the page that its run wrote, and this program can draw it, the new one has
// its data; else it is made of report.json, and says what that does not hold.
#pragma once

#include <optional>
#include <string>

#include "harness/verdict/comparison.h"
#include "harness/verdict/verdict.h"

namespace splitproof::reports {

struct PageError {
  std::string message;
  bool input = false;  // The file cannot lie there: it is in no folder, or in the report's.
};

// `run` is what report.json in the folder says.
std::optional<PageError> write_page_again(
    const std::string& file, const std::string& folder, const harness::RunVerdict& run,
    const std::optional<harness::ReportComparison>& comparison);

}  // namespace splitproof::reports
