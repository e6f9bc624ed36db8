// A world of one SQLite database in memory. Everything in it is ours: same plan, same history, byte
// for byte.
//
// SQLite has no connection to lose. What is called a dropped connection here is its nearest real
// counterpart: the file behind the handle goes away (a network share, a device), every later call
// on the handle fails, and the next handle rolls back what was open.
//
// There is always memory for what the world itself does, and for closing a session, which it keeps.
//
// Only tables that may have changed since the image are read; the others are the image's own.
#pragma once

#include "harness/run/world.h"
#include "sim/sql/sqlite/sqlite_memory.h"

namespace splitproof::harness {

class SqliteWorld final : public World {
 public:
  SqliteWorld();

  sim::Dialect dialect() const override { return sim::Dialect::sqlite; }
  sim::Engine& engine() override { return memory_; }
  sim::ManualClock& clock() override { return clock_; }
  sim::Status fill(const std::function<sim::Status(sim::Engine&)>& fill) override;
  sim::Status reset(const Shift& shift) override;
  sim::Answer<Shape> shape() override;
  sim::Answer<State> read() override;
  sim::Answer<sim::Rows> query(const sim::Statement& statement) override;
  sim::Answer<std::unique_ptr<sim::Session>> lend() override;
  void take_back(std::unique_ptr<sim::Session> session, bool untouched) override;
  void forget_sessions() override { memory_.forget_closed(); }
  sim::Status cut(std::unique_ptr<sim::Session> session) override;
  sim::Status cut_untouched(std::unique_ptr<sim::Session> session) override;
  sim::Error raise(sim::Session& session, const sim::Statement& statement, const RaiseError& fault,
                   const TransactionState& transaction) override;
  std::vector<std::string> held_by(sim::Session& session) override;
  void wait_by(sim::Session& session, std::function<bool()> yield) override;
  sim::Answer<std::optional<Wait>> waits(sim::Session& session,
                                         const std::vector<sim::Session*>& others) override;
  // A statement that waits is in our own hands, and SQLite has no deadlocks.
  sim::Status cancel(sim::Session&) override { return sim::Done{}; }
  sim::Status before_statement(sim::Session&, bool) override { return sim::Done{}; }
  // Lock state, not rows: "file" is what is committed, read with SHARED and written by whoever
  // wants it for himself; "writer" is the place of the one writer.
  sim::Answer<Footprint> touched(sim::Session& session, const Answered& answered) override;
  sim::Answer<std::unique_ptr<sim::Session>> open_snapshot() override;
  sim::Answer<std::shared_ptr<const Table>> table(sim::Session& session,
                                                  const std::string& name) override;
  sim::Answer<State> view(sim::Session& session) override;
  std::string in_sql(const std::string& table) const override;
  sim::Status obey_rules(sim::Session& session, bool obey) override;
  std::string version() const override;

 private:
  sim::Status observe();

  sim::ManualClock clock_;
  sim::SqliteMemory memory_;
  std::unique_ptr<sim::Session> observer_;
  State image_;  // What the tables held when the image was taken.
};

}  // namespace splitproof::harness
