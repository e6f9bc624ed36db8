#include "harness/run/sqlite_tables.h"

#include <chrono>
#include <map>

#include "sim/sql/quoted_name.h"

namespace splitproof::harness {

namespace {

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
  std::map<std::int64_t, std::string> key;  // By its place in the key.
  for (const sim::Row& row : info.rows) {   // cid, name, type, notnull, dflt_value, pk, hidden
    const std::string name = text_of(row, 1);
    const std::string hidden = text_of(row, 6);
    if (hidden == "1") continue;  // A virtual table's, which SELECT * does not show.
    shape.columns.push_back(name);
    if (hidden != "0") shape.computed.insert(name);
    if (text_of(row, 4).starts_with("CURRENT_")) shape.clocks.insert(name);
    const std::int64_t place = std::get<std::int64_t>(row[5]);
    if (place == 0) continue;
    key.emplace(place, name);
    if (text_of(row, 2) == "INTEGER") integer_keys.push_back(name);
  }
  // A single INTEGER PRIMARY KEY is the rowid, which SQLite generates.
  if (key.size() == 1) shape.generated.insert(integer_keys.begin(), integer_keys.end());
  for (auto& [place, name] : key) shape.key.push_back(std::move(name));
  for (const sim::Row& row : keys.rows) {
    shape.foreign_keys.push_back({text_of(row, 0), text_of(row, 1), text_of(row, 2)});
  }
  return shape;
}

}  // namespace

sim::Instant sqlite_start_of_time() {
  // Any fixed instant would do.
  return std::chrono::sys_days{std::chrono::year{2025} / std::chrono::October / 1};
}

sim::Answer<std::vector<std::string>> sqlite_table_names(sim::Session& session) {
  sim::Answer<sim::Rows> rows = session.execute(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
      "ESCAPE '\\' ORDER BY name");
  if (!rows.ok()) return rows.error();
  std::vector<std::string> names;
  for (const sim::Row& row : rows.value().rows) names.push_back(text_of(row, 0));
  return names;
}

sim::Answer<Shape> sqlite_shape(sim::Session& session) {
  sim::Answer<std::vector<std::string>> names = sqlite_table_names(session);
  if (!names.ok()) return names.error();
  Shape shape;
  for (const std::string& name : names.value()) {
    const sim::Answer<sim::Rows> info =
        session.execute("PRAGMA table_xinfo(" + sim::quoted_name(name) + ")");
    if (!info.ok()) return info.error();
    const sim::Answer<sim::Rows> keys = session.execute({foreign_keys, {name}});
    if (!keys.ok()) return keys.error();
    shape.emplace(name, shape_from(info.value(), keys.value()));
  }
  return shape;
}

sim::Answer<std::shared_ptr<const Table>> sqlite_content(sim::Session& session,
                                                         const std::string& table) {
  sim::Answer<sim::Rows> rows = session.execute("SELECT * FROM " + sim::quoted_name(table));
  if (!rows.ok()) return rows.error();
  sim::Rows all = std::move(rows).value();
  return std::make_shared<const Table>(Table{std::move(all.columns), std::move(all.rows)});
}

sim::Answer<State> sqlite_state(sim::Session& session) {
  const sim::Answer<std::vector<std::string>> names = sqlite_table_names(session);
  if (!names.ok()) return names.error();
  State state;
  for (const std::string& name : names.value()) {
    sim::Answer<std::shared_ptr<const Table>> table = sqlite_content(session, name);
    if (!table.ok()) return table.error();
    state.emplace(name, std::move(table).value());
  }
  return state;
}

sim::Status shift_sqlite_sequences(sim::Session& session, std::int64_t by) {
  sim::Answer<sim::Rows> tables = session.execute(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND upper(sql) LIKE '%AUTOINCREMENT%'");
  if (!tables.ok()) return tables.error();
  for (const sim::Row& row : tables.value().rows) {
    const sim::Answer<sim::Rows> moved = session.execute(
        {"UPDATE sqlite_sequence SET seq = seq + $1 WHERE name = $2", {by, row[0]}});
    if (!moved.ok()) return moved.error();
    const sim::Answer<sim::Rows> begun =
        session.execute({"INSERT INTO sqlite_sequence (name, seq) SELECT $2, $1 WHERE NOT EXISTS "
                         "(SELECT 1 FROM sqlite_sequence WHERE name = $2)",
                         {by, row[0]}});
    if (!begun.ok()) return begun.error();
  }
  return sim::Done{};
}

sim::Error raise_on_sqlite(sim::Session& session, const RaiseError& fault) {
  if (fault.rolls_back) {
    const sim::Answer<sim::Rows> rolled_back = session.execute("ROLLBACK");
    if (!rolled_back.ok()) return rolled_back.error();
  }
  return {sim::kind_of_code(fault.code), fault.code, planned_message(fault)};
}

std::vector<std::string> held_on_sqlite(sim::Session& session) {
  // A transaction cannot be begun inside another one; that is the cheapest question.
  if (!session.execute("BEGIN").ok()) {
    static_cast<void>(session.execute("ROLLBACK").ok());
    return {"a transaction is open"};
  }
  static_cast<void>(session.execute("ROLLBACK").ok());
  return {};
}

}  // namespace splitproof::harness
