// A table of the database where it is not what it should be, small enough to read: the rows that
// are missing and the rows that should not be there.
//
// A table wider than the page continues below itself, each part led by the first column. No column
// is dropped: what a reader cannot see might be the very thing that is wrong.
#pragma once

#include <iosfwd>

#include "harness/verdict/verdict.h"
#include "reports/layout.h"

namespace splitproof::reports {

void write_difference(const harness::TableDifference& difference, std::ostream& out,
                      std::size_t width = page_width);

}  // namespace splitproof::reports
