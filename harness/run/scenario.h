// A documented case as data: what its YAML file says, checked and with paths resolved.
//
// Nothing here is engine-specific text except the SQL that the author wrote. Fault names in
// `faults` and `incident` are families (fault_families()), resolved to an engine's own codes when
// the sweep is planned.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/run/storage_setting.h"
#include "sim/server/server_settings.h"

namespace splitproof::harness {

struct AnomalyProgram;

// Where in which file something stands; for messages.
struct SourcePlace {
  std::string file;
  int line = 0;    // From 1.
  int column = 0;  // From 1.
};

// Rows of daily_kpi_data from a CSV file, all or those that the filters keep.
struct CsvImport {
  std::string path;                  // Absolute.
  std::vector<std::string> clients;  // Empty: all.
  std::string from;                  // First day kept, "2025-08-01"; empty: no bound.
  std::string to;                    // Last day kept; empty: no bound.
};

struct InitialData {
  bool aggregator_schema = false;  // Create the service's tables first.
  std::vector<CsvImport> imports;
  // Scripts, absolute paths, run first and in order: by psql on PostgreSQL, whole on SQLite.
  std::vector<std::string> scripts;
  std::vector<std::string> sql;         // Statements, each run once, in order.
  std::vector<SourcePlace> sql_places;  // Of each of them; empty where they come from no file.
};

// Anyone's program, as an operation: one run of it is one attempt, and exit code 0 is the client's
// `committed`. It finds its database in the usual variables (DATABASE_URL, PGHOST, …, or
// SQLITE_PATH).
struct ProgramSpec {
  // The program and its arguments; a name without a slash is looked up in the PATH. "{code}" in a
  // word is replaced by the variant's form.
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;  // Beside what it has anyway.
  std::set<std::string> passed_on;  // Of these, what came from our own: no report may show it.
  std::string folder;               // Where it works; absolute.
  std::chrono::milliseconds time_limit = std::chrono::seconds(30);  // Of one run.
  // Its own time-out for an answer; zero: unknown, and answers are not withheld.
  std::chrono::milliseconds own_timeout{0};
  friend bool operator==(const ProgramSpec&, const ProgramSpec&) = default;
};

// One thing the client does and is told one outcome for.
struct OperationSpec {
  char session = 'a';  // Operations of several sessions run at once, those of one in order.
  std::string title;   // "day 1: aggregate August"
  std::string run;     // Name of a built-in operation; empty when `steps` are given.
  std::string code;    // The form it always has; empty: the variant's.
  std::map<std::string, std::string> with;  // Arguments of the built-in operation.
  std::vector<std::string> steps;           // SQL statements of one operation.
  std::optional<ProgramSpec> program;       // Set: neither `run` nor `steps`.
  SourcePlace place;
};

struct Invariant {
  std::string name;
  std::string sql;     // Returns the rows that violate it.
  bool always = true;  // Judged in every observed state; else only after the last retry.
  SourcePlace place = {};
};

// A query whose rows say what a bad state amounts to. `says` is a sentence per row, with {column}
// replaced by the row's value and {column:money} by minor units as an amount.
struct DamageQuery {
  std::string name;
  std::string sql;
  std::string says;
  SourcePlace place = {};
};

struct LeaveOut {
  std::string table;
  std::string column;  // Empty: the whole table.
  std::string reason;
};

// One strike of the incident: in operation `operation` (from 1), the first statement whose name is
// `statement`, the fault family `fault`.
struct IncidentStrike {
  int operation = 1;
  std::string statement;
  std::string fault;
};

enum class Expectation { holds, violated, not_applicable };

// What a variant is expected to do on one target.
struct Expected {
  Expectation observed = Expectation::holds;
  std::string oracle;               // The oracle that must catch it; only for `violated`, where an
                                    // empty one stands for any, with any damage.
  std::vector<std::string> damage;  // Each must occur among the findings of that oracle: the name
                                    // of a damage query, or "name: text" where the sentence must
                                    // also contain the text.
  std::string reason;               // Required for not_applicable.
  std::vector<std::string> also;    // Other oracles that see the same bug. Any further one that
                                    // objects is an ordinary failure.
};

enum class Role {
  subject,  // The code as it must be, or anyone's own: expected to hold.
  control,  // The code before: expected to be caught.
  mutant,   // A bug that only one oracle can see: expected to be caught by that oracle alone.
};

// The simulated disk that a variant runs on, on SQLite.
struct StorageSpec {
  StorageSetting setting;
  // Durability is claimed even where the setting does not promise it: for showing that it is lost.
  bool claims_durable = false;
};

// The server that a variant runs on, on PostgreSQL: a throw-away one of its own, which crashes; on
// a simulated disk its power fails instead.
struct ServerSpec {
  // As PostgreSQL has them where nothing is said.
  sim::ServerSettings settings{.fsync = true};
  bool claims_durable = false;  // As of StorageSpec.
  // On a simulated disk: so many images of it are recovered, each by a start of the server.
  int power_images_max = 12;
};

struct Variant {
  std::string name;
  std::string title;
  std::string code;  // Which form of the operation: "transactional", "autocommit", …
  Role role = Role::subject;
  // By target kind, "sqlite" and "postgres"; a column of the isolation table has one of them.
  std::map<std::string, Expected> expect;
  std::optional<StorageSpec> storage;
  std::optional<ServerSpec> server;
  SourcePlace place;

  bool claims_durable() const {
    return (storage && storage->claims_durable) || (server && server->claims_durable);
  }
};

struct Scenario {
  std::string name;
  std::string title;
  std::string story;
  std::string claim;
  std::string not_built;  // Why the case cannot run; empty for one that can.
  InitialData data;
  std::string property;  // What generates the operations (property_names()); empty: they are given.
  std::vector<OperationSpec> operations;
  // `atomic: transaction`: not an operation but each of its transactions is wholly held or not.
  bool by_transaction = false;
  int retry_attempts = 3;           // How often an operation not told `committed` is run again.
  std::vector<std::string> faults;  // Families to sweep; empty: all.
  std::vector<IncidentStrike> incident;
  std::string incident_story;  // What the incident was, one sentence; empty when there is none.
  std::vector<Invariant> invariants;
  std::vector<DamageQuery> damage;
  std::vector<LeaveOut> leave_out;
  std::vector<Variant> variants;
  // Of a row of the isolation table, whose variants are the columns; it has no operations. Else
  // null.
  std::shared_ptr<const AnomalyProgram> anomaly;
  SourcePlace place;
};

}  // namespace splitproof::harness
