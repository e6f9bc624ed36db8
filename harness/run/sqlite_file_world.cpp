#include "harness/run/sqlite_file_world.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/run/sqlite_tables.h"

namespace splitproof::harness {

namespace {

// What SQLite keeps beside a database.
constexpr const char* companions[] = {"-journal", "-wal", "-shm"};

sim::Error broken(const std::string& path, const char* what) {
  return {sim::ErrorKind::io, "", fmt::format("the database file {} cannot be {}", path, what)};
}

}  // namespace

SqliteFileWorld::SqliteFileWorld(sim::ServerFolder folder)
    : folder_(std::move(folder)),
      path_(folder_.path() + "/database"),
      clock_(sqlite_start_of_time()),
      engine_(path_, {.clock = &clock_}) {}

sim::Status SqliteFileWorld::observe() {
  if (observer_ != nullptr) return sim::Done{};
  sim::Answer<std::unique_ptr<sim::Session>> session = engine_.connect();
  if (!session.ok()) return session.error();
  observer_ = std::move(session).value();
  return sim::Done{};
}

sim::Status SqliteFileWorld::fill(const std::function<sim::Status(sim::Engine&)>& fill) {
  observer_.reset();
  const sim::Status filled = fill(engine_);
  if (!filled.ok()) return filled;
  const std::ifstream file(path_, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  // A database in which nothing was made has no file yet, or an empty one.
  if (!file && std::filesystem::exists(path_)) return broken(path_, "read");
  image_ = bytes.str();
  return sim::Done{};
}

sim::Status SqliteFileWorld::reset(const Shift& shift) {
  clock_ = sim::ManualClock(sqlite_start_of_time() + shift.clock);
  observer_.reset();
  std::error_code failure;
  for (const char* const companion : companions) {
    std::filesystem::remove(path_ + companion, failure);
    if (failure) return broken(path_ + companion, "removed");
  }
  std::ofstream file(path_, std::ios::binary | std::ios::trunc);
  file.write(image_.data(), static_cast<std::streamsize>(image_.size()));
  file.close();
  if (!file) return broken(path_, "written");
  if (shift.sequences == 0) return sim::Done{};
  const sim::Status ready = observe();
  if (!ready.ok()) return ready;
  return shift_sqlite_sequences(*observer_, shift.sequences);
}

sim::Answer<Shape> SqliteFileWorld::shape() {
  const sim::Status ready = observe();
  if (!ready.ok()) return ready.error();
  return sqlite_shape(*observer_);
}

sim::Answer<State> SqliteFileWorld::read() {
  const sim::Status ready = observe();
  if (!ready.ok()) return ready.error();
  const sim::Answer<std::vector<std::string>> names = sqlite_table_names(*observer_);
  if (!names.ok()) return names.error();
  State state;
  for (const std::string& name : names.value()) {
    sim::Answer<std::shared_ptr<const Table>> table = sqlite_content(*observer_, name);
    if (!table.ok()) return table.error();
    state.emplace(name, std::move(table).value());
  }
  return state;
}

sim::Answer<sim::Rows> SqliteFileWorld::query(const sim::Statement& statement) {
  const sim::Status ready = observe();
  if (!ready.ok()) return ready.error();
  return observer_->execute(statement);
}

void SqliteFileWorld::take_back(std::unique_ptr<sim::Session> session, bool) { session.reset(); }

sim::Status SqliteFileWorld::cut(std::unique_ptr<sim::Session> session) {
  session.reset();
  return sim::Done{};
}

sim::Error SqliteFileWorld::raise(sim::Session& session, const sim::Statement&,
                                  const RaiseError& fault, const TransactionState&) {
  return raise_on_sqlite(session, fault);
}

std::vector<std::string> SqliteFileWorld::held_by(sim::Session& session) {
  return held_on_sqlite(session);
}

}  // namespace splitproof::harness
