// Looks on at the statements of sessions at once: what a session sees right before and right after
// each of its own.
//
// Called on the session's own thread while it has the turn, so nobody else moves meanwhile, unless
// the statement waited for a lock.
#pragma once

#include <compare>
#include <cstddef>

#include "harness/plan/fault_point.h"
#include "sim/sql/session.h"

namespace splitproof::harness {

// A client may have several, each with a transaction of its own.
struct Connection {
  char client = 'a';
  int number = 1;  // As in Event.
  friend auto operator<=>(const Connection&, const Connection&) = default;
};

// A statement that was answered.
struct Watched {
  Connection connection;
  int operation = 0;      // As in Event.
  std::size_t event = 0;  // Its index in the history.
  const sim::Statement& statement;
  const TransactionState& before;
  const TransactionState& after;
  bool ok = true;  // False for an error.
  bool waited = false;
};

class StatementWatch {
 public:
  virtual ~StatementWatch() = default;
  // `real` may be asked; what it is asked is no step and no event.
  virtual void before(Connection connection, sim::Session& real, const sim::Statement& statement,
                      const TransactionState& transaction) = 0;
  // `real` is null where the connection was lost.
  virtual void after(const Watched& watched, sim::Session* real) = 0;
};

}  // namespace splitproof::harness
