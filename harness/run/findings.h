// From violations of many runs to findings: one per distinct cause (oracle, operation, statement
// and fault family), told by the smallest plan that shows it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/oracle/oracles.h"

namespace splitproof::harness {

// A cause with its best run so far. Ordered so that iteration is the order of the report.
struct Cause {
  std::string oracle;
  int operation = 0;      // Of the first strike that fired; -1 when nothing fired.
  std::string statement;  // Its name.
  std::string family;     // Of its fault.
  std::string detail;     // What tells violations of one oracle apart: the invariant's name.
  friend auto operator<=>(const Cause&, const Cause&) = default;
};

struct Shown {
  Violation violation;
  RunRecord run;
  std::int64_t runs = 0;         // How many runs showed the cause.
  std::vector<Plan> plans = {};  // Theirs, in order.
  std::size_t found = 0;         // When the cause was first seen; the order of the report.
  bool incident = false;         // Shown by the scenario's incident plan.
  std::size_t bench = 0;         // Which of the case's experiments ran it.
};

// What distinguishes the violation, in a run in which nothing struck twice, from others.
Cause cause_of(const RunRecord& run, const Violation& violation);

class FindingBook {
 public:
  // Notes what the oracles say of a run. `incident` runs are findings of their own. What a pair of
  // faults shows, and one of the two showed alone, is no finding of its own.
  void note(const RunRecord& run, const std::vector<Violation>& violations, bool incident,
            std::size_t bench = 0);

  bool any_of(const std::function<bool(const Violation&)>& wanted) const;

  // In the order of discovery, incidents first.
  std::vector<std::pair<Cause, Shown>> findings() const;

 private:
  Cause cause_of_run(const RunRecord& run, const Violation& violation, bool incident) const;

  std::map<std::pair<bool, Cause>, Shown> shown_;  // Not the incident's, and the cause.
};

// What is needed to write a finding down.
struct FindingContext {
  const Scenario* scenario = nullptr;
  const References* references = nullptr;
  const Comparison* comparison = nullptr;
  std::string id_prefix;     // "lost-update.autocommit.sqlite"
  std::string replay_begin;  // The shell line up to the plan's text.
  // "sqlite" or "postgres": what the finding's files are written for; empty: there are none.
  std::string target_kind = {};
  // What was on stable storage at each event of the run, in words; null where nobody knows.
  const std::vector<std::string>* stored = nullptr;
  // What the story says of a state, where the references do not tell; may be empty.
  std::function<std::string(const Observation&)> held = {};
};

// The state that a violation was found in.
const Observation& judged_state(const Violation& violation, const RunRecord& run);

Finding write_finding(const Shown& shown, std::size_t number, const FindingContext& context);

// Adds the files that show the finding without the harness; where everything else is written.
void add_files(Finding& finding, const Shown& shown, const FindingContext& context);

// What a state is, beside those of clean runs: "exactly what is left by 'day 1'".
std::string held_in_words(const Observation& observation, const FindingContext& context);

// What is done when the tables are read after the first attempts, in words: "the faults stop".
std::string end_of_first_attempts(const RunRecord& run);

// The run as a story: operations, statements, faults, answers, what was told and held.
std::vector<StoryLine> story_of(const RunRecord& run, const FindingContext& context);

}  // namespace splitproof::harness
