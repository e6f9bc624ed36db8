// The table oracle × mutant × target as a part of a Markdown page. It is folded away unless an
// oracle missed what it must object to; see reports/grades.h for what the table says.
#pragma once

#include <iosfwd>
#include <vector>

#include "harness/verdict/verdict.h"

namespace splitproof::reports {

void write_markdown_grades(const std::vector<harness::GradeLine>& lines, std::ostream& out);

}  // namespace splitproof::reports
