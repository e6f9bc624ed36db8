// An SQLite database in memory, shared by its sessions, that can be set back to a saved image.
//
// It is built on SQLite's own "memdb" VFS, with time and chance replaced: CURRENT_TIMESTAMP and
// the date functions read the given clock, random() and randomblob() the given seed, so that a run
// depends on nothing outside. (The modifier 'localtime' still asks the machine for its time zone.)
// It has the locks of SQLite's files in rollback-journal mode, answered by SQLITE_BUSY at once, and
// no WAL. Two objects never share a database, and may be used by two threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/base/clock.h"
#include "sim/sql/engine.h"
#include "sim/sql/sqlite/lock_use.h"

namespace splitproof::sim {

class SqliteMemory final : public Engine {
 public:
  // `clock` is borrowed and must outlive the object and its sessions. What cannot be set up is
  // answered by the other functions.
  explicit SqliteMemory(const Clock& clock);
  ~SqliteMemory() override;
  SqliteMemory(const SqliteMemory&) = delete;
  SqliteMemory& operator=(const SqliteMemory&) = delete;

  Dialect dialect() const override { return Dialect::sqlite; }
  Answer<std::unique_ptr<Session>> connect() override;

  // Closes a session of this database; an open transaction is rolled back. Where nothing of the
  // session's own would be left, its handle and its prepared statements are kept and serve a later
  // connect(), which spares reading the schema and compiling every statement again.
  // `keeps_settings` says that the session may have settings or databases of its own (PRAGMA,
  // ATTACH); temporary tables are looked for here. What changes() and total_changes() count goes on
  // from one session to the next.
  void close(std::unique_ptr<Session> session, bool keeps_settings);

  // Gives up what close() has kept.
  void forget_closed() { spare_.clear(); }

  // Remembers the present content as the image; no transaction may be open.
  Status save();
  // Puts the content back to the image and draws random() from `seed`, differently for each
  // session. All sessions but idle ones must be closed; idle ones see the restored content, but
  // keep what is theirs alone: temporary tables, settings, last_insert_rowid(). Before save() it
  // is refused. An open transaction is a conflict, and nothing is changed.
  Status restore(std::uint64_t seed);

  // The tables that are certain to hold, as committed, what they hold in the image; for whoever
  // reads the content often and does not want to read all of it. A table that differs is never
  // among them; one that is equal may be missing, as all are where this SQLite cannot tell. A
  // conflict while a writer keeps readers out.
  Answer<std::set<std::string>> unchanged_tables();

  // Locks, for whoever lets the sessions of this database take turns; all are sessions of it.
  //
  // A statement of `session` that meets another's lock calls `retry`, which must not throw, on its
  // own thread, and tries again where it answers true. SQLite decides when: a transaction that has
  // read and then wants to write beside another writer is answered SQLITE_BUSY at once, for waiting
  // could never help. An empty function: SQLITE_BUSY always.
  static void on_busy(Session& session, std::function<bool()> retry);
  // A statement of `session` that runs longer is ended, and answered SQLITE_INTERRUPT.
  static void limit(Session& session, std::chrono::milliseconds limit);
  // Whether foreign keys and triggers act on what `session` writes from here on, as they do at
  // first; in the middle of a transaction, too.
  static void obey_rules(Session& session, bool obey);
  // From within `retry`, or while it runs: would the lock be refused again at this moment?
  static bool is_busy(const Session& session);
  // What `session`, which runs no statement, did with the locks since it was last asked.
  static LockUse take_lock_use(Session& session);
  // Does `holder` keep the lock from `session`?
  static bool keeps_out(const Session& holder, const Session& session);

 private:
  struct State;
  // Shared with the sessions, which may be closed later.
  std::shared_ptr<State> state_;
  std::vector<std::unique_ptr<Session>> spare_;  // Closed; the one closed last comes last.
};

}  // namespace splitproof::sim
