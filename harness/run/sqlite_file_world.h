// A world of one SQLite database in a file, which other processes can open: for clients that are
// processes and are killed.
//
// What a killed client leaves is what the file and its journal hold; the next session that looks
// rolls a hot journal back, as SQLite always does. The file lies in a folder of its own, in memory
// where there is room, that the guardian knows. Sessions of several clients at once are not for
// this world.
#pragma once

#include <string>
#include <vector>

#include "harness/run/world.h"
#include "sim/server/server_folder.h"
#include "sim/sql/sqlite/sqlite_engine.h"

namespace splitproof::harness {

class SqliteFileWorld final : public World {
 public:
  // The folder is taken over, and removed at the end.
  explicit SqliteFileWorld(sim::ServerFolder folder);

  sim::Dialect dialect() const override { return sim::Dialect::sqlite; }
  sim::Engine& engine() override { return engine_; }
  sim::ManualClock& clock() override { return clock_; }
  sim::Status fill(const std::function<sim::Status(sim::Engine&)>& fill) override;
  sim::Status reset(const Shift& shift) override;
  sim::Answer<Shape> shape() override;
  sim::Answer<State> read() override;
  sim::Answer<sim::Rows> query(const sim::Statement& statement) override;
  sim::Answer<std::unique_ptr<sim::Session>> lend() override { return engine_.connect(); }
  void take_back(std::unique_ptr<sim::Session> session, bool untouched) override;
  sim::Status cut(std::unique_ptr<sim::Session> session) override;
  sim::Error raise(sim::Session& session, const sim::Statement& statement, const RaiseError& fault,
                   const TransactionState& transaction) override;
  std::vector<std::string> held_by(sim::Session& session) override;
  std::string address() const override { return "sqlite:" + path_; }
  std::string version() const override { return sim::sqlite_version(); }

 private:
  sim::Status observe();

  sim::ServerFolder folder_;
  std::string path_;
  sim::ManualClock clock_;
  sim::SqliteEngine engine_;
  // Opened anew after each reset: the file changes behind SQLite's back then.
  std::unique_ptr<sim::Session> observer_;
  std::string image_;  // The bytes of the file.
};

}  // namespace splitproof::harness
