// The door through which one worker of a life reaches the database: each statement and each
// connection is a step, at which others go on first and strikes fall.
//
// It never invents an answer that the engine could not give: after SQLITE_INTERRUPT the transaction
// is rolled back, as SQLite does it; a dropped connection is closed, which rolls back. While it is
// unknown whether a COMMIT was carried out, nobody else goes on, so that the judge can find out
// what it did before anything else is done.
#pragma once

#include <memory>
#include <vector>

#include "harness/simulate/course.h"
#include "harness/simulate/judge.h"
#include "harness/simulate/machine.h"
#include "sim/sql/engine.h"

namespace splitproof::harness::life {

class LifeSession;

class LifeEngine final : public sim::Engine {
 public:
  // Both are borrowed.
  LifeEngine(Machine& machine, Course& course) : machine_(machine), course_(course) {}

  sim::Dialect dialect() const override { return sim::Dialect::sqlite; }
  // Throws ProcessDied, as the sessions' statements do, when the process went down meanwhile.
  sim::Answer<std::unique_ptr<sim::Session>> connect() override;

  // What is unknown of the operation under way; forgotten by begin_operation().
  Doubt doubt() const { return doubt_; }
  void begin_operation();
  // Whether a session of this worker has a transaction open.
  bool has_open_transaction() const;

 private:
  friend class LifeSession;

  sim::Answer<std::unique_ptr<sim::Session>> open();
  // Others go on, then strikes fall. What is left to the caller is answered: at most one.
  std::optional<Blow> take_step();
  bool carry_out(Strike& strike, std::optional<Blow>& left);
  // Throws ProcessDied where the process is gone.
  void end_step();
  void doubt(const sim::Error& error);

  Machine& machine_;
  Course& course_;
  Doubt doubt_ = Doubt::none;
  std::vector<LifeSession*> sessions_;
};

}  // namespace splitproof::harness::life
