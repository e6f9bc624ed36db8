#include "sim/sql/sqlite/sqlite_engine.h"

#include <sqlite3.h>

#include <utility>

#include "sim/sql/sqlite/clock_vfs.h"
#include "sim/sql/sqlite/sqlite_session.h"

namespace splitproof::sim {

std::string sqlite_version() { return sqlite3_libversion(); }

SqliteEngine::SqliteEngine(std::string path, SqliteOptions options)
    : path_(std::move(path)), options_(options) {
  if (options.clock != nullptr) vfs_ = std::make_shared<ClockVfs>(*options.clock);
}

Answer<std::unique_ptr<Session>> SqliteEngine::connect() {
  if (path_.empty() || path_ == ":memory:" || path_.find('\0') != std::string::npos) {
    return Error{ErrorKind::invalid, "",
                 "expected the path of an SQLite file, found \"" + path_ + "\""};
  }
  SqliteSession::Place place;
  // SQLite may be built to read "file:…" as a URL with options; here it is a path like any other.
  place.name = path_.starts_with("file:") ? "./" + path_ : path_;
  place.flags = SQLITE_OPEN_READWRITE | (options_.must_exist ? 0 : SQLITE_OPEN_CREATE) |
                (options_.shared_cache ? SQLITE_OPEN_SHAREDCACHE : SQLITE_OPEN_PRIVATECACHE);
  place.vfs = vfs_ == nullptr ? nullptr : vfs_->name();
  place.busy_wait = options_.busy_wait;
  Answer<std::unique_ptr<SqliteSession>> opened = SqliteSession::open(place, vfs_);
  if (!opened.ok()) return opened.error();
  return std::unique_ptr<Session>(std::move(opened).value());
}

void SqliteEngine::on_busy(Session& session, std::function<bool()> retry) {
  static_cast<SqliteSession&>(session).on_busy(std::move(retry));
}

bool SqliteEngine::is_blocked(Session& session) {
  return static_cast<SqliteSession&>(session).is_blocked();
}

TransactionUse SqliteEngine::use_of(const Session& session) {
  switch (sqlite3_txn_state(static_cast<const SqliteSession&>(session).database(), "main")) {
    case SQLITE_TXN_READ:
      return TransactionUse::reads;
    case SQLITE_TXN_WRITE:
      return TransactionUse::writes;
    default:
      return TransactionUse::nothing;
  }
}

}  // namespace splitproof::sim
