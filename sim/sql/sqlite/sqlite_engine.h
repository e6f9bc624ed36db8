// SQLite behind the Session door: databases in files.
#pragma once

#include <chrono>
#include <string>

#include "sim/base/clock.h"
#include "sim/sql/engine.h"

namespace splitproof::sim {

class ClockVfs;

struct SqliteOptions {
  // How long a statement waits for another connection's lock before it answers SQLITE_BUSY.
  std::chrono::milliseconds busy_wait{0};
  // Refuse to create the file if it is not there.
  bool must_exist = false;
  // Where CURRENT_TIMESTAMP and the date functions read the time; borrowed. Null is the machine's
  // clock.
  const Clock* clock = nullptr;
};

// The version of the SQLite library that runs, "3.40.1".
std::string sqlite_version();

// Sessions on one database file. Foreign keys are enforced, extended result codes are on, and
// journal mode WAL is not forced: the file keeps its own. Names without a file behind them (empty,
// ":memory:") are refused: their sessions would not see each other's data.
class SqliteEngine final : public Engine {
 public:
  SqliteEngine(std::string path, SqliteOptions options);

  Dialect dialect() const override { return Dialect::sqlite; }
  Answer<std::unique_ptr<Session>> connect() override;

 private:
  std::string path_;
  SqliteOptions options_;
  // Shared with the sessions, which may be closed later; null for the usual one.
  std::shared_ptr<ClockVfs> vfs_;
};

}  // namespace splitproof::sim
