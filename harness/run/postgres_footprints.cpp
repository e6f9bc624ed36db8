#include "harness/run/postgres_footprints.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/sql/word_scanner.h"

namespace splitproof::harness {

namespace {

using sim::StatementKind;

Footprint all_there_is() {
  Footprint everything;
  everything.everything();
  return everything;
}

std::string cell(const sim::Row& row, std::size_t column) { return sim::to_string(row[column]); }

bool begins_with(const sim::Statement& statement, std::initializer_list<std::string_view> words) {
  sim::WordScanner scanner(statement.text());
  const std::string first = scanner.next();
  return std::ranges::find(words, first) != words.end();
}

// A lock on a relation, as pg_locks tells of it. Whoever keeps one snapshot sees no row that is
// committed later, except where it locks it.
void note_lock(const sim::Row& lock, bool keeps_snapshot, Footprint& tables, bool& has_written) {
  const std::string kind = cell(lock, 3);
  const std::string mode = cell(lock, 1);
  const std::string oid = cell(lock, 2);
  // An index is locked with its table, and a view with those that it reads.
  if (kind == "i" || kind == "I" || kind == "v" || kind == "t") return;
  if (kind == "S") return tables.write("sequence:" + oid);
  const bool is_table = kind == "r" || kind == "p" || kind == "m";
  if (!is_table) return tables.everything();
  if (mode == "SIReadLock") return;
  const bool locks_rows = mode == "RowShareLock" || mode == "RowExclusiveLock";
  if (mode != "AccessShareLock" && !locks_rows) return tables.everything();
  if (!keeps_snapshot) tables.read("data:" + oid);
  if (!locks_rows) return;
  tables.write("rows:" + oid);
  if (mode == "RowExclusiveLock") has_written = true;
}

}  // namespace

sim::Answer<Footprint> PostgresFootprints::touched(sim::Session& session, std::int64_t backend,
                                                   const World::Answered& answered) {
  const StatementKind kind = answered.statement.kind();
  if (!answered.before.open) {
    if (kind == StatementKind::commit || kind == StatementKind::rollback) return Footprint{};
    if (kind != StatementKind::begin || !answered.ok) return all_there_is();
    Open& open = open_[&session] = {};
    const sim::Status learned = learn_level(open, session);
    if (!learned.ok()) return learned.error();
    return Footprint{};
  }
  const auto known = open_.find(&session);
  if (known == open_.end()) return all_there_is();
  if (!answered.after.open) {
    sim::Answer<Footprint> end = of_end(known->second, answered);
    open_.erase(known);
    return end;
  }
  if (answered.before.failed && answered.after.failed) return Footprint{};
  if (!answered.ok) return all_there_is();
  if (kind == StatementKind::savepoint || kind == StatementKind::release) return Footprint{};
  if (kind == StatementKind::write) {
    if (begins_with(answered.statement, {"SET"})) {
      const sim::Status learned = learn_level(known->second, session);
      if (!learned.ok()) return learned.error();
      return Footprint{};
    }
    if (!begins_with(answered.statement, {"INSERT", "UPDATE", "DELETE", "MERGE", "WITH"})) {
      return all_there_is();
    }
  }
  return of_query(known->second, backend);
}

sim::Answer<Footprint> PostgresFootprints::of_end(Open& open, const World::Answered& answered) {
  const sim::Answer<bool> looks = end_looks();
  if (!looks.ok()) return looks.error();
  if (!answered.ok || looks.value() || open.tables.is_everything()) return all_there_is();
  Footprint touched = open.end;
  if (open.serializable) touched.write("ssi");
  if (open.has_written) touched.write("commits");
  return touched;
}

sim::Answer<Footprint> PostgresFootprints::of_query(Open& open, std::int64_t backend) {
  const sim::Status learned = learn_locks(open, backend);
  if (!learned.ok()) return learned.error();
  Footprint touched = open.tables;
  if (open.keeps_snapshot && !open.has_snapshot) touched.read("commits");
  open.has_snapshot = true;
  if (open.serializable) touched.write("ssi");
  return touched;
}

// SHOW takes no snapshot.
sim::Status PostgresFootprints::learn_level(Open& open, sim::Session& session) {
  const sim::Answer<sim::Rows> level = session.execute("SHOW transaction_isolation");
  if (!level.ok()) return level.error();
  const std::string text = cell(level.value().rows.at(0), 0);
  open.serializable = text == "serializable";
  open.keeps_snapshot = open.serializable || text == "repeatable read";
  return sim::Done{};
}

sim::Status PostgresFootprints::learn_locks(Open& open, std::int64_t backend) {
  const sim::Answer<sim::Rows> locks = query_(
      {"SELECT l.locktype, l.mode, l.relation::bigint, c.relkind::text, l.relation < 16384 FROM "
       "pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation WHERE l.pid = "
       "$1::int AND l.locktype NOT IN ('virtualxid', 'transactionid', 'tuple', 'page')",
       {backend}});
  if (!locks.ok()) return locks.error();
  open.tables = Footprint{};
  open.end = Footprint{};
  for (const sim::Row& lock : locks.value().rows) {
    const bool is_relation = cell(lock, 0) == "relation";
    const std::string oid = cell(lock, 2);
    if (!is_relation || cell(lock, 4) == "t") {
      open.tables.everything();
      continue;
    }
    note_lock(lock, open.keeps_snapshot, open.tables, open.has_written);
    if (open.tables.writes("rows:" + oid)) {
      open.end.write("rows:" + oid);
      open.end.write("data:" + oid);
    }
  }
  return sim::Done{};
}

sim::Answer<bool> PostgresFootprints::end_looks() {
  if (end_looks_) return *end_looks_;
  const sim::Answer<sim::Rows> answer = query_(
      "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE condeferrable) OR EXISTS "
      "(SELECT 1 FROM pg_catalog.pg_trigger WHERE tgdeferrable)");
  if (!answer.ok()) return answer.error();
  end_looks_ = cell(answer.value().rows.at(0), 0) == "t";
  return *end_looks_;
}

}  // namespace splitproof::harness
