// One run written out by hand, with every kind of result and every field in use, for the tests of
// the renderers. Its numbers come from no run; they only have to be distinct.
#pragma once

#include "harness/verdict/verdict.h"

namespace splitproof::reports {

harness::RunVerdict literal_verdict();

// The same with only the cases that passed.
harness::RunVerdict passing_verdict();

// Cells of the isolation table on two targets: as documented, not as documented, not complete, not
// expressible; and one case that is no cell.
harness::RunVerdict isolation_verdict();

// The finding of the split months.
harness::Finding split_finding();

}  // namespace splitproof::reports
