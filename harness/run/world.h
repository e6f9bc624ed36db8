// A database that an experiment may break and set back: one SQLite database in memory, or one
// database on a PostgreSQL server.
//
// A world knows how its engine really behaves when things go wrong: how an error is raised by the
// server itself, when a cut connection's backend is gone, what a session holds. It judges nothing.
// Not for use by several threads at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/oracle/state.h"
#include "harness/plan/fault.h"
#include "sim/base/clock.h"
#include "sim/sql/client.h"

namespace splitproof::harness {

// What differs between two calibration runs, and nothing between two runs of the sweep.
struct Shift {
  std::chrono::milliseconds clock{0};
  std::int64_t sequences = 0;
  std::uint64_t seed = 1;
};

class World {
 public:
  virtual ~World() = default;

  virtual sim::Dialect dialect() const = 0;
  // Sessions without interposer.
  virtual sim::Engine& engine() = 0;
  virtual sim::ManualClock& clock() = 0;

  // Lets `fill` write the initial data, then remembers the content as the image of reset().
  virtual sim::Status fill(const std::function<sim::Status(sim::Engine&)>& fill) = 0;

  // Back to the image, with clock, sequences and seeds shifted.
  virtual sim::Status reset(const Shift& shift) = 0;

  virtual sim::Answer<Shape> shape() = 0;

  // The committed content, as a fresh observer sees it. An error of kind conflict means that the
  // content cannot be observed at this moment (a lock is held).
  virtual sim::Answer<State> read() = 0;

  // Runs a query on the observer's session.
  virtual sim::Answer<sim::Rows> query(const sim::Statement& statement) = 0;

  // A session for a client; the same real session may serve one run after another.
  virtual sim::Answer<std::unique_ptr<sim::Session>> lend() = 0;
  // Takes an idle session back for later use. `untouched` says that it ran nothing but queries;
  // otherwise what it may keep (settings, temporary tables) must not reach the next run.
  virtual void take_back(std::unique_ptr<sim::Session> session, bool untouched) = 0;
  // Cuts a session's connection; returns when the database has let go of what it held.
  virtual sim::Status cut(std::unique_ptr<sim::Session> session) = 0;

  // Makes the engine answer `statement` with the error, leaving the transaction as the real error
  // would; the statement itself is not executed.
  virtual sim::Error raise(sim::Session& session, const sim::Statement& statement,
                           const RaiseError& fault, const TransactionState& transaction) = 0;

  // What an idle-looking session still holds, in words; empty when nothing. A transaction that is
  // found open is rolled back.
  virtual std::vector<std::string> held_by(sim::Session& session) = 0;

  // "3.40.1", "15.18"
  virtual std::string version() const = 0;
};

}  // namespace splitproof::harness
