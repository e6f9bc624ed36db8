// One row of the isolation table as data: what the sessions do, and when what they were answered
// is the anomaly; and its columns, the modes of an engine in which they do it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/run/scenario.h"
#include "harness/run/sqlite_file_world.h"
#include "sim/base/outcome.h"

namespace splitproof::harness {

// A statement of the file.
struct AnomalyStep {
  std::string sql;  // A comment in front is its name.
  SourcePlace place;
};

// What one session does, which is one transaction where the column has transactions.
struct AnomalySession {
  char letter = 'a';
  std::vector<AnomalyStep> steps;  // Without BEGIN and end.
  bool commits = true;             // Ends by COMMIT, or else by ROLLBACK.
  std::vector<AnomalyStep> undo;   // What stands for ROLLBACK where there is no transaction.
};

// A step, from 0, of a session.
struct StepPlace {
  char session = 'a';
  std::size_t step = 0;
  friend auto operator<=>(const StepPlace&, const StepPlace&) = default;
};

// One way in which the anomaly shows itself; all of it must be so.
struct Symptom {
  std::map<char, sim::Outcome> told;
  // Texts as rows_in_words() makes them; one of them must be the answer.
  std::map<StepPlace, std::vector<std::string>> answers;
  std::vector<std::string> finally;  // Empty: whatever the database holds.
};

// The mode of an engine.
struct IsolationColumn {
  std::string name;
  std::string title;
  std::string target;  // "sqlite" or "postgres".
  SqliteSharing mode = SqliteSharing::rollback_journal;
  AnomalyStep begin;  // Without SQL where every statement stands for itself.
};

// What the documentation of the engine says of a cell.
enum class Documented { ruled_out, possible, happens, not_expressible };

std::string_view to_string(Documented documented);

struct DocumentedCell {
  Documented says = Documented::ruled_out;
  std::string source;  // Where it says so, or why the column cannot express the anomaly.
};

// The column's target and name.
using ColumnKey = std::pair<std::string, std::string>;

// A row: what the sessions do, and when that is the anomaly.
struct AnomalyProgram {
  std::string name;        // As the literature abbreviates it: "G1a".
  std::string definition;  // One sentence.
  InitialData data;
  std::vector<AnomalySession> sessions;  // By letter, from a on.
  AnomalyStep held;                      // Asks what the database holds at the end; may be none.
  std::vector<Symptom> occurs;           // One of them.
  std::map<ColumnKey, IsolationColumn> columns;
  std::map<ColumnKey, DocumentedCell> documented;  // Of every column.
  std::string table;                               // The title of the whole table.
};

// What one run of the sessions came to.
struct AnomalyRun {
  std::map<char, sim::Outcome> told;
  std::map<StepPlace, std::string> answers;  // Of the steps that were answered with rows.
  std::string held;
};

// The values of a row joined by ", ", rows by "; "; "nothing" without rows.
std::string rows_in_words(const sim::Rows& rows);

// The first symptom that the run shows; null where it shows none.
const Symptom* symptom_of(const AnomalyProgram& anomaly, const AnomalyRun& run);

// The symptom as a sentence: "a is told committed; 'read x' of b answers 101".
std::string in_words(const AnomalyProgram& anomaly, const Symptom& symptom, const AnomalyRun& run);

}  // namespace splitproof::harness
