// The half of PostgresWorld that deals with clients' sessions and with the catalogue.
#include <fmt/format.h>

#include "harness/run/postgres_world.h"

namespace splitproof::harness {

namespace {

std::string text_of(const sim::Row& row, std::size_t column) { return sim::to_string(row[column]); }

}  // namespace

sim::Answer<std::unique_ptr<sim::Session>> PostgresWorld::lend() {
  if (!idle_.empty()) {
    std::unique_ptr<sim::Session> session = std::move(idle_.back());
    idle_.pop_back();
    return session;
  }
  sim::Answer<std::unique_ptr<sim::Session>> session = engine_->connect();
  if (!session.ok()) return session;
  const sim::Answer<sim::Rows> pid = session.value()->execute("SELECT pg_backend_pid()");
  if (!pid.ok()) return pid.error();
  backends_[session.value().get()] = std::get<std::int64_t>(pid.value().rows.at(0).at(0));
  return session;
}

sim::Status PostgresWorld::limit_statements(std::chrono::milliseconds limit) {
  const sim::Answer<sim::Rows> set = query(
      fmt::format("ALTER DATABASE {} SET statement_timeout = '{}ms'", database_, limit.count()));
  if (!set.ok()) return set.error();
  return World::limit_statements(limit);
}

void PostgresWorld::take_back(std::unique_ptr<sim::Session> session, bool untouched) {
  const bool hasty = hasty_.erase(session.get()) > 0;
  footprints_.forget(*session);
  if (has_lost(*session)) return;
  const char* const clean_up = untouched ? "RESET deadlock_timeout" : "DISCARD ALL";
  const bool clean = untouched && !hasty;
  if (clean || session->execute(clean_up).ok()) idle_.push_back(std::move(session));
}

sim::Status PostgresWorld::cut(std::unique_ptr<sim::Session> session) {
  const auto backend = backends_.find(session.get());
  if (backend == backends_.end()) return sim::Done{};
  const std::int64_t pid = backend->second;
  backends_.erase(backend);
  footprints_.forget(*session);
  hasty_.erase(session.get());
  session.reset();
  return wait_for_end_of(pid);
}

// A backend leaves the list of backends only after its transaction was rolled back and its locks
// were released; each question is a round trip, so that the loop does not spin.
sim::Status PostgresWorld::wait_for_end_of(std::int64_t backend) {
  constexpr int questions_max = 100000;
  for (int question = 0; question < questions_max; ++question) {
    const sim::Answer<sim::Rows> rows =
        query({"SELECT 1 FROM pg_stat_get_activity($1::int)", {backend}});
    if (!rows.ok()) return rows.error();
    if (rows.value().rows.empty()) return sim::Done{};
  }
  return sim::Error{
      sim::ErrorKind::invalid, "",
      fmt::format("the server keeps backend {} although its connection is closed", backend)};
}

sim::Error PostgresWorld::raise(sim::Session& session, const sim::Statement& statement,
                                const RaiseError& fault, const TransactionState&) {
  return raise_on_postgres(session, statement, fault);
}

sim::Error raise_on_postgres(sim::Session& session, const sim::Statement& statement,
                             const RaiseError& fault) {
  const sim::Answer<sim::Rows> answer = session.execute(
      fmt::format("DO $splitproof$BEGIN RAISE EXCEPTION USING ERRCODE = '{}', MESSAGE = '{}'; "
                  "END$splitproof$",
                  fault.code, planned_message(fault)));
  if (answer.ok()) {
    return {sim::ErrorKind::invalid, "", "the server did not raise the planned error"};
  }
  // A COMMIT that fails ends its transaction.
  if (statement.kind() == sim::StatementKind::commit) {
    const sim::Answer<sim::Rows> ended = session.execute("ROLLBACK");
    if (!ended.ok()) return ended.error();
  }
  return answer.error();
}

std::vector<std::string> PostgresWorld::held_by(sim::Session& session) {
  // In an idle session the transaction of a statement begins with the statement; in one that was
  // left open it began before.
  const sim::Answer<sim::Rows> rows = session.execute(
      "SELECT now() <> statement_timestamp(), (SELECT count(*) FROM pg_locks WHERE pid = "
      "pg_backend_pid() AND locktype = 'advisory')");
  if (!rows.ok()) {
    if (rows.error().kind == sim::ErrorKind::connection_lost) return {};
    static_cast<void>(session.execute("ROLLBACK").ok());
    return {"a failed transaction is open"};
  }
  std::vector<std::string> held;
  if (text_of(rows.value().rows.at(0), 0) == "t") {
    held.emplace_back("a transaction is open");
    static_cast<void>(session.execute("ROLLBACK").ok());
  }
  if (text_of(rows.value().rows.at(0), 1) != "0") {
    held.push_back(fmt::format("{} advisory locks are held", text_of(rows.value().rows.at(0), 1)));
    static_cast<void>(session.execute("SELECT pg_advisory_unlock_all()").ok());
  }
  return held;
}

sim::Answer<Shape> PostgresWorld::shape() {
  const sim::Answer<sim::Rows> columns = query(
      "SELECT table_schema, table_name, column_name, is_identity, coalesce(column_default, ''), "
      "is_generated "
      "FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', "
      "'information_schema', 'splitproof_image') ORDER BY table_schema, table_name, "
      "ordinal_position");
  if (!columns.ok()) return columns.error();
  const auto key_of = [](const sim::Row& row, std::size_t schema, std::size_t table) {
    const std::string name = text_of(row, schema);
    return name == "public" ? text_of(row, table) : name + "." + text_of(row, table);
  };
  Shape shape;
  for (const sim::Row& row : columns.value().rows) {
    TableShape& table = shape[key_of(row, 0, 1)];
    const std::string column = text_of(row, 2);
    const std::string by_default = text_of(row, 4);
    const auto has = [&](const char* word) { return by_default.find(word) != std::string::npos; };
    table.columns.push_back(column);
    if (text_of(row, 5) == "ALWAYS") table.computed.insert(column);
    if (text_of(row, 3) == "YES" || has("nextval(") || has("uuid")) table.generated.insert(column);
    if (has("now()") || has("CURRENT_") || has("_timestamp(") || has("LOCAL")) {
      table.clocks.insert(column);
    }
  }
  const sim::Answer<sim::Rows> keys = query(
      "SELECT n.nspname, c.relname, a.attname, rn.nspname, r.relname, ra.attname "
      "FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
      "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_class r ON r.oid = k.confrelid "
      "JOIN pg_namespace rn ON rn.oid = r.relnamespace "
      "CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS pair(own, referred) "
      "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = pair.own "
      "JOIN pg_attribute ra ON ra.attrelid = r.oid AND ra.attnum = pair.referred "
      "WHERE k.contype = 'f' ORDER BY 1, 2, 3");
  if (!keys.ok()) return keys.error();
  for (const sim::Row& row : keys.value().rows) {
    shape[key_of(row, 0, 1)].foreign_keys.push_back(
        {text_of(row, 2), key_of(row, 3, 4), text_of(row, 5)});
  }
  const sim::Answer<sim::Rows> primary = query(
      "SELECT n.nspname, c.relname, a.attname FROM pg_constraint k "
      "JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
      "CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS part(number, place) "
      "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = part.number "
      "WHERE k.contype = 'p' ORDER BY 1, 2, part.place");
  if (!primary.ok()) return primary.error();
  for (const sim::Row& row : primary.value().rows) {
    const auto known = shape.find(key_of(row, 0, 1));
    if (known != shape.end()) known->second.key.push_back(text_of(row, 2));
  }
  return shape;
}

}  // namespace splitproof::harness
