// What every page says about a case, in the same words on each: its name, its headline, how many
// orders were explored, what observers saw, how many sweeps are closed.
//
// The rule it keeps: whether a case is a failure is asked of harness::exit_code and nobody else, so
// no page contradicts the program's exit code. It does no layout and escapes nothing but what
// `printable` does; a page in a language of its own escapes once more.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/verdict/verdict.h"

namespace splitproof::reports {

// "lost-update / autocommit on sqlite", printable; without the parts that are empty.
std::string name_of(const harness::CaseVerdict& verdict);

// "P4: client a rw client b ww client a", printable; empty where nobody knows of dependencies.
std::string circle_text(const harness::Finding& finding);

// True unless the case passed or is not applicable.
bool did_not_pass(const harness::CaseVerdict& verdict);

// Whether this case alone makes the run fail. With `strict`, a warning may do so, too.
bool counts_as_failure(const harness::CaseVerdict& verdict, bool strict);

// The run in one result, for its sign and colour; `not_run` if there was no case.
harness::CaseResult overall(const harness::RunVerdict& run, bool strict);

// The finding that stands for the case: the first violation, else the first warning, else null.
const harness::Finding* headline_of(const harness::CaseVerdict& verdict);

// "70 of 70 orders", "50 of 70 orders, not all", "50 orders, of how many is not known".
std::string schedules_text(const harness::ScheduleCount& schedules);

// "observers saw 210 states: fresh 120, split-read 90; 12 not observable"; empty where none saw
// any.
std::string observers_text(const std::vector<harness::ObserverCount>& observers);

// Orders and observers in one line; empty for a case that has neither.
std::string sessions_text(const harness::CaseVerdict& verdict);

// Whether the case's sweeps are closed, or of a cell of the isolation table its orders complete:
// "yes", "no", or "drawn" where its runs were drawn by chance, so that nothing is there to be
// closed.
std::string_view closed_text(const harness::CaseVerdict& verdict);

// The sweeps of one phase, summed up.
struct PhaseSum {
  std::string phase;
  std::int64_t sweeps = 0;
  std::int64_t closed = 0;
  std::int64_t planned = 0;
  std::int64_t fired = 0;
  std::string open_because;  // Of the first that is open.
};

// One for each phase, in the order in which they first occur.
std::vector<PhaseSum> phases_of(const std::vector<harness::SweepAccount>& sweeps);

// "12 of 13 (operation 6 of 7, retry 6 of 6)", over all cases; empty where nothing was swept.
std::string sweeps_text(const harness::RunVerdict& run);

// "splitproof 0.1.0, seed 1, SQLite 3.40.1, PostgreSQL 15.18", printable.
std::string origin_text(const harness::RunVerdict& run);

}  // namespace splitproof::reports
