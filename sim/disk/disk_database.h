// An SQLite database on a simulated disk, behind the Session door.
//
// Its sessions enforce foreign keys and have a journal mode and a synchronous setting of our
// choosing; time is read from the given clock, chance drawn from a seed. A session survives neither
// a loss of power nor a restored disk: destroy it before the disk is used again. One thread at a
// time; SqliteEngine::on_busy() and use_of() take its sessions, too.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sim/base/clock.h"
#include "sim/disk/disk.h"
#include "sim/sql/engine.h"

namespace splitproof::sim {

// By SQLite's names DELETE, TRUNCATE, PERSIST, MEMORY, OFF and WAL.
enum class JournalMode { remove, truncate, persist, memory, off, wal };
enum class Synchronous { off, normal, full, extra };

// As SQLite spells them, "delete" and "full".
std::string_view to_string(JournalMode mode);
std::string_view to_string(Synchronous synchronous);

struct DiskDatabaseOptions {
  JournalMode journal = JournalMode::remove;
  Synchronous synchronous = Synchronous::full;
  // Pages of the cache; 0 is SQLite's own choice.
  int cache_pages = 0;
  std::string file = "/db";
};

class DiskDatabase final : public Engine {
 public:
  // `disk` and `clock` are borrowed and must outlive the object and its sessions.
  DiskDatabase(Disk& disk, Clock& clock, DiskDatabaseOptions options);
  ~DiskDatabase() override;
  DiskDatabase(const DiskDatabase&) = delete;
  DiskDatabase& operator=(const DiskDatabase&) = delete;

  Dialect dialect() const override { return Dialect::sqlite; }
  // Recovers the database where that is called for. A conflict where another session keeps readers
  // out at this moment.
  Answer<std::unique_ptr<Session>> connect() override;
  // A session to look at what there is, as fast as it can be had: its recovery is the same, but
  // journal mode and synchronous are what SQLite makes of the file, and random() is not of the
  // seed.
  Answer<std::unique_ptr<Session>> look();
  // Seeds random() and randomblob() of the sessions, and SQLite's own chance: see seed_sqlite().
  void reseed(std::uint64_t seed);

 private:
  struct State;
  // Shared with the sessions.
  std::shared_ptr<State> state_;
};

}  // namespace splitproof::sim
