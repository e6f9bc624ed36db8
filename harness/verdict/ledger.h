// One line per run: what was planned, what each client was told, what the database held. With it
// every verdict, a pass too, can be derived again.
#pragma once

#include <cstdint>
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

  bool operator==(const LedgerEntry&) const = default;
};

}  // namespace splitproof::harness
