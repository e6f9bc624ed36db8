// A history as the transactions that its statements make up: what the rules of predict() look at.
#pragma once

#include <string>
#include <vector>

#include "harness/history/history.h"
#include "harness/plan/fault_point.h"
#include "harness/predict/sql_reading.h"
#include "sim/sql/engine.h"

namespace splitproof::harness {

// A statement of a first attempt; a text that holds several is as many.
struct PredictStep {
  const Event* event = nullptr;  // Borrowed from the history.
  SqlReading reading;
  sim::StatementKind kind = sim::StatementKind::read;
  bool ok = false;
  bool refused = false;         // Answered by an error.
  std::size_t transaction = 0;  // Index in Steps::transactions.

  bool writes() const { return ok && !reading.writes.empty(); }
};

// A transaction that somebody began, what a program sent up to one Sync without beginning any, or a
// statement that commits by itself.
struct PredictTransaction {
  char client = 'a';
  int attempt = 0;  // As in Event.
  int connection = 0;
  bool begun = false;      // Has an end of its own: a COMMIT, or a Sync.
  bool committed = false;  // The client was told so.
  // The engine refuses to write over what changed after it was read here.
  bool keeps_reads = false;
  int begin = 0;  // Numbers of its first and its last statement.
  int end = 0;
  std::vector<std::size_t> steps;  // Indices in Steps::steps, in order.
};

struct Steps {
  std::vector<PredictStep> steps;
  std::vector<PredictTransaction> transactions;  // In the order in which they began.
};

// What ran in retries, or on connections that were lost, is left out. `points` are those of the
// history's events, or none; they tell what one Sync commits. The history is borrowed.
Steps steps_of(const History& history, sim::Dialect dialect, const std::vector<FaultPoint>& points);
Steps steps_of(const History&& history, sim::Dialect dialect,
               const std::vector<FaultPoint>& points) = delete;

}  // namespace splitproof::harness
