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

using sim::TransactionUse;

Footprint file_and_writer() {
  Footprint touched;
  touched.write("file");
  touched.write("writer");
  return touched;
}

bool may_write(const World::Answered& answered) {
  return !answered.ok || answered.statement.kind() == sim::StatementKind::write;
}

// A transaction keeps the snapshot of its first statement, so that what it reads later touches
// nothing. Whether it may become the writer depends on what was committed since; what the writer
// writes nobody sees before it commits.
Footprint touched_in_log(const World::Answered& answered, TransactionUse before,
                         TransactionUse after) {
  Footprint touched;
  const bool ends = after == TransactionUse::nothing;
  if (!answered.ok || (ends && (before == TransactionUse::writes || may_write(answered)))) {
    return file_and_writer();
  }
  if (before == TransactionUse::writes) return touched;
  if (after == TransactionUse::writes) {
    touched.read("file");
    touched.write("writer");
  } else if (before == TransactionUse::nothing &&
             answered.statement.kind() != sim::StatementKind::begin) {
    touched.read("file");
  }
  return touched;
}

// Whoever reads sees at once what others write.
Footprint touched_in_cache(const World::Answered& answered, TransactionUse before,
                           TransactionUse after) {
  Footprint touched;
  const bool writes = before == TransactionUse::writes || after == TransactionUse::writes;
  if (writes || may_write(answered)) return file_and_writer();
  const bool begins = answered.statement.kind() == sim::StatementKind::begin;
  if (!begins || after != TransactionUse::nothing) touched.read("file");
  return touched;
}

sim::Error broken(const std::string& path, const char* what) {
  return {sim::ErrorKind::io, "", fmt::format("the database file {} cannot be {}", path, what)};
}

}  // namespace

SqliteFileWorld::SqliteFileWorld(sim::ServerFolder folder, SqliteSharing sharing)
    : folder_(std::move(folder)),
      sharing_(sharing),
      path_(folder_.path() + "/database"),
      clock_(sqlite_start_of_time()),
      engine_(path_, {.clock = &clock_}),
      clients_(path_, {.clock = &clock_, .shared_cache = sharing == SqliteSharing::shared_cache}) {}

sim::Status SqliteFileWorld::observe() {
  if (observer_ != nullptr) return sim::Done{};
  sim::Answer<std::unique_ptr<sim::Session>> session = engine_.connect();
  if (!session.ok()) return session.error();
  observer_ = std::move(session).value();
  return sim::Done{};
}

sim::Status SqliteFileWorld::fill(const std::function<sim::Status(sim::Engine&)>& fill) {
  observer_.reset();
  if (sharing_ == SqliteSharing::write_ahead_log) {
    // The file remembers it.
    const sim::Answer<sim::Rows> set = query("PRAGMA journal_mode = WAL");
    if (!set.ok()) return set.error();
    observer_.reset();
  }
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
  uses_.clear();
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
  const sim::Status shifted = shift_sqlite_sequences(*observer_, shift.sequences);
  if (stays_unnoticed_) observer_.reset();
  return shifted;
}

template <class Look>
auto SqliteFileWorld::looked_at(Look look) -> decltype(look()) {
  const sim::Status ready = observe();
  if (!ready.ok()) return ready.error();
  auto seen = look();
  if (stays_unnoticed_) observer_.reset();
  return seen;
}

sim::Answer<Shape> SqliteFileWorld::shape() {
  return looked_at([&] { return sqlite_shape(*observer_); });
}

sim::Answer<State> SqliteFileWorld::read() {
  return looked_at([&] { return sqlite_state(*observer_); });
}

sim::Answer<sim::Rows> SqliteFileWorld::query(const sim::Statement& statement) {
  return looked_at([&] { return observer_->execute(statement); });
}

sim::Answer<std::unique_ptr<sim::Session>> SqliteFileWorld::lend() {
  sim::Answer<std::unique_ptr<sim::Session>> session = clients_.connect();
  if (!session.ok() || sharing_ != SqliteSharing::shared_cache) return session;
  const sim::Answer<sim::Rows> set = session.value()->execute("PRAGMA read_uncommitted = 1");
  if (!set.ok()) return set.error();
  return session;
}

void SqliteFileWorld::take_back(std::unique_ptr<sim::Session> session, bool) {
  uses_.erase(session.get());
}

sim::Status SqliteFileWorld::cut(std::unique_ptr<sim::Session> session) {
  uses_.erase(session.get());
  return sim::Done{};
}

sim::Error SqliteFileWorld::raise(sim::Session& session, const sim::Statement&,
                                  const RaiseError& fault, const TransactionState&) {
  return raise_on_sqlite(session, fault);
}

std::vector<std::string> SqliteFileWorld::held_by(sim::Session& session) {
  return held_on_sqlite(session);
}

void SqliteFileWorld::wait_by(sim::Session& session, std::function<bool()> yield) {
  sim::SqliteEngine::on_busy(session, std::move(yield));
}

sim::Answer<std::optional<Wait>> SqliteFileWorld::waits(sim::Session& session,
                                                        const std::vector<sim::Session*>& others) {
  if (sharing_ == SqliteSharing::rollback_journal) return World::waits(session, others);
  const bool shared = sharing_ == SqliteSharing::shared_cache;
  if (shared && !sim::SqliteEngine::is_blocked(session)) return std::optional<Wait>();
  Wait wait;
  for (sim::Session* const other : others) {
    const TransactionUse use = sim::SqliteEngine::use_of(*other);
    if (use == TransactionUse::writes || (shared && use == TransactionUse::reads)) {
      wait.holders.push_back(other);
    }
  }
  if (!shared && wait.holders.empty()) return std::optional<Wait>();
  return std::optional<Wait>(std::move(wait));
}

sim::Answer<Footprint> SqliteFileWorld::touched(sim::Session& session, const Answered& answered) {
  if (sharing_ == SqliteSharing::rollback_journal) return World::touched(session, answered);
  const sim::TransactionUse before = uses_[&session];
  const sim::TransactionUse after = sim::SqliteEngine::use_of(session);
  uses_[&session] = after;
  if (sharing_ == SqliteSharing::write_ahead_log) return touched_in_log(answered, before, after);
  return touched_in_cache(answered, before, after);
}

}  // namespace splitproof::harness
