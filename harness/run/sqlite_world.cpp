#include "harness/run/sqlite_world.h"

#include "harness/run/sqlite_tables.h"
#include "sim/disk/memory_faults.h"
#include "sim/sql/quoted_name.h"
#include "sim/sql/sqlite/sqlite_engine.h"

namespace splitproof::harness {

SqliteWorld::SqliteWorld() : clock_(sqlite_start_of_time()), memory_(clock_) {}

sim::Status SqliteWorld::observe() {
  if (observer_ != nullptr) return sim::Done{};
  sim::Answer<std::unique_ptr<sim::Session>> session = memory_.connect();
  if (!session.ok()) return session.error();
  observer_ = std::move(session).value();
  return sim::Done{};
}

sim::Status SqliteWorld::fill(const std::function<sim::Status(sim::Engine&)>& fill) {
  image_.clear();
  sim::Status filled = fill(memory_);
  if (filled.ok()) filled = memory_.save();
  if (!filled.ok()) return filled;
  sim::Answer<State> all = read();
  if (!all.ok()) return all.error();
  image_ = std::move(all).value();
  return sim::Done{};
}

sim::Status SqliteWorld::reset(const Shift& shift) {
  clock_ = sim::ManualClock(sqlite_start_of_time() + shift.clock);
  sim::Status restored = memory_.restore(shift.seed);
  if (!restored.ok() || shift.sequences == 0) return restored;
  const sim::Status ready = observe();
  if (!ready.ok()) return ready;
  return shift_sqlite_sequences(*observer_, shift.sequences);
}

sim::Answer<Shape> SqliteWorld::shape() {
  const sim::Status ready = observe();
  if (!ready.ok()) return ready.error();
  return sqlite_shape(*observer_);
}

sim::Answer<State> SqliteWorld::read() {
  const sim::MemoryScope plenty(nullptr);
  const sim::Status ready = observe();
  if (!ready.ok()) return ready.error();
  const sim::Answer<std::set<std::string>> unchanged = memory_.unchanged_tables();
  if (!unchanged.ok()) return unchanged.error();
  State state = image_;
  // Where any table is unchanged, so is the schema: the tables are those of the image.
  if (image_.empty() || unchanged.value().empty()) {
    const sim::Answer<std::vector<std::string>> names = sqlite_table_names(*observer_);
    if (!names.ok()) return names.error();
    state.clear();
    for (const std::string& name : names.value()) state.emplace(name, nullptr);
  }
  for (auto& [name, known] : state) {
    if (known != nullptr && unchanged.value().contains(name)) continue;
    sim::Answer<std::shared_ptr<const Table>> table = sqlite_content(*observer_, name);
    if (!table.ok()) return table.error();
    known = std::move(table).value();
  }
  return state;
}

sim::Answer<sim::Rows> SqliteWorld::query(const sim::Statement& statement) {
  const sim::MemoryScope plenty(nullptr);
  const sim::Status ready = observe();
  if (!ready.ok()) return ready.error();
  return observer_->execute(statement);
}

sim::Answer<std::unique_ptr<sim::Session>> SqliteWorld::lend() {
  sim::Answer<std::unique_ptr<sim::Session>> session = memory_.connect();
  if (session.ok()) sim::SqliteMemory::limit(*session.value(), statement_limit());
  return session;
}

void SqliteWorld::take_back(std::unique_ptr<sim::Session> session, bool untouched) {
  const sim::MemoryScope plenty(nullptr);
  memory_.close(std::move(session), !untouched);
}

sim::Status SqliteWorld::cut(std::unique_ptr<sim::Session> session) {
  const sim::MemoryScope plenty(nullptr);
  memory_.close(std::move(session), true);
  return sim::Done{};
}

sim::Status SqliteWorld::cut_untouched(std::unique_ptr<sim::Session> session) {
  const sim::MemoryScope plenty(nullptr);
  memory_.close(std::move(session), false);
  return sim::Done{};
}

sim::Error SqliteWorld::raise(sim::Session& session, const sim::Statement&, const RaiseError& fault,
                              const TransactionState&) {
  return raise_on_sqlite(session, fault);
}

std::vector<std::string> SqliteWorld::held_by(sim::Session& session) {
  return held_on_sqlite(session);
}

void SqliteWorld::wait_by(sim::Session& session, std::function<bool()> yield) {
  sim::SqliteMemory::on_busy(session, std::move(yield));
}

sim::Answer<std::optional<Wait>> SqliteWorld::waits(sim::Session& session,
                                                    const std::vector<sim::Session*>& others) {
  if (!sim::SqliteMemory::is_busy(session)) return std::optional<Wait>();
  Wait wait;
  for (sim::Session* const other : others) {
    if (sim::SqliteMemory::keeps_out(*other, session)) wait.holders.push_back(other);
  }
  return std::optional<Wait>(std::move(wait));
}

sim::Answer<Footprint> SqliteWorld::touched(sim::Session& session, const Answered&) {
  const sim::LockUse use = sim::SqliteMemory::take_lock_use(session);
  Footprint touched;
  if (use.shared) touched.read("file");
  if (use.exclusive) touched.write("file");
  if (use.reserved) touched.write("writer");
  return touched;
}

sim::Answer<std::unique_ptr<sim::Session>> SqliteWorld::open_snapshot() {
  return sim::Error{sim::ErrorKind::invalid, "",
                    "an open read would keep writers from committing in rollback-journal mode"};
}

sim::Answer<std::shared_ptr<const Table>> SqliteWorld::table(sim::Session& session,
                                                             const std::string& name) {
  return sqlite_content(session, name);
}

sim::Answer<State> SqliteWorld::view(sim::Session& session) { return sqlite_state(session); }

std::string SqliteWorld::in_sql(const std::string& table) const { return sim::quoted_name(table); }

sim::Status SqliteWorld::obey_rules(sim::Session& session, bool obey) {
  sim::SqliteMemory::obey_rules(session, obey);
  return sim::Done{};
}

std::string SqliteWorld::version() const { return sim::sqlite_version(); }

}  // namespace splitproof::harness
