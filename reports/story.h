// One finding as a page for a person with an incident: what was claimed, why it does not hold, what
// it amounts to, what happened step by step, where the tables differ, and, last, the line that
// shows it again.
//
// Lines fit into the page, except the plan and the replay line: broken ones could not be pasted.
#pragma once

#include <iosfwd>
#include <string_view>

#include "harness/verdict/verdict.h"
#include "reports/layout.h"

namespace splitproof::reports {

// `width` is that of the page in columns; less than page_width_min is taken as that.
void render_finding(const harness::Finding& finding, std::ostream& out,
                    std::size_t width = page_width);

// The same in few lines, indented, for a list of findings: claim, because, damage, replay line.
void render_headline(const harness::Finding& finding, std::ostream& out);

// The steps alone: a number, who, and what; nothing when there are none. Two who are different stay
// so, however long their names begin alike, while the page has room for it.
void write_steps(const std::vector<harness::StoryLine>& story, std::string_view indent,
                 std::ostream& out, std::size_t width = page_width);

}  // namespace splitproof::reports
