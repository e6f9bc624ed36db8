// What a page has beside the data of its run, as JSON: the comparison with an older report, and
// what the files of the report do not hold. Private to the HTML page.
#pragma once

#include <string>
#include <vector>

#include "harness/verdict/comparison.h"

namespace splitproof::reports {

std::string comparison_data(const harness::ReportComparison& comparison);

// A list of sentences.
std::string lacks_data(const std::vector<std::string>& lacks);

}  // namespace splitproof::reports
