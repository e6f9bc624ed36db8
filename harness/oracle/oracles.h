// The judges of a run: pure functions of what the client was told and what the database held. None
// needs an invariant to be written; what is right is taken from clean runs of the same code.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/run/experiment.h"

namespace splitproof::harness {

// The states of clean runs, by the set of operations that were run (bit i: operation i), in order.
// A set in which some operation cannot commit has no state here.
struct References {
  std::map<unsigned, std::shared_ptr<const Observation>> by_operations;
  unsigned all = 0;
  std::vector<std::string> titles;  // Of the operations.

  const Observation& before() const { return *by_operations.at(0); }
  const Observation& clean() const { return *by_operations.at(all); }
};

struct Violation {
  std::string oracle;
  std::string severity = "violation";
  std::string claim;
  std::string because;
  std::vector<Damage> damage;   // Beyond what the state amounts to.
  bool in_final_state = false;  // Judged on the state after the retries.
  // The clean states that would have been right; empty where no state was judged.
  std::vector<unsigned> right;
};

using Oracle = std::function<std::vector<Violation>(const RunRecord&, const References&)>;

// Told committed: the operation's whole effect is held; told aborted: nothing of it;
// indeterminate: one of the two. Judged when the faults stop.
std::vector<Violation> told_equals_held(const RunRecord& run, const References& references);

// Retrying until told committed reaches the clean state. Doubling after an indeterminate outcome
// that had been committed is `unsafe-retry`, a warning.
std::vector<Violation> converges(const RunRecord& run, const References& references);

// Where nothing struck, every operation is told committed at once.
std::vector<Violation> completes(const RunRecord& run, const References& references);

// After an attempt no transaction is open and no lock is held.
std::vector<Violation> hand_back(const RunRecord& run, const References& references);

// The scenario's own SQL invariants.
std::vector<Violation> invariants(const RunRecord& run, const References& references);

// All of them by name, in the order in which they are asked.
std::vector<std::pair<std::string, Oracle>> all_oracles();

}  // namespace splitproof::harness
