// The judges of a run: pure functions of what the client was told and what the database held. None
// needs an invariant to be written; what is right is taken from clean runs of the same code.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/oracle/promise.h"
#include "harness/oracle/serial_runs.h"
#include "harness/run/experiment.h"

namespace splitproof::harness {

// The states of clean runs, by the set of operations that were run (bit i: operation i), in order.
// A set in which some operation cannot commit has no state here.
struct References {
  std::map<unsigned, std::shared_ptr<const Observation>> by_operations;
  unsigned all = 0;
  std::vector<std::string> titles;  // Of the operations.
  std::vector<char> clients;        // Whose they are.
  // Where there are several sessions: the clean runs in every order.
  std::vector<SerialRun> serial;
  // There are several sessions, and too many operations for clean runs in every order: orders of
  // their steps are judged by the graph of dependencies.
  bool by_dependencies = false;
  // Statements whose answers differ between clean runs: their answers are not compared.
  std::set<std::string> answers_left_out;

  // What is promised after each failure of what the database stands on, and the digests of the
  // states that the clean run has committed, in order. Empty where nothing of it is to fail.
  Promises promises;
  std::vector<std::string> committed;

  // Not an operation is claimed to be whole, but each of its transactions.
  bool by_transaction = false;
  // Then: the digests of the states that the clean run passes through, in order, and the statements
  // of its transactions.
  std::vector<std::string> between;
  std::vector<std::vector<std::string>> transactions;

  const Observation& before() const { return *by_operations.at(0); }
  const Observation& clean() const { return *by_operations.at(all); }
};

struct Violation {
  std::string oracle;
  std::string severity = "violation";
  std::string anomaly;  // A name of the literature; empty where it has none that is certain.
  std::string claim;
  std::string because;
  std::vector<Damage> damage;   // Beyond what the state amounts to.
  bool in_final_state = false;  // Judged on the state after the retries.
  bool in_retry_state = false;  // Judged on the state after the first retry.
  // The clean states that would have been right; empty where no state was judged.
  std::vector<unsigned> right;
  // Where several orders were right: what they end in.
  std::vector<std::shared_ptr<const Observation>> right_states;
  // What was judged where it is none of the run's own states: what an observer saw.
  std::shared_ptr<const Observation> found;
};

using Oracle = std::function<std::vector<Violation>(const RunRecord&, const References&)>;

// Told committed: the operation's whole effect is held; told aborted: nothing of it;
// indeterminate: one of the two. Judged when the faults stop; silent where sessions were
// interleaved, for `serializable` then says the same and more.
std::vector<Violation> told_equals_held(const RunRecord& run, const References& references);

// Retrying until told committed reaches the clean state. Doubling after an indeterminate outcome
// that had been committed is `unsafe-retry`, a warning.
std::vector<Violation> converges(const RunRecord& run, const References& references);

// Where nothing struck, every operation is told committed at once.
std::vector<Violation> completes(const RunRecord& run, const References& references);

// An interleaving ends in a state, and in answers, that some serial order of the committed
// operations gives. What was told aborted counts as not run; what is indeterminate may count either
// way. Silent where nothing was interleaved. Where the orders are too many, it objects to a circle
// of dependencies among rows; then `converges` and `intermediate-read`, which have no clean orders
// to compare with, are silent about interleavings.
std::vector<Violation> serializable(const RunRecord& run, const References& references);

// Observers never see a state between: each state they see is one that some order of some of the
// operations ends in, and a snapshot that is older than all of them shows what was before. One
// violation for each kind of observer.
std::vector<Violation> intermediate_read(const RunRecord& run, const References& references);

// After an attempt no transaction is open and no lock is held.
std::vector<Violation> hand_back(const RunRecord& run, const References& references);

// The scenario's own SQL invariants.
std::vector<Violation> invariants(const RunRecord& run, const References& references);

// After a disk or its power failed the database is whole: PRAGMA integrity_check and
// foreign_key_check find nothing.
std::vector<Violation> recovers(const RunRecord& run, const References& references);

// Whether the observer saw what none may see: a state between, or a later one in an older snapshot.
bool is_between(const Sight& sight, const References& references);

// "client a ('add 10')", or "'add 10'" where there is one session only.
std::string in_words(int operation, const References& references);

// All of them by name, in the order in which they are asked.
std::vector<std::pair<std::string, Oracle>> all_oracles();

}  // namespace splitproof::harness
