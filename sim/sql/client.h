// One client of a database: where it connects, its current session, its clock and its chance.
//
// The session is opened when first needed and replaced after it was lost; the client never
// reconnects in the middle of a transaction by itself, because the transaction helper asks for the
// session once per attempt.
#pragma once

#include <memory>

#include "sim/base/clock.h"
#include "sim/base/rng.h"
#include "sim/sql/engine.h"

namespace splitproof::sim {

class Client {
 public:
  // All three are borrowed and must outlive the client.
  Client(Engine& engine, Clock& clock, Rng& rng) : engine_(engine), clock_(clock), rng_(rng) {}

  // The current session, opened if there is none. The pointer stays valid until discard().
  Answer<Session*> session();

  // Closes the current session, if any; the database rolls back what was open on it.
  void discard() { session_.reset(); }

  // A client is inside at most one transaction. enter_transaction() answers false, and changes
  // nothing, if it is inside one already; only who was let in leaves.
  bool enter_transaction();
  void leave_transaction() { in_transaction_ = false; }

  Engine& engine() { return engine_; }
  Clock& clock() { return clock_; }
  Rng& rng() { return rng_; }

 private:
  Engine& engine_;
  Clock& clock_;
  Rng& rng_;
  std::unique_ptr<Session> session_;
  bool in_transaction_ = false;
};

}  // namespace splitproof::sim
