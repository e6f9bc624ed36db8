// One case on one world: runs plans and reads what came of them. It judges nothing.
//
// A run sets the world back, lets the client do the operations once with the plan's faults, reads
// the database, lets the client retry once what it was not told `committed` (here the second of a
// pair of faults may strike), stops the faults, lets it retry until told `committed`, and reads
// again. What a state amounts to (invariants, damage) is asked once per distinct state.
//
// Where the plan has an order, or a strategy is given, the sessions of the first attempts move at
// once, one thread each with one token between them (harness/schedule); retries are always serial.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/check/anomaly.h"
#include "harness/inject/statement_watch.h"
#include "harness/oracle/state.h"
#include "harness/plan/director.h"
#include "harness/run/client_processes.h"
#include "harness/run/failure.h"
#include "harness/run/observer.h"
#include "harness/run/operation.h"
#include "harness/run/world.h"
#include "harness/schedule/order.h"
#include "harness/verdict/verdict.h"

namespace splitproof::harness {

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

// What the graph of dependencies amounts to.
struct DependencyJudgement {
  std::optional<Anomaly> anomaly;  // None where the operations depend on each other in no circle.
  std::string gap;  // What could not be looked at or asked again; empty where everything could.
};

struct RunRecord {
  Plan plan;
  History history;
  std::vector<Fired> fired;
  std::vector<FaultPoint> points;        // Reached in the first attempts.
  std::vector<FaultPoint> retry_points;  // Reached in the retries.
  // How often SQLite asked for memory in the first attempts; 0 where nobody counted.
  int allocations = 0;
  std::vector<Told> first;    // Per operation that was run, in order.
  std::vector<Told> last;     // The same after the retries; equal to `first` where none was needed.
  std::vector<Told> retried;  // The same after one retry each, where the plan has a strike there.
  std::shared_ptr<const Observation> after;        // When the faults of the first attempts stopped.
  std::shared_ptr<const Observation> after_retry;  // Where the plan strikes there; else null.
  std::shared_ptr<const Observation> finally;      // After the retries.
  bool interleaved = false;     // Sessions moved at once, in the order that the plan says.
  std::vector<Chosen> choices;  // Of who moved next, where sessions moved at once.
  std::vector<Sight> sights;    // What observers saw during the first attempts.
  // What is wrong with the database after its disk or its power failed, in words; empty where it is
  // whole. Nothing more is run then, and its states are no states.
  std::string damaged;
  // What the operations depend on; only where somebody looked.
  std::optional<DependencyJudgement> dependencies;
};

// How many of the plan's strikes fired; one that goes on counts once.
std::int64_t strikes_fired(const RunRecord& run);

struct RunOptions {
  unsigned operations = ~0U;  // Bit i: operation i is run.
  // Where not empty, these operations are run, one after the other, in this order.
  std::vector<int> sequence;
  Shift shift;
  // Lets the sessions move at once and chooses who does; null where the plan's order says so. What
  // was chosen is the order of the record's plan. Borrowed.
  Strategy* strategy = nullptr;
  // Borrowed. With observers the sessions are threads even where they move one after the other.
  std::vector<Observer*> observers;
  // Borrowed; looks on where sessions move at once. May be null.
  StatementWatch* watch = nullptr;
  // Count what SQLite asks of memory. Sessions then remember nothing of earlier runs, so that the
  // same plan has the same count.
  bool count_allocations = false;
  // Keep digests of what each statement was answered, for judging answers.
  bool keep_what_is_seen = false;
  std::function<void(const Event&)> on_event;
  // Called when the client was told of an attempt.
  std::function<void(const Told&)> on_told;
};

// The letters of the sessions; more than one where they may move at once.
std::set<char> sessions_of(const Scenario& scenario);

class Experiment {
 public:
  // The world and the scenario are borrowed. Throws UnusableInput where the database refuses the
  // scenario's initial data or its questions, and HarnessFailure where it cannot be written for
  // another reason; `operations` are the scenario's, in order.
  Experiment(World& world, const Scenario& scenario, std::vector<OperationFactory> operations);
  Experiment(World& world, const Scenario&& scenario, std::vector<OperationFactory>) = delete;

  RunRecord run(const Plan& plan, const RunOptions& options);

  // Where attempts run whose process is to be killed; borrowed. Without it a plan that kills one
  // is a HarnessFailure.
  void run_clients_in(ClientProcesses* processes) { processes_ = processes; }

  // What a run without faults made durable, by operation; for what a client is told whom the power
  // has ended.
  void know_what_is_durable(std::map<int, std::vector<std::string>> statements) {
    durable_ = std::move(statements);
  }

  // States are digested under this comparison from here on.
  void compare_by(const Comparison& comparison);

  std::int64_t runs() const { return runs_; }
  World& world() { return world_; }
  const Scenario& scenario() const { return scenario_; }
  const Comparison& comparison() const { return digests_.comparison(); }
  // The content before any operation.
  std::shared_ptr<const Observation> initial();

  // Of a state, under the present comparison.
  std::string digest_of(const State& state) { return digests_.of(state); }
  // The committed content at this moment; null where a lock keeps it from being seen.
  std::shared_ptr<const Observation> look();
  // `state` is what `session` saw; what it amounts to is asked of that session. Null where a lock
  // keeps that from being seen.
  std::shared_ptr<const Observation> look(sim::Session& session, State state);

 private:
  struct Actor;
  struct Course;
  using Questions = std::function<sim::Answer<sim::Rows>(const std::string& sql)>;

  void run_one_after_the_other(Course& course);
  void run_at_once(Course& course);
  void retry_until_committed(Course& course);
  Told attempt(Course& course, int index, bool retry, Turns* turns);
  // From here on what SQLite asks of memory is counted, and refused where the plan says so.
  void watch_memory(Course& course);
  // Whether an attempt must run in a process of its own, and what came of it there.
  bool needs_process_for(const Course& course, const Told& told) const;
  Told attempt_in_thread(Course& course, Told told, Turns* turns);
  // Where the power failed: what the client was told, and the power is on again.
  void after_power_loss(Course& course, Told& told);
  sim::Outcome outcome_of_dead(const History& history, const Told& told) const;
  // What is there when the faults have stopped.
  std::shared_ptr<const Observation> observe_what_is_left(Course& course);
  void turn_on_again(Course& course);
  // The first attempts are over.
  void end_work_on_disk(Course& course);
  Told attempt_in_process(Course& course, Told told, const Turns* turns);
  std::shared_ptr<const Observation> observe();
  std::shared_ptr<const Observation> known_or_asked(State state, const Questions& ask);
  // Equal for states of which every question has the same answer.
  std::string key_of(const Observation& observation);
  // Asks the scenario's questions once, so that one that is wrong is refused at its place.
  void try_questions();
  std::vector<Breach> breaches(const Questions& ask);
  std::vector<Damage> damage(const Questions& ask);

  World& world_;
  const Scenario& scenario_;
  std::vector<OperationFactory> operations_;
  StateDigests digests_;
  StateDigests whole_;  // Of what is left out, too.
  std::map<std::string, std::shared_ptr<const Observation>> observations_;
  std::int64_t runs_ = 0;
  ClientProcesses* processes_ = nullptr;
  std::map<int, std::vector<std::string>> durable_;
  Scheduler scheduler_;
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
