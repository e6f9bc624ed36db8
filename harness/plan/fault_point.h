// A counted place in a run where a fault may strike: a statement of one client, about to be sent.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "sim/disk/disk_gate.h"
#include "sim/sql/engine.h"
#include "sim/sql/statement.h"

namespace splitproof::harness {

// What is known of the transaction that a statement runs in, from the statements and answers seen
// on its session.
struct TransactionState {
  bool open = false;
  bool failed = false;               // PostgreSQL: only a rollback is accepted.
  bool serializable = false;         // PostgreSQL: SERIALIZABLE or REPEATABLE READ was asked for.
  bool commit_may_conflict = false;  // PostgreSQL: SERIALIZABLE.
  bool has_write_lock = false;       // SQLite: begun immediate, or has written.

  // Accounts for a statement that was answered; `ok` is false for an error.
  void follow(const sim::Statement& statement, bool ok, sim::Dialect dialect);
};

// A BEGIN that takes SQLite's write lock at once.
bool begins_immediate(const sim::Statement& statement);

// Where a point lies.
enum class PointKind {
  session,  // A statement of an operation of ours, on a session.
  wire,     // What a program asks the server to run.
  connect,  // A program asks for a connection.
  disk,     // An operation of a program on the files of its SQLite database.
  storage,  // An operation of anybody on the simulated disk.
  memory,   // SQLite asks for memory, on behalf of a client.
};

// Whose points the operations on a simulated disk are, and what SQLite asks of memory: they are
// counted for themselves. In a plan they read `disk` and `memory`.
inline constexpr char disk_client = '@';
inline constexpr char memory_client = '%';

// Whether the points are the machine's, and no client's.
constexpr bool is_of_machine(char client) {
  return client == disk_client || client == memory_client;
}

// As it stands before a point's number: "a", "disk" or "memory".
std::string name_of_client(char client);

struct FaultPoint {
  char client = 'a';
  // The n-th statement of this client, from 1, on all its connections: counted anew when the
  // retries begin.
  int statement = 0;
  bool in_retry = false;  // In the retries after the faults of the first attempts stopped.
  sim::StatementKind kind = sim::StatementKind::read;
  bool immediate = false;  // A BEGIN that takes SQLite's write lock at once.
  sim::Dialect dialect = sim::Dialect::sqlite;
  PointKind place = PointKind::session;
  bool takes_lock = false;  // Of a point on the disk.
  // May need more of the disk: there, and of statements a write, of those that are sent in one go
  // the first one.
  bool needs_room = false;
  // Of a point on the simulated disk; none at the end, when nobody does anything any more.
  std::optional<sim::DiskAct> act = {};
  TransactionState transaction;
  std::size_t event = 0;  // Its index in the history.
};

}  // namespace splitproof::harness
