// The stages of a case on a simulated disk: each of its operations fails, and its power.
#pragma once

#include <string>
#include <vector>

#include "harness/run/judge.h"
#include "harness/run/sweep.h"

namespace splitproof::harness {

// All but the options are borrowed.
struct StorageCase {
  const Bench& bench;
  Judge& judge;
  const Case& subject;
  SweepOptions sweep;  // Its faults are not looked at.
  std::uint64_t seed = 1;
};

// What the case stands on and what is promised of it; nothing is counted yet.
StorageCount storage_header(const Bench& bench);

// Each operation fails, and the power at each of them, and memory runs out. Writes what was counted
// into the verdict; returns an account of each fault and mode.
std::vector<SweepAccount> run_storage(const StorageCase& on_disk, CaseVerdict& verdict);

}  // namespace splitproof::harness
