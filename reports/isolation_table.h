// The isolation table: which anomaly occurs in which mode of an engine, for each target a block of
// rows and columns; then, in a line each, the shortest orders in which they occur.
//
// It is made of the cases that are cells of it and knows no others. What is not as documented is
// marked by a sign and counted; why, is told where the page tells what did not pass.
#pragma once

#include <iosfwd>
#include <vector>

#include "harness/verdict/verdict.h"
#include "reports/paint.h"

namespace splitproof::reports {

// Whether the cell is not what the documentation says.
bool is_deviation(const harness::CaseVerdict& verdict);

// Writes nothing where no case is a cell.
void write_isolation_table(const std::vector<harness::CaseVerdict>& cases, const Paint& paint,
                           std::ostream& out);

}  // namespace splitproof::reports
