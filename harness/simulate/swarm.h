// What is drawn for each seed before its life begins: the machine, the source's manners, and which
// families of faults there are how often.
//
// Faults are drawn on two levels, as FoundationDB's BUGGIFY does: each family is on in half of the
// lives only, and frequent there, so that lives differ in kind and faults meet each other.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/simulate/strike.h"
#include "sim/base/period.h"
#include "sim/disk/disk_database.h"

namespace splitproof::harness::life {

// Percentages.
struct SourceManners {
  int late = 0;       // Of rows, and of deliveries of reservations.
  int withheld = 0;   // Of days: nothing of them comes for weeks.
  int twice = 0;      // Of deliveries.
  int corrected = 0;  // Of rows: delivered again, with other numbers.
};

struct Swarm {
  sim::JournalMode journal = sim::JournalMode::remove;
  // EXTRA with DELETE, for with FULL the removal of the journal is not synced, and SQLite documents
  // that the last transaction that was told may be lost; FULL with WAL.
  sim::Synchronous synchronous = sim::Synchronous::extra;
  int workers = 2;
  sim::Day start;    // Of the life, its day 1.
  std::string zone;  // Of the machine, at first.
  SourceManners source;
  // A strike in so many days; 0: the family is off.
  std::array<int, families_count> days_between{};
};

// With `only`, that family is on and no other.
Swarm draw_swarm(std::uint64_t seed, std::optional<Family> only = std::nullopt);

// The strikes of the days 1 to `days`, sorted.
Strikes draw_strikes(std::uint64_t seed, const Swarm& swarm, int days);

// Time zones of both hemispheres, with whole and odd offsets and with different nights on which the
// clocks change, two of them at midnight.
const std::vector<std::string>& zones();

// For people, a line each.
std::vector<std::string> described(const Swarm& swarm);

}  // namespace splitproof::harness::life
