// One case on one world: runs plans and reads what came of them. It judges nothing.
//
// A run sets the world back, lets the client do the operations once with the plan's faults, reads
// the database, stops the faults, lets the client retry what it was not told `committed`, and reads
// again. What a state amounts to (invariants, damage) is asked once per distinct state.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/oracle/state.h"
#include "harness/plan/director.h"
#include "harness/run/operation.h"
#include "harness/run/world.h"
#include "harness/verdict/verdict.h"

namespace splitproof::harness {

// The harness or its environment failed: never a finding. Ends the case, not the program.
class HarnessFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The scenario's own data cannot be used; the message names the place.
class UnusableInput : public HarnessFailure {
 public:
  using HarnessFailure::HarnessFailure;
};

// A violated invariant of the scenario.
struct Breach {
  std::string invariant;
  bool always = true;
  std::size_t rows = 0;
  std::string example;  // The first violating row, in words.
};

// A committed state and what it amounts to.
struct Observation {
  State state;
  std::string digest;
  std::vector<Breach> breaches;
  std::vector<Damage> damage;
};

struct RunRecord {
  Plan plan;
  History history;
  std::vector<Fired> fired;
  std::vector<FaultPoint> points;
  std::vector<Told> first;  // Per operation that was run, in order.
  std::vector<Told> last;   // The same after the retries; equal to `first` where none was needed.
  std::shared_ptr<const Observation> after;    // When the faults stopped.
  std::shared_ptr<const Observation> finally;  // After the retries.
};

struct RunOptions {
  unsigned operations = ~0U;  // Bit i: operation i is run.
  Shift shift;
  std::function<void(const Event&)> on_event;
  // Called when the client was told of an attempt.
  std::function<void(const Told&)> on_told;
};

class Experiment {
 public:
  // The world and the scenario are borrowed. Throws UnusableInput where the database refuses the
  // scenario's initial data or its questions, and HarnessFailure where it cannot be written for
  // another reason; `operations` are the scenario's, in order.
  Experiment(World& world, const Scenario& scenario, std::vector<OperationFactory> operations);

  RunRecord run(const Plan& plan, const RunOptions& options);

  // States are digested under this comparison from here on.
  void compare_by(const Comparison& comparison);

  std::int64_t runs() const { return runs_; }
  World& world() { return world_; }
  const Scenario& scenario() const { return scenario_; }
  const Comparison& comparison() const { return digests_.comparison(); }
  // The content before any operation.
  std::shared_ptr<const Observation> initial();

 private:
  Told attempt(Director& director, const Operation& operation, int index, bool retry,
               sim::Rng& rng);
  std::shared_ptr<const Observation> observe();
  // Asks the scenario's questions once, so that one that is wrong is refused at its place.
  void try_questions();
  std::vector<Breach> breaches();
  std::vector<Damage> damage();

  World& world_;
  const Scenario& scenario_;
  std::vector<OperationFactory> operations_;
  StateDigests digests_;
  std::map<std::string, std::shared_ptr<const Observation>> observations_;
  std::int64_t runs_ = 0;
};

// The value, or HarnessFailure with `what` and the database's words.
template <class T>
T expect(sim::Answer<T> answer, const std::string& what) {
  if (!answer.ok()) {
    throw HarnessFailure(what + ": " + answer.error().message + " (" + answer.error().native_code +
                         ")");
  }
  return std::move(answer).value();
}

// `says` with {column} and {column:money} replaced by the row's values; unknown names stay.
std::string fill_in(const std::string& says, const std::vector<std::string>& columns,
                    const sim::Row& row);

}  // namespace splitproof::harness
