#include "harness/run/database_settings.h"

#include <array>

namespace splitproof::harness {

namespace {

constexpr std::array sqlite_pragmas{"auto_vacuum",  "cache_size",        "encoding",
                                    "foreign_keys", "journal_mode",      "locking_mode",
                                    "page_size",    "secure_delete",     "synchronous",
                                    "temp_store",   "wal_autocheckpoint"};

// What differs from how PostgreSQL is built, without what a place or a secret may stand in.
constexpr const char* postgres_question =
    "SELECT name, setting FROM pg_settings WHERE setting IS DISTINCT FROM boot_val "
    "AND context <> 'internal' AND name !~ "
    "'(directory|directories|_file|socket|conninfo|passphrase)' "
    "AND name NOT IN ('port', 'application_name', 'listen_addresses') ORDER BY name";

void add_answers(std::vector<DatabaseSetting>& settings, World& world, const std::string& question,
                 const std::string& name) {
  const sim::Answer<sim::Rows> answer = world.query(question);
  if (!answer.ok()) return;
  for (const sim::Row& row : answer.value().rows) {
    if (row.empty()) continue;
    settings.push_back({"sqlite", name, sim::to_string(row.front())});
  }
}

std::vector<DatabaseSetting> settings_of_sqlite(World& world) {
  std::vector<DatabaseSetting> settings;
  add_answers(settings, world, "PRAGMA compile_options", "compile option");
  for (const std::string pragma : sqlite_pragmas) {
    add_answers(settings, world, "PRAGMA " + pragma, pragma);
  }
  return settings;
}

}  // namespace

std::vector<DatabaseSetting> settings_of(World& world) {
  if (world.dialect() == sim::Dialect::sqlite) return settings_of_sqlite(world);
  std::vector<DatabaseSetting> settings;
  const sim::Answer<sim::Rows> answer = world.query(sim::Statement(postgres_question));
  if (!answer.ok()) return settings;
  for (const sim::Row& row : answer.value().rows) {
    settings.push_back({"postgres", sim::to_string(row.at(0)), sim::to_string(row.at(1))});
  }
  return settings;
}

}  // namespace splitproof::harness
