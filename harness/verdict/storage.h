// What was done to the disk below a database, and what was found: plain data of the verdict.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace splitproof::harness {

// Runs in which something told committed is lost, or more, and the contract of the storage allows
// it.
struct ContractLoss {
  std::string clause;  // What the documentation says, one sentence.
  std::int64_t runs = 0;
  std::string plan;  // Of the first one.

  bool operator==(const ContractLoss&) const = default;
};

struct StorageCount {
  std::string journal;           // "delete", "wal", as SQLite spells them.
  std::string synchronous;       // "full"
  std::string persona;           // "honest"
  std::int64_t moments = 0;      // At which the power failed.
  std::int64_t images = 0;       // That were recovered and judged, all different at their moment.
  std::int64_t equal = 0;        // That were not, because an equal one was.
  std::int64_t in_recovery = 0;  // Of the images: those of power that failed again in a recovery.
  // Moments of which not all sets of survivors were taken, because they are too many.
  std::int64_t sampled = 0;
  // Where moments were chosen: how many there are, and of how many things that were not synced at
  // one of the chosen at most it was to be decided which survive. Else 0.
  std::int64_t moments_of = 0;
  std::int64_t unsynced_max = 0;
  std::int64_t outcomes = 0;  // Different ones of a moment, each run as a plan.
  std::vector<ContractLoss> losses;

  bool operator==(const StorageCount&) const = default;
};

}  // namespace splitproof::harness
