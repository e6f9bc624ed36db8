// The run that shows a finding, step by step: who did what, what the client was told, what the
// server held and what was on stable storage; and the tables at the moments at which they were
// read.
//
// It is the run of the finding's story, told again for the eye. What nobody knows is left empty.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace splitproof::harness {

enum class StepKind {
  statement,
  wait,   // A statement was sent and waits for a lock.
  told,   // The client learns how its operation ended.
  state,  // The tables are read; see TimelineStep::stage.
};

// "statement", "wait", "told" or "state".
const char* to_string(StepKind kind);

struct TimelineStep {
  StepKind kind = StepKind::statement;
  int lane = -1;                             // Index in Timeline::lanes; -1: nobody's.
  std::string label;                         // "save conversion metrics"
  int statement = 0;                         // As in a plan; 0 where it has no number.
  bool retry = false;                        // In the retries after the faults stopped.
  std::string sql = {};                      // As it was sent.
  std::vector<std::string> parameters = {};  // $1, $2, …
  std::string fault = {};                    // That struck here, in words; else empty.
  std::string answer = {};
  std::string waits_for = {};  // "client b"
  // What is so from this step on; empty: as before.
  std::string told = {};
  std::string held = {};
  std::string stored = {};
  int stage = -1;  // Of a step of kind `state`: index in Timeline::stages.

  bool operator==(const TimelineStep&) const = default;
};

enum class RowMark {
  as_before,  // As before the run, and right.
  changed,    // By the run, and right.
  split,      // There, and not as it should be: some cells differ.
  surplus,    // Should not be there.
  missing,    // Should be there and is not.
};

// "as-before", "changed", "split", "surplus" or "missing".
const char* to_string(RowMark mark);

struct StageRow {
  RowMark mark = RowMark::as_before;
  std::vector<std::string> cells;
  // Of a row that is split: what should be there, and which cells that are.
  std::vector<std::string> right = {};
  std::vector<std::size_t> wrong = {};

  bool operator==(const StageRow&) const = default;
};

struct StageTable {
  std::string name;
  std::vector<std::string> columns;
  std::vector<StageRow> rows;  // Those that are not as before first.
  std::size_t rows_left_out = 0;

  bool operator==(const StageTable&) const = default;
};

// The tables that change in the run or should, at one moment.
struct Stage {
  std::string title;  // "before", "when the faults had stopped", "after the retries"
  std::string holds;  // In words: "exactly what is left by 'day 1'".
  std::vector<StageTable> tables;

  bool operator==(const Stage&) const = default;
};

struct Timeline {
  std::vector<std::string> lanes;  // A session each: "client a", "day 1".
  std::vector<TimelineStep> steps;
  std::vector<Stage> stages;

  bool operator==(const Timeline&) const = default;
};

}  // namespace splitproof::harness
