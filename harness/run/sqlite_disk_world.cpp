#include "harness/run/sqlite_disk_world.h"

#include <fmt/format.h>

#include "harness/run/sqlite_tables.h"
#include "sim/disk/memory_faults.h"
#include "sim/disk/power_loss.h"
#include "sim/sql/sqlite/sqlite_engine.h"

namespace splitproof::harness {

namespace {

// The first row of an answer, as one line; empty where there is none.
std::string first_row(const sim::Rows& rows) {
  std::string text;
  if (rows.rows.empty()) return text;
  for (const sim::Value& value : rows.rows.front()) {
    text += (text.empty() ? "" : " ") + sim::to_string(value);
  }
  return text;
}

// Cuts the power before a change that a recovery makes.
class CutInRecovery final : public sim::DiskGate {
 public:
  // Both are borrowed.
  CutInRecovery(sim::Disk& disk, const CutPower::Again& again) : disk_(disk), again_(again) {}

  sim::DiskVerdict judge(const sim::DiskOperation& operation) override {
    if (left_ || !sim::changes_disk(operation.act) || ++changes_ != again_.change) return {};
    left_ = what_is_left(disk_, again_.survivors);
    return {sim::DiskVerdict::Kind::fail, sim::disk_code::io, 0};
  }
  void done(const sim::DiskOperation&, sim::DiskCode) override {
    if (left_) disk_.cut_power();
  }
  const std::optional<sim::DiskImage>& left() const { return left_; }

 private:
  sim::Disk& disk_;
  const CutPower::Again& again_;
  int changes_ = 0;
  std::optional<sim::DiskImage> left_;
};

}  // namespace

SqliteDiskWorld::SqliteDiskWorld(const StorageSetting& setting)
    : SqliteDiskWorld(setting, sim::persona_named(setting.persona).value()) {}

SqliteDiskWorld::SqliteDiskWorld(const StorageSetting& setting, const sim::Persona& disk)
    : setting_(setting),
      clock_(sqlite_start_of_time()),
      disk_(disk),
      watch_(disk_),
      database_(disk_, clock_, {.journal = setting.journal, .synchronous = setting.synchronous}),
      copy_(disk_.persona()),
      copied_(copy_, clock_, {}) {}

sim::Status SqliteDiskWorld::fill(const std::function<sim::Status(sim::Engine&)>& fill) {
  const sim::Status filled = fill(database_);
  if (!filled.ok()) return filled;
  // It is there for long, so that all of it is durable.
  disk_.restore(disk_.state().seen());
  image_ = disk_.state();
  return sim::Done{};
}

sim::Status SqliteDiskWorld::reset(const Shift& shift) {
  disk_.set_gate(nullptr);
  watch_.report_to(nullptr);
  static_cast<void>(watch_.take_what_is_left());
  static_cast<void>(watch_.take_has_lost());
  clock_ = sim::ManualClock(sqlite_start_of_time() + shift.clock);
  disk_.restore(image_);
  database_.reseed(shift.seed);
  if (shift.sequences != 0) {
    const sim::Status shifted = shift_sequences(shift.sequences);
    if (!shifted.ok()) return shifted;
  }
  disk_.set_gate(&watch_);
  return sim::Done{};
}

sim::Status SqliteDiskWorld::shift_sequences(std::int64_t by) {
  {
    sim::Answer<std::unique_ptr<sim::Session>> session = database_.look();
    if (!session.ok()) return session.error();
    const sim::Status shifted = shift_sqlite_sequences(*session.value(), by);
    if (!shifted.ok()) return shifted;
  }
  disk_.restore(disk_.state().seen());
  return sim::Done{};
}

template <class Look>
auto SqliteDiskWorld::looked_at(const sim::DiskImage& image, Look look)
    -> decltype(look(std::declval<sim::Session&>())) {
  const sim::MemoryScope plenty(nullptr);
  copy_.restore(image);
  sim::Answer<std::unique_ptr<sim::Session>> session = copied_.look();
  if (!session.ok()) return session.error();
  return look(*session.value());
}

sim::Answer<Shape> SqliteDiskWorld::shape() {
  return looked_at(disk_.state().seen(),
                   [](sim::Session& session) { return sqlite_shape(session); });
}

sim::Answer<State> SqliteDiskWorld::read() {
  return looked_at(disk_.state().seen(),
                   [](sim::Session& session) { return sqlite_state(session); });
}

sim::Answer<sim::Rows> SqliteDiskWorld::query(const sim::Statement& statement) {
  return looked_at(disk_.state().seen(),
                   [&](sim::Session& session) { return session.execute(statement); });
}

sim::Error SqliteDiskWorld::raise(sim::Session& session, const sim::Statement&,
                                  const RaiseError& fault, const TransactionState&) {
  return raise_on_sqlite(session, fault);
}

std::vector<std::string> SqliteDiskWorld::held_by(sim::Session& session) {
  return held_on_sqlite(session);
}

std::string SqliteDiskWorld::version() const { return sim::sqlite_version(); }

std::string SqliteDiskWorld::turn_on_again() {
  const std::optional<sim::DiskImage> left = watch_.take_what_is_left();
  if (!left) {
    const sim::PowerLoss loss(disk_.state(), disk_.persona());
    put(loss.image({std::vector<bool>(loss.items(), false), std::nullopt}));
    return "";
  }
  put(*left);
  for (const CutPower::Again& again : watch_.last_cut().again) {
    CutInRecovery cut(disk_, again);
    recover(cut);
    if (!cut.left()) {
      return fmt::format(
          "found '{}' for what the recovery leaves when the power fails again; "
          "expected a change that it makes, and one of the sets that are possible",
          to_string(watch_.last_cut()));
    }
    put(*cut.left());
  }
  return "";
}

void SqliteDiskWorld::recover(sim::DiskGate& gate) {
  disk_.set_gate(&gate);
  if (const auto session = database_.look(); session.ok()) {
    // Whoever reads first recovers.
    static_cast<void>(session.value()->execute("SELECT count(*) FROM sqlite_schema").ok());
  }
  disk_.set_gate(&watch_);
}

bool SqliteDiskWorld::shows_what_is_committed() const {
  return setting_.journal != sim::JournalMode::memory && setting_.journal != sim::JournalMode::off;
}

void SqliteDiskWorld::put(const sim::DiskImage& image) { disk_.restore(image); }

std::string SqliteDiskWorld::damage() { return find(disk_.state().seen()).damage; }

SqliteDiskWorld::Found SqliteDiskWorld::find(const sim::DiskImage& image) {
  auto found = looked_at(image, [](sim::Session& session) -> sim::Answer<Found> {
    for (const char* const check : {"integrity_check", "foreign_key_check"}) {
      const sim::Answer<sim::Rows> checked = session.execute(fmt::format("PRAGMA {}", check));
      if (!checked.ok()) return checked.error();
      const std::string words = first_row(checked.value());
      if (!words.empty() && words != "ok")
        return Found{fmt::format("{} says: {}", check, words), {}};
    }
    sim::Answer<State> state = sqlite_state(session);
    if (!state.ok()) return state.error();
    return Found{"", std::move(state).value()};
  });
  if (found.ok()) return std::move(found).value();
  return {fmt::format("the database cannot be read: {} ({})", found.error().message,
                      found.error().native_code),
          {}};
}

}  // namespace splitproof::harness
