// What came of lives of the service in simulated time, as plain data. The same seed gives the same
// values; timings are nowhere in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace splitproof::harness {

struct SimulationCounts {
  int days = 0;
  std::int64_t statements = 0;
  std::int64_t transactions = 0;  // COMMITs that were answered.
  std::int64_t committed = 0;     // Jobs, as their clients were told.
  std::int64_t aborted = 0;
  std::int64_t indeterminate = 0;
  std::int64_t refused = 0;  // A month that is not over.
  std::int64_t retries = 0;  // Transactions and jobs that were tried again.
  std::int64_t rows_collected = 0;
  std::int64_t months_aggregated = 0;
  std::int64_t reads = 0;  // Of readers, judged.
  int kills = 0;
  int power_failures = 0;
  int recoveries = 0;
  int disk_errors = 0;
  int locks_refused = 0;
  int memory_refused = 0;     // Pieces that SQLite asked for.
  int whole_checks = 0;       // Of all that the database holds.
  std::int64_t switches = 0;  // From one worker to another.
  int leap_days = 0;
  int changed_nights = 0;  // Of front desks, whose day had not 24 hours.
};

struct SimulatedFaults {
  std::string family;  // "power"
  int planned = 0;
  int fired = 0;
};

struct SimulationFinding {
  std::string rule;  // "split-month"
  std::string what;
  std::string job;
  int day = 0;
  int step = 0;
  // The shortest that still shows it.
  std::string plan;
  int days = 0;
  int clients = 0;
  std::string replay;        // A line for a shell.
  int lives = 0;             // That were lived to find it.
  bool stable = true;        // The line was replayed, twice, with the same digest.
  std::string differs = {};  // Where it was not: the first event at which the replays part.
};

struct SimulatedLife {
  std::uint64_t seed = 0;
  std::vector<std::string> drawn;  // A line each.
  SimulationCounts counts;
  std::vector<SimulatedFaults> faults;  // Of the families that were planned.
  std::uint64_t digest = 0;             // Of all decisions and answers.
  std::optional<SimulationFinding> finding;
  bool complete = true;

  int planned() const;
  int fired() const;
  // Nothing was done, or faults were planned and none of them fired.
  bool is_vacuous() const;
};

struct SimulationVerdict {
  std::string version;
  std::string variant;
  int days = 0;
  int clients = 0;
  std::vector<SimulatedLife> lives;
  bool complete = true;
};

// 0: nothing was lost; 1: some life has a finding; 2: one that is unstable, a life that is vacuous
// or not complete, and no other finding.
int exit_code(const SimulationVerdict& verdict);

}  // namespace splitproof::harness
