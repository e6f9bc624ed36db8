#include "harness/run/sqlite_world.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/sql/sqlite/sqlite_engine.h"

namespace splitproof::harness {

namespace {

// Where the clock of every run begins; any fixed instant would do.
constexpr sim::Instant start_of_time{
    std::chrono::sys_days{std::chrono::year{2025} / std::chrono::October / 1}};

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

// The foreign keys of table $1: column, table referred to, column referred to. The pragma gives the
// last two as the author wrote them, in any case; no column means the primary key.
constexpr const char* foreign_keys =
    "SELECT k.\"from\", (SELECT name FROM sqlite_schema WHERE type = 'table' AND "
    "name = k.\"table\" COLLATE NOCASE), (SELECT name FROM pragma_table_info(k.\"table\") WHERE "
    "CASE WHEN k.\"to\" IS NULL THEN pk = k.seq + 1 ELSE name = k.\"to\" COLLATE NOCASE END) "
    "FROM pragma_foreign_key_list($1) AS k ORDER BY k.id, k.seq";

std::string text_of(const sim::Row& row, std::size_t column) { return sim::to_string(row[column]); }

TableShape shape_from(const sim::Rows& info, const sim::Rows& keys) {
  TableShape shape;
  std::vector<std::string> integer_keys;
  std::size_t key_columns = 0;
  for (const sim::Row& row : info.rows) {  // cid, name, type, notnull, dflt_value, pk
    const std::string name = text_of(row, 1);
    shape.columns.push_back(name);
    if (text_of(row, 4).starts_with("CURRENT_")) shape.clocks.insert(name);
    if (text_of(row, 5) == "0") continue;
    ++key_columns;
    if (text_of(row, 2) == "INTEGER") integer_keys.push_back(name);
  }
  // A single INTEGER PRIMARY KEY is the rowid, which SQLite generates.
  if (key_columns == 1) shape.generated.insert(integer_keys.begin(), integer_keys.end());
  for (const sim::Row& row : keys.rows) {
    shape.foreign_keys.push_back({text_of(row, 0), text_of(row, 1), text_of(row, 2)});
  }
  return shape;
}

}  // namespace

SqliteWorld::SqliteWorld() : clock_(start_of_time), memory_(clock_) {}

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
  clock_ = sim::ManualClock(start_of_time + shift.clock);
  sim::Status restored = memory_.restore(shift.seed);
  if (!restored.ok() || shift.sequences == 0) return restored;
  return shift_sequences(shift.sequences);
}

sim::Status SqliteWorld::shift_sequences(std::int64_t by) {
  sim::Answer<sim::Rows> tables = query(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND upper(sql) LIKE '%AUTOINCREMENT%'");
  if (!tables.ok()) return tables.error();
  for (const sim::Row& row : tables.value().rows) {
    const sim::Answer<sim::Rows> moved =
        query({"UPDATE sqlite_sequence SET seq = seq + $1 WHERE name = $2", {by, row[0]}});
    if (!moved.ok()) return moved.error();
    const sim::Answer<sim::Rows> begun =
        query({"INSERT INTO sqlite_sequence (name, seq) SELECT $2, $1 WHERE NOT EXISTS "
               "(SELECT 1 FROM sqlite_sequence WHERE name = $2)",
               {by, row[0]}});
    if (!begun.ok()) return begun.error();
  }
  return sim::Done{};
}

sim::Answer<std::vector<std::string>> SqliteWorld::table_names() {
  sim::Answer<sim::Rows> rows = query(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
      "ESCAPE '\\' ORDER BY name");
  if (!rows.ok()) return rows.error();
  std::vector<std::string> names;
  for (const sim::Row& row : rows.value().rows) names.push_back(text_of(row, 0));
  return names;
}

sim::Answer<Shape> SqliteWorld::shape() {
  sim::Answer<std::vector<std::string>> names = table_names();
  if (!names.ok()) return names.error();
  Shape shape;
  for (const std::string& name : names.value()) {
    const sim::Answer<sim::Rows> info = query("PRAGMA table_info(" + quoted(name) + ")");
    if (!info.ok()) return info.error();
    const sim::Answer<sim::Rows> keys = query({foreign_keys, {name}});
    if (!keys.ok()) return keys.error();
    shape.emplace(name, shape_from(info.value(), keys.value()));
  }
  return shape;
}

sim::Answer<std::shared_ptr<const Table>> SqliteWorld::content(const std::string& table) {
  sim::Answer<sim::Rows> rows = query("SELECT * FROM " + quoted(table));
  if (!rows.ok()) return rows.error();
  sim::Rows all = std::move(rows).value();
  return std::make_shared<const Table>(Table{std::move(all.columns), std::move(all.rows)});
}

sim::Answer<State> SqliteWorld::read() {
  const sim::Answer<std::set<std::string>> unchanged = memory_.unchanged_tables();
  if (!unchanged.ok()) return unchanged.error();
  State state = image_;
  // Where any table is unchanged, so is the schema: the tables are those of the image.
  if (image_.empty() || unchanged.value().empty()) {
    const sim::Answer<std::vector<std::string>> names = table_names();
    if (!names.ok()) return names.error();
    state.clear();
    for (const std::string& name : names.value()) state.emplace(name, nullptr);
  }
  for (auto& [name, known] : state) {
    if (known != nullptr && unchanged.value().contains(name)) continue;
    sim::Answer<std::shared_ptr<const Table>> table = content(name);
    if (!table.ok()) return table.error();
    known = std::move(table).value();
  }
  return state;
}

sim::Answer<sim::Rows> SqliteWorld::query(const sim::Statement& statement) {
  const sim::Status ready = observe();
  if (!ready.ok()) return ready.error();
  return observer_->execute(statement);
}

sim::Answer<std::unique_ptr<sim::Session>> SqliteWorld::lend() {
  if (idle_.empty()) return memory_.connect();
  std::unique_ptr<sim::Session> session = std::move(idle_.back());
  idle_.pop_back();
  return session;
}

void SqliteWorld::take_back(std::unique_ptr<sim::Session> session, bool untouched) {
  if (untouched) idle_.push_back(std::move(session));
}

sim::Status SqliteWorld::cut(std::unique_ptr<sim::Session> session) {
  session.reset();
  return sim::Done{};
}

sim::Error SqliteWorld::raise(sim::Session& session, const sim::Statement&, const RaiseError& fault,
                              const TransactionState&) {
  if (fault.rolls_back) {
    const sim::Answer<sim::Rows> rolled_back = session.execute("ROLLBACK");
    if (!rolled_back.ok()) return rolled_back.error();
  }
  return {sim::kind_of_code(fault.code), fault.code, planned_message(fault)};
}

std::vector<std::string> SqliteWorld::held_by(sim::Session& session) {
  // A transaction cannot be begun inside another one; that is the cheapest question.
  if (!session.execute("BEGIN").ok()) {
    static_cast<void>(session.execute("ROLLBACK").ok());
    return {"a transaction is open"};
  }
  static_cast<void>(session.execute("ROLLBACK").ok());
  return {};
}

std::string SqliteWorld::version() const { return sim::sqlite_version(); }

}  // namespace splitproof::harness
