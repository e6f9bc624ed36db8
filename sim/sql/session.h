// The door to a database: one verb. Fault injection, recording and turn-taking are decorators of
// it; the code under test never learns that they are there.
#pragma once

#include "sim/sql/error.h"
#include "sim/sql/rows.h"
#include "sim/sql/statement.h"

namespace splitproof::sim {

// One connection to a database. Destroying it closes the connection, and the database rolls back
// what was open. After an answer of kind connection_lost every later statement gets the same
// answer: a session never reconnects by itself. Not for use by several threads at once.
class Session {
 public:
  virtual ~Session() = default;
  virtual Answer<Rows> execute(const Statement& statement) = 0;
};

}  // namespace splitproof::sim
