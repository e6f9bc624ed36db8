// Looks on at the statements of sessions at once: what a session sees right before and right after
// each of its own.
//
// Called on the session's own thread while it has the turn, so nobody else moves meanwhile, unless
// the statement waited for a lock.
#pragma once

#include <cstddef>

#include "harness/plan/fault_point.h"
#include "sim/sql/session.h"

namespace splitproof::harness {

// A statement that was answered.
struct Watched {
  char client = 'a';
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
  virtual void before(char client, sim::Session& real, const sim::Statement& statement,
                      const TransactionState& transaction) = 0;
  // `real` is null where the connection was lost.
  virtual void after(const Watched& watched, sim::Session* real) = 0;
};

}  // namespace splitproof::harness
