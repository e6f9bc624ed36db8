// One line per run: what was planned, what each client was told, what the database held. With it
// every verdict, a pass too, can be derived again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace splitproof::harness {

// What the client was told of a transaction of a program, and what became of it.
struct LedgerTransaction {
  int operation = 1;                    // From 1.
  bool retry = false;                   // In the retries after the faults stopped.
  int connection = 0;                   // The n-th of the client, from 1.
  std::vector<std::string> statements;  // By name, in order.
  std::string told;                     // "committed", "aborted" or "indeterminate".
  std::string held;                     // "committed", "rolled back" or "unknown".
  std::string known_by;                 // How that is known, in words.

  bool operator==(const LedgerTransaction&) const = default;
};

// Crash images of one moment of which recovery made the same.
struct LedgerImages {
  std::string held;         // As in LedgerEntry, of the first of them.
  std::int64_t images = 0;  // How many were recovered, checked and read.
  std::string plan;         // Of the first, which is run whole and has a line of its own.

  bool operator==(const LedgerImages&) const = default;
};

// A fault that struck.
struct LedgerStrike {
  std::string fault;      // As in a plan: "error:53100".
  std::string client;     // As in a plan: "a", "disk".
  int operation = 1;      // From 1.
  std::string statement;  // By name.

  bool operator==(const LedgerStrike&) const = default;
};

// What an observer saw.
struct LedgerSight {
  std::string kind;  // As in ObserverCount.
  std::string seen;  // Digest of the state.

  bool operator==(const LedgerSight&) const = default;
};

// What the database answered to an invariant of the scenario.
struct LedgerBreach {
  std::string invariant;
  bool always = true;          // It is to hold in each state, not only in the last one.
  bool after_retries = false;  // Asked then; else when the faults of the first attempts stopped.

  bool operator==(const LedgerBreach&) const = default;
};

// What looking at each row that was read and written came to.
struct LedgerDependencies {
  std::string anomaly;  // The circle's name; empty where there is none.
  bool proof = false;   // Each edge of it is about one row.

  bool operator==(const LedgerDependencies&) const = default;
};

struct LedgerEntry {
  std::string scenario;
  std::string variant;
  std::string target;
  // "calibration", "clean", "reference", "observed", "incident", "order", "sweep", "kill", "pair",
  // "memory", "disk", "power", "plan", "shrink" or "replay"; for generated operations "script". Of
  // the crash images of one moment, which are no runs, "images".
  std::string purpose;
  std::string plan;             // Of images, the moment: "disk7=power".
  std::vector<int> operations;  // Which were run, from 1.
  std::int64_t fired = 0;
  std::vector<std::string> told;     // Per operation: "committed", "aborted", "indeterminate".
  std::string held;                  // Digest of the state when the faults stopped.
  std::vector<std::string> retried;  // Per operation, after the retries.
  std::string finally;               // Digest of the state after the retries.
  std::vector<std::string> broken;   // The oracles that object.
  std::vector<LedgerTransaction> transactions = {};  // Only where programs ran.
  std::vector<LedgerImages> images = {};             // Only of a moment.

  // What the oracles go by beside that. Empty, or as it stands here, where there is nothing to say.
  int bench = 0;             // 1: clients were processes of their own, on a database for these.
  bool interleaved = false;  // Sessions moved at once.
  std::vector<std::string> answers = {};  // Then, per operation: a digest of what it was answered.
  std::vector<LedgerStrike> struck = {};  // What is alike, once.
  std::vector<std::string> retry_told = {};  // Per operation, where a retry was struck: after it.
  std::string retry_held = {};               // Then: digest of the state.
  std::vector<std::string> left_open = {};   // What the first session that was not clean held.
  std::vector<LedgerSight> sights = {};      // What is alike, once.
  std::vector<LedgerBreach> breaches = {};
  std::string damaged = {};    // Why the database is not whole.
  bool failed_commit = false;  // A COMMIT was answered by an error.
  std::optional<LedgerDependencies> dependencies = std::nullopt;

  bool operator==(const LedgerEntry&) const = default;
};

}  // namespace splitproof::harness
