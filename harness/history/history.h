// What happened in one run, in order: every statement with its answer, every fault, and what the
// client was told of each operation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/base/outcome.h"
#include "sim/sql/error.h"
#include "sim/sql/rows.h"
#include "sim/sql/statement.h"

namespace splitproof::harness {

struct Event {
  char client = 'a';
  int statement = 0;   // As in FaultPoint; 0 for one on a session already lost.
  int operation = 0;   // From 0.
  int attempt = 0;     // The n-th attempt of the run, from 1, over all operations.
  bool retry = false;  // In the retries after the faults stopped.
  int connection = 0;  // The n-th connection of the client, from 1.
  std::string name;    // Statement::name().
  std::string text;
  std::vector<sim::Value> parameters;
  sim::StatementKind kind = sim::StatementKind::read;
  std::string struck;  // Text of the fault that struck here, or empty.
  std::string answer;  // "ok, 3 rows", "error 23505: …", "no answer: …", "exception: …".
  std::string seen;    // Digest of the rows answered; only where the director keeps what was seen.
  // Where it waited for a lock: for whose, "b", "ab"; empty where it did not wait.
  std::string waited_for;
  // No session was left that could move, so the server was told to give the statement up.
  bool given_up = false;
  std::size_t sent = 0;  // How many events had been written down when it was sent.
};

// The answer without the numbers in an error's message: ids of transactions, processes and the
// like, which a server gives out anew in every run.
std::string comparable_answer(const std::string& answer);

// The statement without what is written in it: "INSERT INTO t VALUES (?, ?)" for texts and numbers.
// Left out are also the names of savepoints and numbers of five digits and more in other names:
// libraries make them up of a thread's or a process's number.
std::string shape_of(const std::string& sql);

// True when both are the same statement on the same connection with the same comparable answer.
// `with_parameters` is false where a calibration showed that the parameters, or texts and numbers
// in the statement itself, depend on clocks or are made up anew.
bool same(const Event& left, const Event& right, bool with_parameters);

// A transaction of a program, as its messages show it: what its client was told of it, and what
// became of it in the server.
struct TransactionTold {
  int connection = 0;                   // As in Event.
  std::vector<std::string> statements;  // What it ran, by name, in order.
  sim::Outcome told = sim::Outcome::aborted;
  std::optional<bool> held;  // Whether the server has committed it; none where nobody can say.
  std::string known_by;      // How that is known, in words: "pg_xact_status(740)".
};

// What the client was told of one attempt of an operation.
struct Told {
  char client = 'a';
  int operation = 0;  // From 0.
  int attempt = 0;    // As in Event.
  bool retry = false;
  sim::Outcome outcome = sim::Outcome::aborted;
  std::string why;                     // The error's or exception's text; empty when committed.
  std::vector<std::string> left_open;  // What the clean hand-back check found, in words.
  // Of a program: its transactions that wrote, in the order in which they ended, and the last lines
  // of its output.
  std::vector<TransactionTold> transactions = {};
  std::string output = {};
};

struct History {
  std::vector<Event> events;
  std::vector<Told> told;
};

std::string answer_text(const sim::Answer<sim::Rows>& answer, sim::StatementKind kind);

}  // namespace splitproof::harness
