#include "sim/sql/sqlite/sqlite_memory.h"

#include <mutex>
#include <new>
#include <optional>
#include <utility>

#include "sim/sql/sqlite/chance.h"
#include "sim/sql/sqlite/memory_image.h"
#include "sim/sql/sqlite/memory_vfs.h"
#include "sim/sql/sqlite/sqlite_code.h"
#include "sim/sql/sqlite/sqlite_session.h"

namespace splitproof::sim {

struct SqliteMemory::State {
  explicit State(const Clock& clock) : vfs(clock) {}

  SqliteSession::Place place() const {
    return {.name = vfs.file_name(),
            .flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
            .vfs = vfs.name()};
  }

  // Opens the keeper, or says why it cannot be.
  std::optional<Error> set_up();

  MemoryVfs vfs;
  std::mutex mutex;  // Guards `chance`.
  ChanceTable chance;
  // memdb forgets a file that nobody has open. This session only looks at it, and only in save().
  std::unique_ptr<SqliteSession> keeper;
  sqlite3_file* file = nullptr;  // The keeper's.
  std::optional<Error> broken;
  std::optional<MemoryImage> image;
  std::optional<TablePages> pages;  // Of the image; none where SQLite cannot list them.
};

std::optional<Error> SqliteMemory::State::set_up() {
  if (!vfs.is_registered()) {
    return Error{ErrorKind::invalid, "", "this SQLite library has no \"memdb\" VFS"};
  }
  Answer<std::unique_ptr<SqliteSession>> opened = SqliteSession::open(place(), nullptr);
  if (!opened.ok()) return opened.error();
  keeper = std::move(opened).value();
  // Gives the file its first page, whose counters restore() relies on.
  const Answer<Rows> written = keeper->execute("PRAGMA user_version = 0");
  if (!written.ok()) return written.error();
  const int code =
      sqlite3_file_control(keeper->database(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code != SQLITE_OK) return sqlite_error(code, keeper->database());
  return std::nullopt;
}

namespace {

// What a session stands on: the database, and its own chance.
template <class State>
struct World {
  explicit World(std::shared_ptr<State> owner) : state(std::move(owner)) { sit_down(); }
  ~World() { stand_up(); }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void sit_down() {
    const std::lock_guard guard(state->mutex);
    seat.emplace(state->chance);
  }
  void stand_up() {
    const std::lock_guard guard(state->mutex);
    seat.reset();
  }

  std::shared_ptr<State> state;
  std::optional<ChanceTable::Seat> seat;  // Its address, which SQLite was given, stays.
};

// Rolls back what is open. True where the session then has nothing of its own; what cannot be asked
// counts as something.
bool is_as_new(SqliteSession& session) {
  if (sqlite3_get_autocommit(session.database()) == 0 && !session.execute("ROLLBACK").ok()) {
    return false;
  }
  const Answer<Rows> temporary = session.execute("SELECT 1 FROM sqlite_temp_schema LIMIT 1");
  if (!temporary.ok() || !temporary.value().rows.empty()) return false;
  sqlite3_set_last_insert_rowid(session.database(), 0);
  return true;
}

}  // namespace

SqliteMemory::SqliteMemory(const Clock& clock) : state_(std::make_shared<State>(clock)) {
  state_->broken = state_->set_up();
}

SqliteMemory::~SqliteMemory() = default;

Answer<std::unique_ptr<Session>> SqliteMemory::connect() {
  if (state_->broken) return *state_->broken;
  if (!spare_.empty()) {
    std::unique_ptr<Session> session = std::move(spare_.back());
    spare_.pop_back();
    static_cast<World<State>*>(static_cast<SqliteSession&>(*session).world())->sit_down();
    take_lock_use(*session);  // What was done before is none of its own.
    return session;
  }
  const auto world = std::make_shared<World<State>>(state_);
  Answer<std::unique_ptr<SqliteSession>> opened = SqliteSession::open(state_->place(), world);
  if (!opened.ok()) return opened.error();
  std::unique_ptr<SqliteSession> session = std::move(opened).value();
  const int code = install_chance(session->database(), *world->seat);
  if (code != SQLITE_OK) return sqlite_error(code, session->database());
  return std::unique_ptr<Session>(std::move(session));
}

void SqliteMemory::close(std::unique_ptr<Session> session, bool keeps_settings) {
  auto& closed = static_cast<SqliteSession&>(*session);
  closed.on_busy({});
  if (keeps_settings || !is_as_new(closed)) return;
  static_cast<World<State>*>(closed.world())->stand_up();
  spare_.push_back(std::move(session));
}

Status SqliteMemory::save() try {
  if (state_->broken) return *state_->broken;
  Answer<MemoryImage> image = MemoryImage::of(state_->file, state_->vfs.written());
  if (!image.ok()) return image.error();
  state_->image = std::move(image).value();
  state_->pages = TablePages::of(*state_->keeper);
  return Done{};
} catch (const std::bad_alloc&) {
  return sqlite_error(SQLITE_NOMEM, nullptr);
}

Status SqliteMemory::restore(std::uint64_t seed) {
  if (state_->broken) return *state_->broken;
  if (!state_->image) {
    return Error{ErrorKind::invalid, "", "there is no image to restore; call save() before"};
  }
  const Status restored = state_->image->restore_to(state_->file, state_->vfs.written());
  if (!restored.ok()) return restored.error();
  const std::lock_guard guard(state_->mutex);
  state_->chance.reseed(seed);
  return Done{};
}

void SqliteMemory::on_busy(Session& session, std::function<bool()> retry) {
  static_cast<SqliteSession&>(session).on_busy(std::move(retry));
}

void SqliteMemory::limit(Session& session, std::chrono::milliseconds limit) {
  static_cast<SqliteSession&>(session).limit(limit);
}

void SqliteMemory::obey_rules(Session& session, bool obey) {
  sqlite3* const database = static_cast<SqliteSession&>(session).database();
  for (const int rule : {SQLITE_DBCONFIG_ENABLE_FKEY, SQLITE_DBCONFIG_ENABLE_TRIGGER}) {
    sqlite3_db_config(database, rule, obey ? 1 : 0, nullptr);
  }
}

bool SqliteMemory::is_busy(const Session& session) {
  return is_refused(static_cast<const SqliteSession&>(session).file());
}

LockUse SqliteMemory::take_lock_use(Session& session) {
  return sim::take_lock_use(static_cast<SqliteSession&>(session).file());
}

bool SqliteMemory::keeps_out(const Session& holder, const Session& session) {
  return sim::keeps_out(static_cast<const SqliteSession&>(holder).file(),
                        static_cast<const SqliteSession&>(session).file());
}

Answer<std::set<std::string>> SqliteMemory::unchanged_tables() try {
  if (state_->broken) return *state_->broken;
  if (!state_->image || !state_->pages) return std::set<std::string>{};
  return state_->image->unchanged(state_->file, state_->vfs.written(), *state_->pages);
} catch (const std::bad_alloc&) {
  return sqlite_error(SQLITE_NOMEM, nullptr);
}

}  // namespace splitproof::sim
