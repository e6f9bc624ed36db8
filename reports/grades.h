// The table oracle × mutant × target: which oracle objects to which variant that is known to be
// wrong, and on which databases. It grades the oracles, not the code under test: one that objects
// to no mutant has no column, and nobody has shown that it can object.
//
// A bug that cannot be written on a database stands below the table with its reason, so that an
// empty place is never mistaken for a miss. Verdicts are not derived here.
#pragma once

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include "harness/verdict/verdict.h"
#include "reports/paint.h"

namespace splitproof::reports {

struct GradeCell {
  std::vector<std::string> targets;  // Where the oracle objects, in the order of the lines.
  bool declared = false;             // Whether it is the one that must, on some target.
};

struct GradeRow {
  std::string mutant;            // "scenario / variant"
  std::vector<GradeCell> cells;  // One for each oracle of the table.
};

struct GradeTable {
  // In the order in which they are asked, as far as the lines tell.
  std::vector<std::string> oracles;
  std::vector<std::string> targets;
  std::vector<GradeRow> rows;
  // Pairs of who and why: "scenario / variant on target", and the reason.
  std::vector<std::pair<std::string, std::string>> missed;
  std::vector<std::pair<std::string, std::string>> not_expressible;
};

GradeTable grade_table(const std::vector<harness::GradeLine>& lines);

// The table in at most 100 columns, a letter for each oracle and each target; nothing when there
// are no lines.
void write_grades(const std::vector<harness::GradeLine>& lines, const Paint& paint,
                  std::ostream& out);

}  // namespace splitproof::reports
