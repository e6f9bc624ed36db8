// SQLite behind the Session door: databases in files.
#pragma once

#include <chrono>
#include <functional>
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
  // The sessions share one page cache, as far as they are of this process, and lock tables in it
  // instead of the file.
  bool shared_cache = false;
};

// What a session's transaction has done so far.
enum class TransactionUse { nothing, reads, writes };

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

  // Locks, for whoever lets the sessions of one file take turns; all are sessions of an engine of
  // this kind. on_busy() is that of SqliteMemory.
  static void on_busy(Session& session, std::function<bool()> retry);
  // From within `retry`, or while it runs, with a shared cache: is the transaction still open that
  // was in the way?
  static bool is_blocked(Session& session);
  // Of a session that runs no statement, or waits in `retry`.
  static TransactionUse use_of(const Session& session);

 private:
  std::string path_;
  SqliteOptions options_;
  // Shared with the sessions, which may be closed later; null for the usual one.
  std::shared_ptr<ClockVfs> vfs_;
};

}  // namespace splitproof::sim
