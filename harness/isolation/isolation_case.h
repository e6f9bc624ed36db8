// A cell of the isolation table as a case: every order of the sessions' steps is run, or one that
// stands for it, and the cell is what the anomaly did in them beside what the documentation says.
//
// What the documentation rules out and is seen, and what it says happens and is in no order, fails
// the case. A cell in which not every order was run says nothing but what it saw.
#pragma once

#include <ostream>
#include <vector>

#include "harness/isolation/anomaly.h"
#include "harness/run/case_runner.h"
#include "harness/run/replay.h"

namespace splitproof::harness {

// The case's column, of its scenario's anomaly.
const IsolationColumn& column_of(const Case& subject);

// The verdict of the cell before it is run.
CaseVerdict isolation_header(const Case& subject);

// Runs the cell; with a plan, that one order. Never throws for what the sessions do; a failure of
// the harness gives `inconclusive` and says so. Throws UnusableInput where the table's own SQL
// cannot be used.
CaseOutcome run_isolation_case(const Case& subject, World& world, const CaseOptions& options);

// Runs `plan` and writes the steps to `out`. Throws as replay() does.
ReplayResult replay_isolation(const Case& subject, World& world, const Plan& plan,
                              std::ostream& out);

}  // namespace splitproof::harness
