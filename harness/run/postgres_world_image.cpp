// The part of PostgresWorld that keeps the image and puts it back. The server does both by
// functions of its own: one question a run, whose plans are kept. As texts, the queries would be
// planned anew each time, which takes longer than running them.
#include <fmt/format.h>

#include <sstream>

#include "harness/run/postgres_world.h"

namespace splitproof::harness {

namespace {

// Runs that were rolled back and restoring leave dead rows behind, which every scan of the table
// meets; they are cleared every so many resets.
constexpr int vacuum_every_resets = 64;

// Oids below are the server's own.
std::string catalogue_fingerprint_query() {
  return fmt::format(
      "SELECT count(*) || ':' || coalesce(max(c.oid::bigint), 0) {} AND c.oid >= 16384",
      postgres_user_tables);
}

std::string fingerprint_query(const std::string& table) {
  return fmt::format("SELECT count(*) || ':' || coalesce(max(xmin::text::bigint), 0) FROM {}",
                     table);
}

constexpr std::string_view ask_fingerprints =
    "SELECT array_to_string(splitproof_image.fingerprints(), ' ')";

// Of the catalogue, then of each table.
std::vector<std::string> fingerprints_in(const sim::Rows& answer) {
  std::vector<std::string> fingerprints;
  std::istringstream texts(sim::to_string(answer.rows.at(0).at(0)));
  for (std::string text; texts >> text;) fingerprints.push_back(text);
  return fingerprints;
}

}  // namespace

sim::Status PostgresWorld::copy_tables() {
  std::vector<std::string> steps{"CREATE SCHEMA splitproof_image"};
  for (const TableCopy& table : tables_) {
    steps.push_back(fmt::format("CREATE TABLE {} AS TABLE {}", table.image, table.name));
  }
  steps.push_back(fingerprint_function());
  steps.push_back(restore_function());
  steps.emplace_back("ANALYZE");
  for (const std::string& step : steps) {
    const sim::Answer<sim::Rows> done = query(step);
    if (!done.ok()) return done.error();
  }
  for (TableCopy& table : tables_) {
    sim::Answer<std::shared_ptr<const Table>> rows = content(table.name);
    if (!rows.ok()) return rows.error();
    table.content = std::move(rows).value();
  }
  const sim::Answer<sim::Rows> row = query(std::string(ask_fingerprints));
  if (!row.ok()) return row.error();
  remember(fingerprints_in(row.value()));
  return sim::Done{};
}

std::string PostgresWorld::fingerprint_function() const {
  std::string parts = fmt::format("({})", catalogue_fingerprint_query());
  for (const TableCopy& table : tables_) {
    parts += fmt::format(", ({})", fingerprint_query(table.name));
  }
  return fmt::format(
      "CREATE FUNCTION splitproof_image.fingerprints() RETURNS text[] LANGUAGE plpgsql AS "
      "$splitproof$BEGIN RETURN ARRAY[{}]; END$splitproof$",
      parts);
}

// Puts back what differs from `known`, and the sequences; answers the fingerprints afterwards. A
// name that is both a column's and a variable's is the column's.
std::string PostgresWorld::restore_function() const {
  std::string steps;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    steps += fmt::format(
        "IF present[{0}] <> known[{0}] THEN DELETE FROM {1}; "
        "INSERT INTO {1} ({3}) OVERRIDING SYSTEM VALUE SELECT {3} FROM {2}; "
        "present[{0}] := ({4}); END IF; ",
        i + 2, tables_[i].name, tables_[i].image, tables_[i].columns,
        fingerprint_query(tables_[i].name));
  }
  for (const Sequence& sequence : sequences_) {
    steps += fmt::format("PERFORM setval({}, {} + shift, {}); ", sequence.name, sequence.value,
                         sequence.called);
  }
  return fmt::format(
      "CREATE FUNCTION splitproof_image.restore(known text[], shift bigint) RETURNS text[] "
      "LANGUAGE plpgsql AS $splitproof$\n#variable_conflict use_column\nDECLARE "
      "present text[] := splitproof_image.fingerprints(); BEGIN "
      "IF present[1] <> known[1] THEN RETURN present; END IF; {}RETURN present; END$splitproof$",
      steps);
}

void PostgresWorld::remember(const std::vector<std::string>& fingerprints) {
  catalogue_fingerprint_ = fingerprints.front();
  for (std::size_t i = 0; i < tables_.size(); ++i) tables_[i].fingerprint = fingerprints[i + 1];
}

sim::Answer<std::vector<std::string>> PostgresWorld::checked(
    const sim::Answer<sim::Rows>& answer) const {
  if (!answer.ok()) return answer.error();
  std::vector<std::string> found = fingerprints_in(answer.value());
  if (found.front() == catalogue_fingerprint_) return found;
  return sim::Error{sim::ErrorKind::invalid, "",
                    "tables were created or dropped during the run; the schema belongs into the "
                    "initial data of the scenario"};
}

sim::Answer<std::vector<std::string>> PostgresWorld::fingerprints(const std::string& before) {
  return checked(query(before + std::string(ask_fingerprints)));
}

void PostgresWorld::set_clock(const Shift& shift) {
  clock_ = sim::ManualClock(postgres_start_of_time + shift.clock);
}

sim::Status PostgresWorld::reset(const Shift& shift) {
  if (is_full_) {
    const sim::Status freed = free_disk();
    if (!freed.ok()) return freed;
  }
  set_clock(shift);
  std::string known = "{" + catalogue_fingerprint_;
  for (const TableCopy& table : tables_) known += "," + table.fingerprint;
  const sim::Answer<std::vector<std::string>> restored = checked(
      query({"SELECT array_to_string(splitproof_image.restore($1::text[], $2::bigint), ' ')",
             {known + "}", shift.sequences}}));
  if (!restored.ok()) return restored.error();
  remember(restored.value());
  return ++resets_ % vacuum_every_resets == 0 ? vacuum() : sim::Done{};
}

sim::Status PostgresWorld::vacuum() {
  std::vector<std::string> tables;
  for (const TableCopy& table : tables_) tables.push_back(table.name);
  // Temporary tables leave theirs in the catalogue.
  for (const char* const catalogue : {"pg_class", "pg_attribute", "pg_type", "pg_depend"}) {
    tables.push_back(std::string("pg_catalog.") + catalogue);
  }
  for (const std::string& table : tables) {
    const sim::Answer<sim::Rows> vacuumed = query("VACUUM " + table);
    if (!vacuumed.ok()) return vacuumed.error();
  }
  return sim::Done{};
}

}  // namespace splitproof::harness
