// Pairs of faults: where one fault was survived, a second one strikes while the program recovers
// from the first (its rollback, its own next attempt, whatever it still does), or during the retry.
//
// Runs that go on alike behind their first fault are the same situation: the same statements
// committed and carried out in a transaction that is still open, the same statements and answers to
// come, the same outcomes told, the same states. Each situation is swept once, on the first plan
// that leads to it. Both faults strike once, at statements and connections; the death of a process
// or a server, and a backend that is ended, stay alone. More than two are not tried.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/sweep.h"

namespace splitproof::harness {

class PairSweep {
 public:
  // When the second fault strikes: in the first attempts, or in the retries.
  enum class Phase { recovery, retry };

  // Takes note of a run with a single strike.
  void note(const RunRecord& run);

  // Sweeps all situations that were noted; one account per fault, mode and phase.
  std::vector<SweepAccount> run(Experiment& experiment, const SweepOptions& options,
                                const std::function<void(const RunRecord&)>& judge) const;

 private:
  // What runs look like behind their first fault, by phase.
  std::set<std::pair<Phase, std::string>> known_;
  std::vector<std::pair<Phase, RunRecord>> situations_;  // In the order of discovery.
};

}  // namespace splitproof::harness
