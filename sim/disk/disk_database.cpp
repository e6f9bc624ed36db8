#include "sim/disk/disk_database.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "sim/disk/disk_vfs.h"
#include "sim/sql/sqlite/chance.h"
#include "sim/sql/sqlite/sqlite_code.h"
#include "sim/sql/sqlite/sqlite_session.h"

namespace splitproof::sim {

struct DiskDatabase::State {
  State(Disk& disk, Clock& clock, DiskDatabaseOptions chosen)
      : options(std::move(chosen)), vfs(disk, clock) {
    settings = fmt::format("PRAGMA synchronous={};PRAGMA journal_mode={}",
                           to_string(options.synchronous), to_string(options.journal));
    if (options.cache_pages > 0) {
      settings += fmt::format(";PRAGMA cache_size={}", options.cache_pages);
    }
  }

  SqliteSession::Place place() const {
    return {.name = options.file,
            .flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
            .vfs = vfs.name()};
  }

  DiskDatabaseOptions options;
  std::string settings;
  DiskVfs vfs;
  ChanceTable chance;
};

namespace {

// What a session stands on: the database, and its own chance.
template <class State>
struct DiskWorld {
  explicit DiskWorld(std::shared_ptr<State> owner) : state(std::move(owner)), seat(state->chance) {}

  std::shared_ptr<State> state;
  ChanceTable::Seat seat;
};

}  // namespace

std::string_view to_string(JournalMode mode) {
  switch (mode) {
    case JournalMode::remove:
      return "delete";
    case JournalMode::truncate:
      return "truncate";
    case JournalMode::persist:
      return "persist";
    case JournalMode::memory:
      return "memory";
    case JournalMode::off:
      return "off";
    case JournalMode::wal:
      return "wal";
  }
  std::abort();
}

std::string_view to_string(Synchronous synchronous) {
  switch (synchronous) {
    case Synchronous::off:
      return "off";
    case Synchronous::normal:
      return "normal";
    case Synchronous::full:
      return "full";
    case Synchronous::extra:
      return "extra";
  }
  std::abort();
}

DiskDatabase::DiskDatabase(Disk& disk, Clock& clock, DiskDatabaseOptions options)
    : state_(std::make_shared<State>(disk, clock, std::move(options))) {}

DiskDatabase::~DiskDatabase() = default;

Answer<std::unique_ptr<Session>> DiskDatabase::connect() {
  const auto world = std::make_shared<DiskWorld<State>>(state_);
  Answer<std::unique_ptr<SqliteSession>> opened = SqliteSession::open(state_->place(), world);
  if (!opened.ok()) return opened.error();
  sqlite3* const database = opened.value()->database();
  int code = install_chance(database, world->seat);
  if (code == SQLITE_OK) {
    code = sqlite3_exec(database, state_->settings.c_str(), nullptr, nullptr, nullptr);
  }
  if (code != SQLITE_OK) return sqlite_error(code, database);
  return std::unique_ptr<Session>(std::move(opened).value());
}

Answer<std::unique_ptr<Session>> DiskDatabase::look() {
  Answer<std::unique_ptr<SqliteSession>> opened = SqliteSession::open(state_->place(), state_);
  if (!opened.ok()) return opened.error();
  return std::unique_ptr<Session>(std::move(opened).value());
}

void DiskDatabase::reseed(std::uint64_t seed) {
  state_->chance.reseed(seed);
  state_->vfs.reseed(seed);
  // Never 0, and different for neighbours.
  seed_sqlite(static_cast<std::uint32_t>(seed * 2 + 1));
}

}  // namespace splitproof::sim
