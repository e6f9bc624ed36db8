// A finished judgement as plain data: the waist between the experiment and the paper. Reports see
// this and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/verdict/ambiguity.h"
#include "harness/verdict/contract.h"
#include "harness/verdict/grid.h"
#include "harness/verdict/prediction.h"
#include "harness/verdict/storage.h"
#include "harness/verdict/timeline.h"

namespace splitproof::harness {

enum class CaseResult { pass, fail, inconclusive, unstable, vacuous, not_run, not_applicable };

std::string_view to_string(CaseResult result);
std::optional<CaseResult> parse_case_result(std::string_view text);

// One named number of damage, in the data's own units: what is split, lost or doubled.
struct Damage {
  std::string name;  // As declared in the scenario, or "rows" for what the comparison itself saw.
  std::string text;  // One sentence.

  bool operator==(const Damage&) const = default;
};

// One line of a finding's story, in order.
struct StoryLine {
  std::string actor;  // "day 1", "client a", "database"
  std::string text;

  bool operator==(const StoryLine&) const = default;
};

// A table where it differs from what it should be.
struct TableDifference {
  std::string table;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> expected;  // Rows that should be there and are not.
  std::vector<std::vector<std::string>> found;     // Rows that are there and should not be.
  std::size_t rows_left_out = 0;                   // Beyond what the two lists show.

  bool operator==(const TableDifference&) const = default;
};

// Why one operation comes after another in every serial order.
struct DependencyLine {
  std::string from;  // "client a ('add 10')"
  std::string to;
  std::string kind;        // "ww", "wr" or "rw": `to` overwrote, read, or wrote what `from` missed.
  bool predicate = false;  // The row was asked for by a condition that it did not meet.
  std::string item;        // "counters (name = visits)"
  std::string because;     // A sentence.

  bool operator==(const DependencyLine&) const = default;
};

struct Finding {
  std::string id;        // "lost-update.autocommit.sqlite.1"
  std::string oracle;    // "told-equals-held"
  std::string severity;  // "violation" or "warning"
  std::string anomaly;   // A name of the literature, or empty.
  std::string claim;
  std::string because;
  std::vector<Damage> damage;
  std::string plan;       // Text form; the smallest plan of this cause.
  std::string replay;     // The shell line that shows it again.
  std::int64_t runs = 0;  // How many runs of the sweep showed the same cause.
  std::vector<StoryLine> story;
  std::vector<TableDifference> differences;
  // The circle that the anomaly is named after; of G1a and G1b its one edge. Empty where nobody
  // looked or there is none.
  std::vector<DependencyLine> dependencies = {};
  // Files that show it without us, in the report's folder and in no report: a spec for
  // isolationtester, a script for two terminals. Empty where the finding is not of that kind.
  std::string spec = {};
  std::string script = {};
  // The last lines of what the program wrote, as it wrote them; empty where no program ran.
  std::string output = {};
  // Not in report.json; none in a report that was read back.
  std::optional<Timeline> timeline = std::nullopt;

  bool operator==(const Finding&) const = default;
};

// A plan that was given with the scenario or the command line, or a fault family's own sweep.
struct SweepAccount {
  std::string fault;  // "error:23505", "throw", "drop", "lose-reply"
  std::string mode;   // "once" or "from-there-on"
  // Where the fault strikes: "operation"; "recovery" or "retry", where it is the second of a pair;
  // "orders", while sessions are at work at once, in every order of them.
  std::string phase;
  std::int64_t planned = 0;
  std::int64_t fired = 0;
  bool closed = false;
  std::string open_because;  // Why it is not closed; empty when it is.

  bool operator==(const SweepAccount&) const = default;
};

// The orders in which sessions took their steps, and what running them shows.
struct ScheduleCount {
  // "reduced", "exhaustive", "bounded", "pct" or "random"; or several, "reduced, pct".
  std::string strategy = {};
  std::int64_t explored = 0;  // Runs.
  // Of orders that differ only in steps that do not touch each other; 0 where nobody looked.
  std::int64_t classes = 0;
  // How many orders there are: exactly where `complete`, else about so many, as if nobody waited.
  std::int64_t of = 0;
  // Where orders were gone through one after the other: choices at which a session could not be
  // asked to move, because it waited; the orders that would have done so are none.
  std::int64_t pruned = 0;
  bool complete = false;   // Each order was run, or one that stands for it.
  std::int64_t depth = 0;  // Of "pct" and "bounded"; else 0.
  std::string miss_bound =
      {};                  // Of "pct": the probability of missing a bug of that depth, "1.3e-05".
  std::string shows = {};  // What that shows, in words: "every order".
  std::string left = {};   // What was left, where that is too much for a judgement; else empty.

  bool operator==(const ScheduleCount&) const = default;
};

// What observers of one kind ("fresh", "older-snapshot", "split-read") looked at: how often they
// saw a committed state, and how often a lock kept them from seeing one.
struct ObserverCount {
  std::string kind;
  std::int64_t seen = 0;
  std::int64_t not_observable = 0;

  bool operator==(const ObserverCount&) const = default;
};

// A cell of the isolation table: whether an anomaly occurs in a mode of an engine.
struct IsolationCell {
  std::string anomaly;        // As the literature abbreviates it: "G1a".
  std::string documented;     // "ruled-out", "possible", "happens" or "not-expressible".
  std::string source;         // Where the documentation says so, or why it is not expressible.
  std::int64_t occurred = 0;  // In so many of the runs.

  bool operator==(const IsolationCell&) const = default;
};

struct FaultCount {
  std::int64_t planned = 0;
  std::int64_t fired = 0;

  bool operator==(const FaultCount&) const = default;
};

struct CaseVerdict {
  std::string scenario;
  std::string title;
  std::string variant;
  std::string target;
  std::string role;      // "subject", "control" or "mutant"
  std::string expected;  // "holds" or "violated"; "" for a scenario that is not built
  std::string observed;  // "holds", "violated" or "unknown"
  CaseResult result = CaseResult::not_run;
  std::string reason;  // Why this result; for people. Empty for a plain pass.
  std::int64_t runs = 0;
  std::int64_t points = 0;
  bool closed = false;
  FaultCount faults;
  std::vector<SweepAccount> sweeps;
  // Only for scenarios of several sessions.
  std::optional<ScheduleCount> schedules;
  std::optional<StorageCount> storage = std::nullopt;  // Only for cases on a simulated disk.
  // Only for these, and for cases on a server with settings of their own.
  std::optional<Contract> contract = std::nullopt;
  std::vector<ObserverCount> observers;
  // Only for cells of the isolation table. What is expected of one of which the documentation says
  // `possible` is the empty text.
  std::optional<IsolationCell> isolation = std::nullopt;
  // Columns that the comparison of states left out or renamed, "table.column: why".
  std::vector<std::string> compared_with_care;
  std::vector<Finding> findings;
  // Only for scenarios of programs. The most dangerous prediction first; ambiguities in the order
  // in which they were first seen.
  std::vector<Prediction> predictions = {};
  std::vector<Ambiguity> ambiguities = {};
  // Not in report.json; none in a report that was read back, and where no faults were swept.
  std::optional<Grid> grid = std::nullopt;

  bool operator==(const CaseVerdict&) const = default;
};

struct ControlCount {
  std::int64_t expected = 0;
  std::int64_t caught = 0;

  bool operator==(const ControlCount&) const = default;
};

// Which oracles object to a variant that is known to be wrong: one line of the table
// oracle × mutant × target.
struct GradeLine {
  std::string scenario;
  std::string variant;
  std::string target;
  std::string declared;             // The oracle that must object; empty where none can.
  std::vector<std::string> caught;  // The oracles that do, in the order in which they are asked.
  std::string not_expressible;      // Why the bug cannot be written there; empty when it can.

  bool operator==(const GradeLine&) const = default;
};

// Plans that failed before and were run before anything else.
struct KeptPlanCount {
  std::int64_t run = 0;
  std::int64_t passed = 0;

  bool operator==(const KeptPlanCount&) const = default;
};

struct Environment {
  std::string sqlite;    // Version, e.g. "3.40.1".
  std::string postgres;  // Version of the server used, or empty.
  std::string compiler;
  std::string kernel;

  bool operator==(const Environment&) const = default;
};

// All cases of one call of `splitproof run`.
struct RunVerdict {
  std::string version;
  std::uint64_t seed = 1;
  bool complete = true;
  Environment environment;
  std::vector<CaseVerdict> cases;
  ControlCount controls;
  ControlCount mutants;
  std::vector<GradeLine> grades;
  KeptPlanCount kept_plans = {};
  std::vector<std::string> not_tested;

  bool operator==(const RunVerdict&) const = default;
};

// 0 every case passes, 1 some case fails, 2 no failure but some case is inconclusive, unstable,
// vacuous or not run. With `strict`, a warning counts as a failure.
int exit_code(const RunVerdict& run, bool strict);

}  // namespace splitproof::harness
