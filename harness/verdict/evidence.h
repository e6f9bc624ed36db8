// What stands behind the digests of a case's ledger, as plain data: the states that clean runs
// leave, which its oracles compare with, and the rows of those states and of the others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace splitproof::harness {

// A clean run of some of the operations, one after the other.
struct ReferenceRun {
  std::vector<int> operations;  // From 1, in their order.
  std::string held;             // Digest of the state that it leaves.
  // Per operation: a digest of what it was answered. Only where there are several sessions.
  std::vector<std::string> answers;

  bool operator==(const ReferenceRun&) const = default;
};

// What is promised after a failure of what the database stands on.
struct RecordedPromise {
  std::string failure;  // "power lost"
  bool whole = true;
  bool durable = true;
  std::string clause;

  bool operator==(const RecordedPromise&) const = default;
};

using Cell = std::optional<std::string>;  // None: NULL.

// A table that some state changes, as it was before.
struct RecordedTable {
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::string> key;         // Columns of its primary key.
  std::vector<std::vector<Cell>> rows;  // Sorted.
  bool left_out = false;                // It has too many rows to be written down.

  bool operator==(const RecordedTable&) const = default;
};

struct TableChange {
  int table = 0;                         // Position in CaseEvidence::tables.
  std::vector<int> gone;                 // Positions of rows that are not there any more.
  std::vector<std::vector<Cell>> added;  // Sorted.

  bool operator==(const TableChange&) const = default;
};

// A state by what it changes.
struct RecordedState {
  std::string digest;
  std::vector<TableChange> changes;
  std::vector<std::string> damage;  // What it amounts to, in the scenario's words.

  bool operator==(const RecordedState&) const = default;
};

// What the runs of a case on one bench are judged by.
struct CaseEvidence {
  std::string scenario;
  std::string variant;
  std::string target;
  int bench = 0;       // As in LedgerEntry.
  std::string line;    // The shell line that leads to the case, up to a plan.
  std::string source;  // Its scenario's file in the report's folder; empty where there is none.

  // Empty where the case's runs are judged by something else than clean runs, or not at all.
  std::vector<std::string> titles;   // Of the operations.
  std::string clients;               // Their sessions, a letter each.
  std::vector<ReferenceRun> sets;    // Of each set of operations, in the order of the operations.
  std::vector<ReferenceRun> orders;  // In every order, where there are several sessions.
  bool by_dependencies = false;      // Orders are judged by dependencies instead.
  bool by_transaction = false;       // Each transaction is whole, not each operation.
  std::vector<std::string> between;  // Then: digests of the states between them.
  std::vector<std::vector<std::string>> transactions;  // And their statements.
  std::vector<RecordedPromise> promises;
  std::vector<std::string> committed;   // Digests, where something is promised.
  bool claims_durable = false;          // More is claimed than is promised.
  std::vector<std::string> invariants;  // The scenario's, by name.

  std::vector<RecordedTable> tables;
  std::vector<RecordedState>
      states;  // Each that a run ended in, in order, as far as there is room.
  std::int64_t states_left_out = 0;

  bool operator==(const CaseEvidence&) const = default;
};

// A setting of a database that a report stands on.
struct DatabaseSetting {
  std::string database;  // "sqlite" or "postgres"
  std::string name;
  std::string value;

  bool operator==(const DatabaseSetting&) const = default;
};

// A file that a case was made of, and where its copy lies in the folder of the report.
struct SourceCopy {
  std::string path;  // "evidence/scenarios/lost-update.yaml"
  std::string file;  // Where it was read.

  bool operator==(const SourceCopy&) const = default;
};

struct Evidence {
  std::vector<CaseEvidence> cases;
  std::vector<DatabaseSetting> settings;
  std::vector<SourceCopy> sources;
};

}  // namespace splitproof::harness
