// A world that fails the harness itself when told to: what a broken server or a full disk under
// the experiment would do. Otherwise it is an SQLite world.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/sqlite_world.h"

namespace splitproof::harness {

class BreakingWorld final : public World {
 public:
  bool cuts_fail = false;
  bool raises_other_error = false;
  int reads_left = 1000000;  // Reads that succeed before one fails.

  sim::Dialect dialect() const override { return real_.dialect(); }
  sim::Engine& engine() override { return real_.engine(); }
  sim::ManualClock& clock() override { return real_.clock(); }
  sim::Status fill(const std::function<sim::Status(sim::Engine&)>& fill) override {
    return real_.fill(fill);
  }
  sim::Status reset(const Shift& shift) override { return real_.reset(shift); }
  sim::Answer<Shape> shape() override { return real_.shape(); }
  sim::Answer<State> read() override {
    if (reads_left-- <= 0) return broken();
    return real_.read();
  }
  sim::Answer<sim::Rows> query(const sim::Statement& statement) override {
    return real_.query(statement);
  }
  sim::Answer<std::unique_ptr<sim::Session>> lend() override { return real_.lend(); }
  void take_back(std::unique_ptr<sim::Session> session, bool untouched) override {
    real_.take_back(std::move(session), untouched);
  }
  sim::Status cut(std::unique_ptr<sim::Session> session) override {
    sim::Status cut = real_.cut(std::move(session));
    if (cuts_fail) return broken();
    return cut;
  }
  sim::Error raise(sim::Session& session, const sim::Statement& statement, const RaiseError& fault,
                   const TransactionState& transaction) override {
    sim::Error raised = real_.raise(session, statement, fault, transaction);
    return raises_other_error ? broken() : raised;
  }
  std::vector<std::string> held_by(sim::Session& session) override {
    return real_.held_by(session);
  }
  void wait_by(sim::Session& session, std::function<bool()> yield) override {
    real_.wait_by(session, std::move(yield));
  }
  sim::Answer<std::optional<Wait>> waits(sim::Session& session,
                                         const std::vector<sim::Session*>& others) override {
    return real_.waits(session, others);
  }
  sim::Status cancel(sim::Session& session) override { return real_.cancel(session); }
  sim::Status before_statement(sim::Session& session, bool others_wait) override {
    return real_.before_statement(session, others_wait);
  }
  sim::Answer<std::shared_ptr<const Table>> table(sim::Session& session,
                                                  const std::string& name) override {
    return real_.table(session, name);
  }
  std::string version() const override { return real_.version(); }

 private:
  static sim::Error broken() {
    return {sim::ErrorKind::io, "SQLITE_IOERR", "the world itself is broken"};
  }

  SqliteWorld real_;
};

}  // namespace splitproof::harness
