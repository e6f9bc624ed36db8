#include "harness/run/postgres_world.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/sql/postgres/postgres_engine.h"

namespace splitproof::harness {

namespace {

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
    : admin_(std::move(admin)),
      database_(std::move(database)),
      clock_(postgres_start_of_time),
      footprints_([this](const sim::Statement& statement) { return query(statement); }) {}

sim::Answer<std::unique_ptr<PostgresWorld>> PostgresWorld::create(const std::string& connection,
                                                                  const std::string& database,
                                                                  const std::string& tablespace) {
  std::unique_ptr<PostgresWorld> world(new PostgresWorld(connection, database));
  const sim::Status opened = world->open(connection, tablespace);
  if (!opened.ok()) return opened.error();
  return world;
}

sim::Status PostgresWorld::open(const std::string& connection, const std::string& tablespace) {
  has_small_disk_ = !tablespace.empty();
  sim::PostgresEngine admin(connection);
  sim::Answer<std::unique_ptr<sim::Session>> session = admin.connect();
  if (!session.ok()) return session.error();
  sim::Status made = run(
      *session.value(), fmt::format("CREATE DATABASE {}{}", database_,
                                    has_small_disk_ ? " TABLESPACE " + tablespace : std::string()));
  if (!made.ok()) return made;
  const sim::Answer<sim::Rows> version = session.value()->execute("SHOW server_version");
  if (!version.ok()) return version.error();
  const std::string text = text_of(version.value().rows.at(0), 0);
  version_ = text.substr(0, text.find(' '));
  engine_ = std::make_unique<sim::PostgresEngine>(address());
  return open_observer();
}

std::string PostgresWorld::address() const { return to_database(admin_, database_); }

PostgresWorld::~PostgresWorld() {
  idle_.clear();
  observer_.reset();
  if (engine_ == nullptr || !drops_database_) return;
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
  footprints_.forget_tables();
  const sim::Answer<sim::Rows> rows = query(fmt::format(
      "SELECT n.nspname, c.relname, quote_ident(n.nspname) || '.' || quote_ident(c.relname), "
      "c.oid::bigint, (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM "
      "pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND "
      "a.attgenerated = '') {} ORDER BY n.nspname, c.relname",
      postgres_user_tables));
  if (!rows.ok()) return rows.error();
  for (const sim::Row& row : rows.value().rows) {
    TableCopy table;
    const std::string schema = text_of(row, 0);
    table.key = schema == "public" ? text_of(row, 1) : schema + "." + text_of(row, 1);
    table.name = text_of(row, 2);
    table.image = "splitproof_image.t" + text_of(row, 3);
    table.columns = text_of(row, 4);
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

sim::Answer<std::shared_ptr<const Table>> PostgresWorld::content(const std::string& name,
                                                                 const std::string& before) {
  sim::Answer<sim::Rows> rows = query(before + "SELECT * FROM " + name);
  if (!rows.ok()) return rows.error();
  sim::Rows all = std::move(rows).value();
  return std::make_shared<const Table>(Table{std::move(all.columns), std::move(all.rows)});
}

sim::Answer<State> PostgresWorld::read() {
  const std::string at_once = "SET LOCAL lock_timeout = '1ms'; ";
  const sim::Answer<std::vector<std::string>> now = fingerprints(at_once);
  if (!now.ok()) return not_observable(now.error());
  State state;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    if (now.value()[i + 1] == tables_[i].fingerprint) {
      state.emplace(tables_[i].key, tables_[i].content);
      continue;
    }
    sim::Answer<std::shared_ptr<const Table>> rows = content(tables_[i].name, at_once);
    if (!rows.ok()) return not_observable(rows.error());
    state.emplace(tables_[i].key, std::move(rows).value());
  }
  return state;
}

sim::Answer<State> PostgresWorld::read_all() {
  State state;
  for (const TableCopy& table : tables_) {
    sim::Answer<std::shared_ptr<const Table>> rows = content(table.name);
    if (!rows.ok()) return rows.error();
    state.emplace(table.key, std::move(rows).value());
  }
  return state;
}

sim::Answer<sim::Rows> PostgresWorld::query(const sim::Statement& statement) {
  const std::lock_guard lock(asking_);
  if (observer_ == nullptr) {
    return sim::Error{sim::ErrorKind::connection_lost, "", "the server does not run"};
  }
  return observer_->execute(statement);
}

}  // namespace splitproof::harness
