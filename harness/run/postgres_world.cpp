#include "harness/run/postgres_world.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/sql/postgres/postgres_engine.h"

namespace splitproof::harness {

namespace {

constexpr sim::Instant start_of_time{
    std::chrono::sys_days{std::chrono::year{2025} / std::chrono::October / 1}};

// Restoring leaves dead rows behind; they are cleared every so many resets.
constexpr int vacuum_every_resets = 64;

constexpr std::string_view user_tables =
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') "
    "AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', "
    "'splitproof_image') AND n.nspname NOT LIKE 'pg\\_%'";

std::string text_of(const sim::Row& row, std::size_t column) { return sim::to_string(row[column]); }

// A connection string or URL, led to another database of the same server.
std::string to_database(const std::string& connection, const std::string& database) {
  if (connection.find("://") == std::string::npos) {
    return fmt::format("{} dbname={}", connection, database);
  }
  return fmt::format("{}{}dbname={}", connection,
                     connection.find('?') == std::string::npos ? '?' : '&', database);
}

sim::Status run(sim::Session& session, const std::string& sql) {
  const sim::Answer<sim::Rows> answer = session.execute(sql);
  if (!answer.ok()) return answer.error();
  return sim::Done{};
}

}  // namespace

PostgresWorld::PostgresWorld(std::string admin, std::string database)
    : admin_(std::move(admin)), database_(std::move(database)), clock_(start_of_time) {}

sim::Answer<std::unique_ptr<PostgresWorld>> PostgresWorld::create(const std::string& connection,
                                                                  const std::string& database) {
  std::unique_ptr<PostgresWorld> world(new PostgresWorld(connection, database));
  const sim::Status opened = world->open(connection);
  if (!opened.ok()) return opened.error();
  return world;
}

sim::Status PostgresWorld::open(const std::string& connection) {
  sim::PostgresEngine admin(connection);
  sim::Answer<std::unique_ptr<sim::Session>> session = admin.connect();
  if (!session.ok()) return session.error();
  sim::Status made = run(*session.value(), fmt::format("CREATE DATABASE {}", database_));
  if (!made.ok()) return made;
  const sim::Answer<sim::Rows> version = session.value()->execute("SHOW server_version");
  if (!version.ok()) return version.error();
  const std::string text = text_of(version.value().rows.at(0), 0);
  version_ = text.substr(0, text.find(' '));
  engine_ = std::make_unique<sim::PostgresEngine>(to_database(connection, database_));
  sim::Answer<std::unique_ptr<sim::Session>> observer = engine_->connect();
  if (!observer.ok()) return observer.error();
  observer_ = std::move(observer).value();
  return run(*observer_,
             "SET session_replication_role = replica; SET client_min_messages = error; "
             "SET synchronous_commit = off");
}

PostgresWorld::~PostgresWorld() {
  idle_.clear();
  observer_.reset();
  if (engine_ == nullptr) return;
  sim::PostgresEngine admin(admin_);
  const sim::Answer<std::unique_ptr<sim::Session>> session = admin.connect();
  if (!session.ok()) return;  // The server went first, and the database with it.
  static_cast<void>(
      run(*session.value(), fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", database_))
          .ok());
}

sim::Status PostgresWorld::fill(const std::function<sim::Status(sim::Engine&)>& fill) {
  for (const auto& step : {std::function<sim::Status()>([&] { return fill(*engine_); }),
                           std::function<sim::Status()>([&] { return list_tables(); }),
                           std::function<sim::Status()>([&] { return list_sequences(); }),
                           std::function<sim::Status()>([&] { return copy_tables(); })}) {
    sim::Status done = step();
    if (!done.ok()) return done;
  }
  return sim::Done{};
}

sim::Status PostgresWorld::list_tables() {
  tables_.clear();
  const sim::Answer<sim::Rows> rows = query(fmt::format(
      "SELECT n.nspname, c.relname, quote_ident(n.nspname) || '.' || quote_ident(c.relname), "
      "c.oid::bigint, (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM "
      "pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND "
      "a.attgenerated = '') {} ORDER BY n.nspname, c.relname",
      user_tables));
  if (!rows.ok()) return rows.error();
  fingerprint_query_ =
      fmt::format("SELECT (SELECT ROW(count(*), max(c.oid::bigint))::text {})", user_tables);
  for (const sim::Row& row : rows.value().rows) {
    TableCopy table;
    const std::string schema = text_of(row, 0);
    table.key = schema == "public" ? text_of(row, 1) : schema + "." + text_of(row, 1);
    table.name = text_of(row, 2);
    table.image = "splitproof_image.t" + text_of(row, 3);
    table.columns = text_of(row, 4);
    fingerprint_query_ +=
        fmt::format(", (SELECT ROW(count(*), max(xmin::text::bigint))::text FROM {})", table.name);
    tables_.push_back(std::move(table));
  }
  return sim::Done{};
}

sim::Status PostgresWorld::list_sequences() {
  sequences_.clear();
  const sim::Answer<sim::Rows> rows = query(
      "SELECT quote_literal(quote_ident(schemaname) || '.' || quote_ident(sequencename)), "
      "coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences "
      "ORDER BY schemaname, sequencename");
  if (!rows.ok()) return rows.error();
  for (const sim::Row& row : rows.value().rows) {
    sequences_.push_back({text_of(row, 0), std::get<std::int64_t>(row[1]), text_of(row, 2) == "t"});
  }
  return sim::Done{};
}

sim::Status PostgresWorld::copy_tables() {
  sim::Status made = run(*observer_, "CREATE SCHEMA splitproof_image");
  if (!made.ok()) return made;
  for (TableCopy& table : tables_) {
    sim::Status copied =
        run(*observer_, fmt::format("CREATE TABLE {} AS TABLE {}", table.image, table.name));
    if (!copied.ok()) return copied;
    sim::Answer<std::shared_ptr<const Table>> rows = content(table.name);
    if (!rows.ok()) return rows.error();
    table.content = std::move(rows).value();
  }
  const sim::Answer<sim::Rows> row = query(fingerprint_query_);
  if (!row.ok()) return row.error();
  catalogue_fingerprint_ = text_of(row.value().rows.at(0), 0);
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    tables_[i].fingerprint = text_of(row.value().rows.at(0), i + 1);
  }
  return run(*observer_, "ANALYZE");
}

sim::Answer<std::vector<std::string>> PostgresWorld::fingerprints() {
  const sim::Answer<sim::Rows> rows = query(fingerprint_query_);
  if (!rows.ok()) return rows.error();
  const sim::Row& row = rows.value().rows.at(0);
  if (text_of(row, 0) != catalogue_fingerprint_) {
    return sim::Error{sim::ErrorKind::invalid, "",
                      "tables were created or dropped during the run; the schema belongs into the "
                      "initial data of the scenario"};
  }
  std::vector<std::string> texts;
  for (std::size_t i = 1; i < row.size(); ++i) texts.push_back(text_of(row, i));
  return texts;
}

sim::Answer<std::shared_ptr<const Table>> PostgresWorld::content(const std::string& name) {
  sim::Answer<sim::Rows> rows = query("SELECT * FROM " + name);
  if (!rows.ok()) return rows.error();
  sim::Rows all = std::move(rows).value();
  return std::make_shared<const Table>(Table{std::move(all.columns), std::move(all.rows)});
}

sim::Status PostgresWorld::reset(const Shift& shift) {
  clock_ = sim::ManualClock(start_of_time + shift.clock);
  const sim::Answer<std::vector<std::string>> now = fingerprints();
  if (!now.ok()) return now.error();
  std::string sql;
  std::vector<std::string> changed;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    if (now.value()[i] == tables_[i].fingerprint) continue;
    changed.push_back(tables_[i].name);
    sql += fmt::format(
        "DELETE FROM {0}; INSERT INTO {0} ({2}) OVERRIDING SYSTEM VALUE SELECT {2} FROM {1}; ",
        tables_[i].name, tables_[i].image, tables_[i].columns);
  }
  for (const Sequence& sequence : sequences_) {
    sql += fmt::format("SELECT setval({}, {}, {}); ", sequence.name,
                       sequence.value + shift.sequences, sequence.called);
  }
  if (!sql.empty()) {
    sim::Status restored = run(*observer_, sql);
    if (!restored.ok()) return restored;
  }
  if (changed.empty()) return sim::Done{};
  if (++resets_ % vacuum_every_resets == 0) {
    sim::Status vacuumed = vacuum(changed);
    if (!vacuumed.ok()) return vacuumed;
  }
  const sim::Answer<std::vector<std::string>> restored = fingerprints();
  if (!restored.ok()) return restored.error();
  for (std::size_t i = 0; i < tables_.size(); ++i) tables_[i].fingerprint = restored.value()[i];
  return sim::Done{};
}

sim::Status PostgresWorld::vacuum(const std::vector<std::string>& tables) {
  for (const std::string& table : tables) {
    sim::Status vacuumed = run(*observer_, "VACUUM " + table);
    if (!vacuumed.ok()) return vacuumed;
  }
  return sim::Done{};
}

sim::Answer<State> PostgresWorld::read() {
  const sim::Answer<std::vector<std::string>> now = fingerprints();
  if (!now.ok()) return now.error();
  State state;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    if (now.value()[i] == tables_[i].fingerprint) {
      state.emplace(tables_[i].key, tables_[i].content);
      continue;
    }
    sim::Answer<std::shared_ptr<const Table>> rows = content(tables_[i].name);
    if (!rows.ok()) return rows.error();
    state.emplace(tables_[i].key, std::move(rows).value());
  }
  return state;
}

sim::Answer<sim::Rows> PostgresWorld::query(const sim::Statement& statement) {
  return observer_->execute(statement);
}

}  // namespace splitproof::harness
