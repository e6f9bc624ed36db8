// An SQLite database in memory, shared by its sessions, that can be set back to a saved image.
//
// It is built on SQLite's own "memdb" VFS, with time and chance replaced: CURRENT_TIMESTAMP and
// the date functions read the given clock, random() and randomblob() the given seed, so that a run
// depends on nothing outside. (The modifier 'localtime' still asks the machine for its time zone.)
// It has the locks of SQLite's files in rollback-journal mode, answered by SQLITE_BUSY at once, and
// no WAL. Two objects never share a database, and may be used by two threads.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "sim/base/clock.h"
#include "sim/sql/engine.h"

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

 private:
  struct State;
  // Shared with the sessions, which may be closed later.
  std::shared_ptr<State> state_;
};

}  // namespace splitproof::sim
