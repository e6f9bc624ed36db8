#include "sim/sql/sqlite/sqlite_session.h"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include "sim/sql/sqlite/sqlite_code.h"

namespace splitproof::sim {
namespace {

Error out_of_memory() { return sqlite_error(SQLITE_NOMEM, nullptr); }

int bind_value(sqlite3_stmt* handle, int position, const Value& value) {
  struct Binder {
    sqlite3_stmt* handle;
    int position;
    int operator()(Null) const { return sqlite3_bind_null(handle, position); }
    int operator()(std::int64_t number) const {
      return sqlite3_bind_int64(handle, position, number);
    }
    int operator()(double number) const { return sqlite3_bind_double(handle, position, number); }
    // Static, because the caller's values live until the bindings are cleared.
    int operator()(const std::string& text) const {
      return sqlite3_bind_text64(handle, position, text.data(), text.size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    }
  };
  return std::visit(Binder{handle, position}, value);
}

std::string hexadecimal(const void* bytes, std::size_t size) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + 2 * size);
  const auto* const first = static_cast<const unsigned char*>(bytes);
  for (std::size_t i = 0; i < size; ++i) {
    text += digits[first[i] >> 4U];
    text += digits[first[i] & 0xFU];
  }
  return text;
}

Value column_value(sqlite3_stmt* handle, int column) {
  switch (sqlite3_column_type(handle, column)) {
    case SQLITE_NULL:
      return Null{};
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(handle, column));
    case SQLITE_FLOAT:
      return sqlite3_column_double(handle, column);
    case SQLITE_BLOB: {
      const void* const bytes = sqlite3_column_blob(handle, column);
      return hexadecimal(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle, column)));
    }
    default: {
      const unsigned char* const text = sqlite3_column_text(handle, column);
      if (text == nullptr) throw std::bad_alloc();
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle, column));
      return std::string(reinterpret_cast<const char*>(text), size);
    }
  }
}

std::vector<std::string> column_names(sqlite3_stmt* handle) {
  std::vector<std::string> names;
  const int count = sqlite3_column_count(handle);
  names.reserve(static_cast<std::size_t>(count));
  for (int column = 0; column < count; ++column) {
    const char* const name = sqlite3_column_name(handle, column);
    if (name == nullptr) throw std::bad_alloc();
    names.emplace_back(name);
  }
  return names;
}

Row current_row(sqlite3_stmt* handle) {
  Row row;
  const int count = sqlite3_data_count(handle);
  row.reserve(static_cast<std::size_t>(count));
  for (int column = 0; column < count; ++column) row.push_back(column_value(handle, column));
  return row;
}

// Lets go of the statement's locks and of the caller's values, however execution ended.
class Reset {
 public:
  explicit Reset(sqlite3_stmt* handle) : handle_(handle) {}
  ~Reset() {
    sqlite3_reset(handle_);
    sqlite3_clear_bindings(handle_);
  }
  Reset(const Reset&) = delete;
  Reset& operator=(const Reset&) = delete;

 private:
  sqlite3_stmt* handle_;
};

}  // namespace

Answer<std::unique_ptr<SqliteSession>> SqliteSession::open(const Place& place,
                                                           std::shared_ptr<void> world) {
  sqlite3* raw = nullptr;
  // A session is used by one thread at a time, so SQLite's own mutex per connection is spared.
  const int code =
      sqlite3_open_v2(place.name.c_str(), &raw,
                      place.flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, place.vfs);
  DatabaseHandle database(raw);
  if (code != SQLITE_OK) {
    Error error = sqlite_error(code, raw);
    error.message = "cannot open the SQLite database \"" + place.name + "\": " + error.message;
    return error;
  }
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  const auto busy_wait_ms = std::clamp<std::chrono::milliseconds::rep>(
      place.busy_wait.count(), 0, std::numeric_limits<int>::max());
  sqlite3_busy_timeout(raw, static_cast<int>(busy_wait_ms));
  return std::unique_ptr<SqliteSession>(new SqliteSession(std::move(database), std::move(world)));
}

SqliteSession::SqliteSession(DatabaseHandle database, std::shared_ptr<void> world)
    : world_(std::move(world)), database_(std::move(database)), store_(database_.get()) {}

void SqliteSession::on_busy(std::function<bool()> retry) {
  retry_ = std::move(retry);
  const auto ask = [](void* session, int /*count*/) {
    return static_cast<SqliteSession*>(session)->retry_() ? 1 : 0;
  };
  sqlite3_busy_handler(database_.get(), retry_ ? +ask : nullptr, this);
}

void SqliteSession::limit(std::chrono::milliseconds limit) {
  // Some tenths of a millisecond of work; asking for the time more often would be felt.
  constexpr int instructions_between = 10'000;
  limit_ = limit;
  const auto is_late = [](void* session) {
    const auto* const self = static_cast<SqliteSession*>(session);
    return std::chrono::steady_clock::now() > self->deadline_ ? 1 : 0;
  };
  sqlite3_progress_handler(database_.get(), instructions_between,
                           limit.count() > 0 ? +is_late : nullptr, this);
}

sqlite3_file* SqliteSession::file() const {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  return file;
}

Answer<Rows> SqliteSession::execute(const Statement& statement) {
  try {
    Answer<Rows> answer = attempt(statement);
    // Of locks within a shared cache SQLite tells nobody but the one who asked: its busy handler is
    // for locks on files.
    while (!answer.ok() && answer.error().native_code == "SQLITE_LOCKED_SHAREDCACHE" && retry_ &&
           retry_()) {
      answer = attempt(statement);
    }
    return answer;
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

Answer<Rows> SqliteSession::attempt(const Statement& statement) {
  const Answer<Prepared*> prepared = store_.find(statement.text());
  if (!prepared.ok()) return prepared.error();
  return run(statement, *prepared.value());
}

bool SqliteSession::is_blocked() {
  blocked_ = true;
  const auto unblock = [](void** sessions, int count) {
    for (int i = 0; i < count; ++i) static_cast<SqliteSession*>(sessions[i])->blocked_ = false;
  };
  // Calls back at once where nobody is in the way any more. A circle is refused, and is a wait too.
  sqlite3_unlock_notify(database_.get(), unblock, this);
  return blocked_;
}

Answer<Rows> SqliteSession::run(const Statement& statement, Prepared& prepared) {
  const Reset reset(prepared.handle.get());
  if (limit_.count() > 0) deadline_ = std::chrono::steady_clock::now() + limit_;
  const Status bound = bind(statement, prepared);
  if (!bound.ok()) return bound.error();
  const sqlite3_int64 changes_before = sqlite3_total_changes64(database_.get());
  Answer<Rows> answer = collect(prepared.handle.get());
  // sqlite3_changes64() still tells of the statement before when this one changed no row.
  if (answer.ok() && statement.kind() == StatementKind::write &&
      sqlite3_total_changes64(database_.get()) != changes_before) {
    answer.value().affected = sqlite3_changes64(database_.get());
  }
  return answer;
}

Status SqliteSession::bind(const Statement& statement, const Prepared& prepared) {
  const std::vector<Value>& values = statement.parameters();
  if (values.size() != prepared.values_expected) {
    return Error{ErrorKind::invalid, "",
                 "the statement has parameters up to $" + std::to_string(prepared.values_expected) +
                     ", but " + std::to_string(values.size()) + " values were given"};
  }
  int position = 0;
  for (const std::size_t source : prepared.sources) {
    const int code = bind_value(prepared.handle.get(), ++position, values[source]);
    if (code != SQLITE_OK) return sqlite_error(code, database_.get());
  }
  return Done{};
}

Answer<Rows> SqliteSession::collect(sqlite3_stmt* handle) {
  Rows rows;
  int code = sqlite3_step(handle);
  // The first step may compile the statement again, so its columns are known only afterwards.
  if (code == SQLITE_ROW || code == SQLITE_DONE) rows.columns = column_names(handle);
  while (code == SQLITE_ROW) {
    rows.rows.push_back(current_row(handle));
    code = sqlite3_step(handle);
  }
  if (code != SQLITE_DONE) return sqlite_error(code, database_.get());
  return rows;
}

}  // namespace splitproof::sim
