// The half of PostgresWorld that deals with sessions at once: who waits for whom, whom a deadlock
// hits, and readers that keep a snapshot.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harness/run/postgres_world.h"

namespace splitproof::harness {

namespace {

std::vector<std::int64_t> numbers_in(const std::string& text) {
  std::vector<std::int64_t> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    std::int64_t number = 0;
    at = std::from_chars(at, end, number).ptr + 1;
    numbers.push_back(number);
  }
  return numbers;
}

}  // namespace

sim::Answer<std::optional<Wait>> PostgresWorld::waits(sim::Session& session,
                                                      const std::vector<sim::Session*>& others) {
  const auto backend = backends_.find(&session);
  if (backend == backends_.end()) return std::optional<Wait>();
  const sim::Answer<sim::Rows> rows =
      query({"SELECT array_to_string(pg_blocking_pids($1::int) || "
             "pg_safe_snapshot_blocking_pids($1::int), ',')",
             {backend->second}});
  if (!rows.ok()) return rows.error();
  const std::vector<std::int64_t> blockers = numbers_in(sim::to_string(rows.value().rows[0][0]));
  if (blockers.empty()) return std::optional<Wait>();
  Wait wait;
  for (sim::Session* const other : others) {
    const auto known = backends_.find(other);
    if (known != backends_.end() && std::ranges::find(blockers, known->second) != blockers.end()) {
      wait.holders.push_back(other);
    }
  }
  return std::optional<Wait>(std::move(wait));
}

sim::Status PostgresWorld::cancel(sim::Session& session) {
  const auto backend = backends_.find(&session);
  if (backend == backends_.end()) return sim::Done{};
  const sim::Answer<sim::Rows> asked =
      query({"SELECT pg_cancel_backend($1::int)", {backend->second}});
  if (!asked.ok()) return asked.error();
  return sim::Done{};
}

// A waiting session looks for a deadlock once, when this time has passed, and is its victim where
// it finds one. Whoever waits first has therefore long looked when the circle is closed, or does so
// much later; whoever closes it looks at once. Set before each such statement, because a ROLLBACK
// takes the setting back.
sim::Status PostgresWorld::before_statement(sim::Session& session, bool others_wait) {
  if (others_wait) {
    hasty_.insert(&session);
  } else if (!hasty_.contains(&session)) {
    return sim::Done{};
  }
  const sim::Answer<sim::Rows> set =
      session.execute(others_wait ? "SET deadlock_timeout = '1ms'" : "SET deadlock_timeout = '1s'");
  if (!set.ok()) return set.error();
  return sim::Done{};
}

sim::Answer<Footprint> PostgresWorld::touched(sim::Session& session, const Answered& answered) {
  const auto backend = backends_.find(&session);
  if (backend == backends_.end()) return World::touched(session, answered);
  return footprints_.touched(session, backend->second, answered);
}

sim::Answer<std::unique_ptr<sim::Session>> PostgresWorld::open_snapshot() {
  sim::Answer<std::unique_ptr<sim::Session>> session = lend();
  if (!session.ok()) return session;
  const sim::Answer<sim::Rows> set = session.value()->execute(
      "SET default_transaction_isolation = 'repeatable read'; SET default_transaction_read_only = "
      "on; SET lock_timeout = '1ms'; SET client_min_messages = error");
  if (!set.ok()) return set.error();
  return session;
}

sim::Answer<std::shared_ptr<const Table>> PostgresWorld::table(sim::Session& session,
                                                               const std::string& name) {
  const auto known = std::ranges::find(tables_, name, &TableCopy::key);
  if (known == tables_.end()) {
    return sim::Error{sim::ErrorKind::invalid, "", fmt::format("there is no table '{}'", name)};
  }
  sim::Answer<sim::Rows> rows = session.execute("SELECT * FROM " + known->name);
  if (!rows.ok()) return not_observable(rows.error());
  sim::Rows all = std::move(rows).value();
  return std::make_shared<const Table>(Table{std::move(all.columns), std::move(all.rows)});
}

// A limit on the wait for a lock would abort the transaction that is looked into, so whether there
// is such a lock is asked before, elsewhere. Nobody else moves in between. A lock of the server's
// own, such as an autovacuum's, is let go of when somebody waits for it.
sim::Answer<State> PostgresWorld::view(sim::Session& session) {
  const auto backend = backends_.find(&session);
  if (backend == backends_.end()) {
    return sim::Error{sim::ErrorKind::connection_lost, "", "the connection is lost"};
  }
  const sim::Answer<sim::Rows> locked =
      query({"SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND "
             "locktype = 'relation' AND pid <> $1::int AND database = (SELECT oid FROM pg_database "
             "WHERE datname = "
             "current_database()) AND pid IN (SELECT pid FROM pg_stat_activity WHERE "
             "backend_type = 'client backend') AND relation IN (SELECT oid FROM pg_class WHERE "
             "oid >= 16384 AND relpersistence <> 't')",
             {backend->second}});
  if (!locked.ok()) return locked.error();
  if (sim::to_string(locked.value().rows.at(0).at(0)) != "0") {
    return sim::Error{sim::ErrorKind::conflict, "", "another session has locked a whole table"};
  }
  State state;
  for (const TableCopy& known : tables_) {
    sim::Answer<std::shared_ptr<const Table>> rows = table(session, known.key);
    if (!rows.ok()) return rows.error();
    state.emplace(known.key, std::move(rows).value());
  }
  return state;
}

std::string PostgresWorld::in_sql(const std::string& table) const {
  const auto known = std::ranges::find(tables_, table, &TableCopy::key);
  return known == tables_.end() ? table : known->name;
}

// Only a superuser may. That is asked in the same question, for a refusal would end the
// transaction.
sim::Status PostgresWorld::obey_rules(sim::Session& session, bool obey) {
  const sim::Answer<sim::Rows> set = session.execute(
      {"SELECT set_config('session_replication_role', $1, true) FROM pg_roles WHERE rolsuper AND "
       "rolname = current_user",
       {std::string(obey ? "origin" : "replica")}});
  if (!set.ok()) return set.error();
  return sim::Done{};
}

sim::Error PostgresWorld::not_observable(sim::Error error) {
  if (error.native_code == "55P03") error.kind = sim::ErrorKind::conflict;
  return error;
}

}  // namespace splitproof::harness
