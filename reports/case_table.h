// The table scenario × variant × target: each case one line, the cases of a scenario under its
// title, so that a reader sees at a glance what was expected, what was seen and how much was tried.
//
// Cases of several sessions have a second line: how many orders were explored and what observers
// saw. Lines fit into 100 columns; a name too long for its column is shortened, never a number.
#pragma once

#include <iosfwd>
#include <vector>

#include "harness/verdict/verdict.h"
#include "reports/paint.h"

namespace splitproof::reports {

void write_case_table(const std::vector<harness::CaseVerdict>& cases, const Paint& paint,
                      std::ostream& out);

}  // namespace splitproof::reports
