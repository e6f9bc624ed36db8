// What `splitproof explain` found, for a person: what the incident's rows show, the plans that
// leave the same, the shortest first, and the kinds of fault that never do.
#pragma once

#include <iosfwd>

#include "harness/verdict/explanation.h"

namespace splitproof::reports {

void render_explanation(const harness::Explanation& explanation, std::ostream& out);

}  // namespace splitproof::reports
