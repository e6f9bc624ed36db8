// One finding as a page for a person with an incident: what was claimed, why it does not hold, what
// it amounts to, what happened step by step, where the tables differ, and, last, the line that
// shows it again.
//
// Lines fit into 100 columns, except the plan and the replay line: broken ones could not be pasted.
#pragma once

#include <iosfwd>

#include "harness/verdict/verdict.h"

namespace splitproof::reports {

void render_finding(const harness::Finding& finding, std::ostream& out);

// The same in few lines, indented, for a list of findings: claim, because, damage, replay line.
void render_headline(const harness::Finding& finding, std::ostream& out);

}  // namespace splitproof::reports
