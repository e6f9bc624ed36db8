// One SQLite connection behind the Session door; what SqliteEngine and SqliteMemory share. Private
// to the SQLite adapter.
//
// Statements run to their end within execute(): between two of them a session holds a lock only if
// it has a transaction open. Blobs are answered as text, hexadecimal behind "\x", as PostgreSQL
// prints bytea. No statement is repeated, and nothing waits beyond `busy_wait`.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "sim/sql/session.h"
#include "sim/sql/sqlite/prepared.h"

namespace splitproof::sim {

class SqliteSession final : public Session {
 public:
  struct Place {
    std::string name;           // As sqlite3_open_v2() takes it.
    int flags = 0;              // SQLITE_OPEN_…
    const char* vfs = nullptr;  // Null is SQLite's default.
    std::chrono::milliseconds busy_wait{0};
  };

  // `world` is what the connection stands on; it is kept until after the connection is closed.
  static Answer<std::unique_ptr<SqliteSession>> open(const Place& place,
                                                     std::shared_ptr<void> world);

  Answer<Rows> execute(const Statement& statement) override;

  // Whenever a lock is not to be had and waiting may help, SQLite calls `retry`, which must not
  // throw, and tries again where it answers true. An empty function: SQLITE_BUSY at once. Locks
  // within a shared cache are treated alike, though their answer is SQLITE_LOCKED_SHAREDCACHE.
  void on_busy(std::function<bool()> retry);
  // From within `retry`, or while it runs: whether the transaction that was in the way in the
  // shared cache is still open. Nobody was in the way where the lock was one on a file.
  bool is_blocked();

  // A statement that runs longer is ended, and answered SQLITE_INTERRUPT. Zero: no limit.
  void limit(std::chrono::milliseconds limit);

  sqlite3* database() const { return database_.get(); }
  // What open() was given.
  void* world() const { return world_.get(); }
  // The main database's file; null where there is none.
  sqlite3_file* file() const;

 private:
  struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  using DatabaseHandle = std::unique_ptr<sqlite3, CloseDatabase>;

  SqliteSession(DatabaseHandle database, std::shared_ptr<void> world);

  Answer<Rows> attempt(const Statement& statement);
  Answer<Rows> run(const Statement& statement, Prepared& prepared);
  Status bind(const Statement& statement, const Prepared& prepared);
  Answer<Rows> collect(sqlite3_stmt* handle);

  // In this order: statements are finalized, then the database closed, then the world let go.
  std::shared_ptr<void> world_;
  DatabaseHandle database_;
  PreparedStore store_;
  std::function<bool()> retry_;
  std::chrono::milliseconds limit_{0};
  std::chrono::steady_clock::time_point deadline_;
  bool blocked_ = false;
};

}  // namespace splitproof::sim
