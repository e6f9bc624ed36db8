#include "harness/run/postgres_disk_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "sim/process/deadline.h"

namespace splitproof::harness {

namespace {

constexpr std::chrono::seconds server_idle_time{60};
constexpr const char* check_schema = "splitproof_check";

// The tables under test, the rows that are stored apart for them, and their indexes.
std::string relations_to_check() {
  return fmt::format(
      "WITH tables AS (SELECT c.oid, c.relname, c.reltoastrelid {} AND c.relkind = 'r'), heaps AS "
      "(SELECT oid, relname FROM tables UNION ALL SELECT t.reltoastrelid, 'toast of ' || t.relname "
      "FROM tables t WHERE t.reltoastrelid <> 0)",
      postgres_user_tables);
}

// Each row is something that is wrong.
std::string heap_check() {
  return fmt::format(
      "{} SELECT relname || ', block ' || blkno || ': ' || msg FROM heaps, LATERAL "
      "{}.verify_heapam(oid) ORDER BY 1",
      relations_to_check(), check_schema);
}

// What is wrong is an error.
std::string index_check() {
  return fmt::format(
      "{} SELECT {}.bt_index_check(i.indexrelid, true) FROM heaps JOIN pg_index i ON i.indrelid = "
      "heaps.oid JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam WHERE "
      "m.amname = 'btree' AND i.indisvalid",
      relations_to_check(), check_schema);
}

// The first line that says why; a log says more than that.
std::string reason_in(const std::string& message) {
  for (const char* const word : {"PANIC:  ", "FATAL:  "}) {
    const std::size_t at = message.find(word);
    if (at != std::string::npos) return message.substr(at, message.find('\n', at) - at);
  }
  return message;
}

}  // namespace

PostgresDiskWorld::PostgresDiskWorld(sim::PostgresServer& server, sim::Disk& disk,
                                     const std::string& database)
    : PostgresWorld(server.connection(), database),
      server_on_disk_(server),
      disk_(disk),
      watch_(disk) {
  leave_database();
  mind_power();
  const auto lock = server_on_disk_.hold_disk();
  disk_.set_gate(&watch_);
}

void PostgresDiskWorld::mind_power() {
  watch_.on_dark([this] { server_on_disk_.kill_at_once(); });
}

PostgresDiskWorld::~PostgresDiskWorld() {
  drop_sessions();
  // The server goes on to serve the next world's image.
  server_on_disk_.lose_power();
  disk_.set_gate(nullptr);
}

sim::Answer<std::unique_ptr<PostgresDiskWorld>> PostgresDiskWorld::create(
    sim::PostgresServer& server, sim::Disk& disk, const sim::ServerSettings& settings,
    const std::string& database) {
  std::unique_ptr<PostgresDiskWorld> world(new PostgresDiskWorld(server, disk, database));
  world->choose(settings);
  sim::Status opened = world->open(server.connection(), "");
  if (opened.ok()) opened = world->may_crash(server);
  if (!opened.ok()) return opened.error();
  return world;
}

sim::Status PostgresDiskWorld::fill(const std::function<sim::Status(sim::Engine&)>& fill) {
  const sim::Answer<sim::Rows> extended = query(
      fmt::format("CREATE SCHEMA {0}; CREATE EXTENSION amcheck WITH SCHEMA {0}", check_schema));
  if (!extended.ok()) return extended.error();
  sim::Status filled = PostgresWorld::fill(fill);
  if (!filled.ok()) return filled;
  drop_sessions();
  // A server that has stopped in good order has written everything; it is there for long, so that
  // all of it is durable.
  server_on_disk_.stop();
  server_on_disk_.lose_power();
  disk_.settle();
  image_ = disk_.state();
  return reset({});
}

template <class Content>
std::string PostgresDiskWorld::start_on(const Content& content) {
  drop_sessions();
  server_on_disk_.lose_power();
  watch_.forget();
  disk_.restore(content);
  const auto started = server_on_disk_.restart();
  if (!started.ok()) return "the server does not start: " + reason_in(started.error().message);
  const sim::Status opened = open_observer();
  return opened.ok() ? "" : "the server cannot be used: " + opened.error().message;
}

sim::Status PostgresDiskWorld::reset(const Shift& shift) {
  counting_ = false;
  was_dark_ = false;
  damage_.clear();
  const std::string why_not = start_on(image_);
  if (!why_not.empty()) return sim::Error{sim::ErrorKind::connection_lost, "", why_not};
  const sim::Status idle = wait_for_idle();
  if (!idle.ok()) return idle;
  if (shift.sequences == 0) {
    set_clock(shift);
    return sim::Done{};
  }
  return PostgresWorld::reset(shift);
}

// A server accepts connections before its own processes have come to rest; the writer of the log
// writes once when it begins, which would be at another moment in each run.
sim::Status PostgresDiskWorld::wait_for_idle() {
  constexpr std::string_view ask =
      "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Activity' AND "
      "backend_type IN ('checkpointer', 'background writer', 'walwriter')";
  for (const sim::Deadline deadline(server_idle_time); !deadline.passed();) {
    const sim::Answer<sim::Rows> answer = query(std::string(ask));
    if (!answer.ok()) return answer.error();
    if (sim::to_string(answer.value().rows.front().front()) == "3") return sim::Done{};
  }
  return sim::Error{sim::ErrorKind::io, "", "the server's own processes do not come to rest"};
}

void PostgresDiskWorld::let_lie(sim::DiskGate& liar) {
  const auto lock = server_on_disk_.hold_disk();
  watch_.stand_before(&liar);
}

void PostgresDiskWorld::on_change(PowerWatch::Look look) {
  const auto lock = server_on_disk_.hold_disk();
  watch_.on_change(std::move(look));
}

void PostgresDiskWorld::begin(const Plan& plan) {
  std::optional<PlannedCut> cut;
  again_.clear();
  for (const Strike& strike : plan.strikes) {
    const auto* const power = std::get_if<CutPower>(&strike.fault);
    if (power == nullptr || strike.client != disk_client) continue;
    cut = PlannedCut{strike.statement, *power};
    again_ = power->again;
  }
  const auto lock = server_on_disk_.hold_disk();
  // What the start has left is durable, too.
  disk_.settle();
  watch_.begin(std::move(cut));
  counting_ = true;
}

void PostgresDiskWorld::rest() {
  // Where the power fails meanwhile nobody answers.
  if (counting_ && has_power()) static_cast<void>(query("CHECKPOINT").ok());
}

void PostgresDiskWorld::end() {
  const auto lock = server_on_disk_.hold_disk();
  watch_.end();
  counting_ = false;
}

void PostgresDiskWorld::show(Director& director) const {
  director.pass_on_disk(watch_.point() - 1);
  const auto what = sim::Statement::of_kind(sim::StatementKind::write, watch_.what());
  const FaultPoint point = director.arrive_on_disk(what, std::nullopt);
  const Fault* const fault = director.strike(point);
  director.record(&point, disk_client, 0, what, fault, {"not done: the power failed", "", ""});
}

std::string PostgresDiskWorld::turn_on_again() {
  std::string failure = watch_.failure();
  std::optional<sim::DiskImage> left = watch_.what_is_left();
  counting_ = false;
  was_dark_ = true;
  if (!failure.empty()) return failure;
  for (const CutPower::Again& again : again_) {
    recover(left.value(), PlannedCut{again.change, {again.survivors, {}}});
    left = watch_.what_is_left();
    if (!left) {
      return fmt::format(
          "found a power that fails again before change {} of the recovery; expected a change that "
          "it makes, and one of the sets that are possible there",
          again.change);
    }
  }
  damage_ = start_on(left.value());
  if (damage_.empty()) damage_ = check();
  return "";
}

std::string PostgresDiskWorld::check() {
  const sim::Answer<sim::Rows> heaps = query(heap_check());
  if (!heaps.ok()) return "amcheck cannot read the tables: " + heaps.error().message;
  if (!heaps.value().rows.empty()) {
    return "amcheck says: " + sim::to_string(heaps.value().rows.front().front());
  }
  const sim::Answer<sim::Rows> indexes = query(index_check());
  return indexes.ok() ? "" : "amcheck says: " + indexes.error().message;
}

// Nothing but the disk tells the server that the power has failed: its processes end by themselves
// when each call fails, and whatever is left is killed before the next start.
void PostgresDiskWorld::recover(const sim::DiskImage& image, std::optional<PlannedCut> cut) {
  drop_sessions();
  server_on_disk_.lose_power();
  disk_.restore(image);
  watch_.on_dark({});
  watch_.begin(std::move(cut));
  static_cast<void>(server_on_disk_.restart().ok());
  server_on_disk_.lose_power();
  watch_.stop();
  mind_power();
}

PostgresDiskWorld::Found PostgresDiskWorld::find(const sim::DiskImage& image) {
  counting_ = false;
  damage_ = start_on(image);
  if (damage_.empty()) damage_ = check();
  if (!damage_.empty()) return {damage_, {}};
  sim::Answer<State> state = read();
  if (!state.ok()) return {"the tables cannot be read: " + state.error().message, {}};
  return {"", std::move(state).value()};
}

sim::Answer<State> PostgresDiskWorld::read() { return read_all(); }

}  // namespace splitproof::harness
