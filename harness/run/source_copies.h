// The files that cases are made of, for the folder of their report: scenarios, and the rows and
// scripts that they name.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/run/selection.h"
#include "harness/verdict/evidence.h"

namespace splitproof::harness {

// Adds each file once, in the order of the cases, and says of each case's evidence which copy its
// scenario is in, as the command line names it. What lies below a scenario's folder keeps its place
// there, so that the scenario can be read from the copy; what lies elsewhere cannot.
void add_sources(const Selection& selection, Evidence& evidence);

}  // namespace splitproof::harness
