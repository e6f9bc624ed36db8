// A history as the transactions that its statements make up: what the rules of predict() look at.
#pragma once

#include <string>
#include <vector>

#include "harness/history/history.h"
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

// A transaction that somebody began, or a statement that commits by itself.
struct PredictTransaction {
  char client = 'a';
  int attempt = 0;  // As in Event.
  int connection = 0;
  bool begun = false;      // By a BEGIN.
  bool committed = false;  // The client was told so.
  bool keeps_reads =
      false;      // The engine refuses to write over what changed after it was read here.
  int begin = 0;  // Numbers of its first and its last statement.
  int end = 0;
  std::vector<std::size_t> steps;  // Indices in Steps::steps, in order.
};

struct Steps {
  std::vector<PredictStep> steps;
  std::vector<PredictTransaction> transactions;  // In the order in which they began.
};

// What ran in retries, or on connections that were lost, is left out. The history is borrowed.
Steps steps_of(const History& history, sim::Dialect dialect);
Steps steps_of(const History&& history, sim::Dialect dialect) = delete;

}  // namespace splitproof::harness
