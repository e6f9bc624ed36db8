// A world of one SQLite database in a file, which other processes can open: for clients that are
// processes and are killed, and for sessions at once in a write-ahead log or a shared cache.
//
// What a killed client leaves is what the file and its journal hold; the next session that looks
// rolls a hot journal back, as SQLite always does. The file lies in a folder of its own, in memory
// where there is room, that the guardian knows.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/run/world.h"
#include "sim/server/server_folder.h"
#include "sim/sql/sqlite/sqlite_engine.h"

namespace splitproof::harness {

// How the sessions of the clients keep apart. Of these, rollback journals are for one client; those
// of several at once are in SqliteWorld.
enum class SqliteSharing {
  rollback_journal,
  write_ahead_log,
  // One page cache for all sessions, which lock tables in it, and read without locks (PRAGMA
  // read_uncommitted).
  shared_cache,
};

class SqliteFileWorld final : public World {
 public:
  // The folder is taken over, and removed at the end.
  explicit SqliteFileWorld(sim::ServerFolder folder,
                           SqliteSharing sharing = SqliteSharing::rollback_journal);

  sim::Dialect dialect() const override { return sim::Dialect::sqlite; }
  sim::Engine& engine() override { return engine_; }
  sim::ManualClock& clock() override { return clock_; }
  sim::Status fill(const std::function<sim::Status(sim::Engine&)>& fill) override;
  sim::Status reset(const Shift& shift) override;
  sim::Answer<Shape> shape() override;
  sim::Answer<State> read() override;
  // An open session keeps a write-ahead log from being cleaned up by whoever is the last to close
  // it.
  void stay_unnoticed() override {
    stays_unnoticed_ = true;
    observer_.reset();
  }
  sim::Answer<sim::Rows> query(const sim::Statement& statement) override;
  sim::Answer<std::unique_ptr<sim::Session>> lend() override;
  void take_back(std::unique_ptr<sim::Session> session, bool untouched) override;
  sim::Status cut(std::unique_ptr<sim::Session> session) override;
  sim::Error raise(sim::Session& session, const sim::Statement& statement, const RaiseError& fault,
                   const TransactionState& transaction) override;
  std::vector<std::string> held_by(sim::Session& session) override;
  void wait_by(sim::Session& session, std::function<bool()> yield) override;
  // In a write-ahead log there is one lock to wait for, the writer's; in a shared cache SQLite
  // tells when the transaction has ended that was in the way, but not whose it was: all that are
  // open are named.
  sim::Answer<std::optional<Wait>> waits(sim::Session& session,
                                         const std::vector<sim::Session*>& others) override;
  sim::Status cancel(sim::Session&) override { return sim::Done{}; }
  // "file" is what is committed, or in a shared cache what is written; "writer" is the place of the
  // one writer.
  sim::Answer<Footprint> touched(sim::Session& session, const Answered& answered) override;
  std::string address() const override { return "sqlite:" + path_; }
  std::string version() const override { return sim::sqlite_version(); }

 private:
  sim::Status observe();
  // `look` asks the observer's session.
  template <class Look>
  auto looked_at(Look look) -> decltype(look());

  sim::ServerFolder folder_;
  SqliteSharing sharing_;
  std::string path_;
  sim::ManualClock clock_;
  sim::SqliteEngine engine_;
  sim::SqliteEngine clients_;
  // What each lent session's transaction had done when it was last asked what it touched.
  std::map<const sim::Session*, sim::TransactionUse> uses_;
  // Opened anew after each reset: the file changes behind SQLite's back then.
  std::unique_ptr<sim::Session> observer_;
  bool stays_unnoticed_ = false;
  std::string image_;  // The bytes of the file.
};

}  // namespace splitproof::harness
