#include "harness/verdict/simulation.h"

#include <algorithm>

namespace splitproof::harness {

int SimulatedLife::planned() const {
  int sum = 0;
  for (const SimulatedFaults& one : faults) sum += one.planned;
  return sum;
}

int SimulatedLife::fired() const {
  int sum = 0;
  for (const SimulatedFaults& one : faults) sum += one.fired;
  return sum;
}

bool SimulatedLife::is_vacuous() const {
  if (finding || !complete) return false;
  return counts.committed == 0 || (planned() > 0 && fired() == 0);
}

int exit_code(const SimulationVerdict& verdict) {
  const auto is_found = [](const SimulatedLife& life) {
    return life.finding && life.finding->stable;
  };
  if (std::ranges::any_of(verdict.lives, is_found)) return 1;
  const bool undecided = std::ranges::any_of(verdict.lives, [](const SimulatedLife& life) {
    return life.finding || life.is_vacuous() || !life.complete;
  });
  return undecided || !verdict.complete || verdict.lives.empty() ? 2 : 0;
}

}  // namespace splitproof::harness
