#include "harness/run/case_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "harness/run/contract_case.h"
#include "harness/run/expectation.h"
#include "harness/run/foresight.h"
#include "harness/run/incident.h"
#include "harness/run/judge.h"
#include "harness/run/memory_sweep.h"
#include "harness/run/order_sweep.h"
#include "harness/run/pairs.h"
#include "harness/run/process_bench.h"
#include "harness/run/process_sweep.h"
#include "harness/run/program_spec.h"
#include "harness/run/replay.h"
#include "harness/run/schedules.h"
#include "harness/run/sqlite_disk_world.h"
#include "harness/run/swept_faults.h"

namespace splitproof::harness {

namespace {

// SQLite has one generator of random numbers in a process, and what it draws stands in the journals
// on a simulated disk: two such cases at once would have each other's.
std::unique_lock<std::mutex> alone_on_disk(World& world) {
  static std::mutex mutex;
  return world.on_disk() == nullptr ? std::unique_lock<std::mutex>() : std::unique_lock(mutex);
}

class CaseRunner {
 public:
  CaseRunner(const Case& subject, World& world, const CaseOptions& options)
      : subject_(subject), world_(world), options_(options), judge_(subject, options, outcome_) {
    outcome_.verdict = verdict_header(subject);
  }

  CaseOutcome run(std::vector<OperationFactory> operations) {
    CaseVerdict& verdict = outcome_.verdict;
    try {
      judge_case(std::move(operations));
    } catch (const UnusableInput&) {
      throw;
    } catch (const NotInterceptable& reason) {
      verdict.result = CaseResult::not_run;
      verdict.observed = "unknown";
      verdict.reason = reason.what();
    } catch (const HarnessFailure& failure) {
      verdict.result = CaseResult::inconclusive;
      verdict.observed = "unknown";
      verdict.reason = fmt::format("the harness could not finish: {}", failure.what());
    }
    verdict.runs = judge_.runs();
    return std::move(outcome_);
  }

 private:
  void judge_case(std::vector<OperationFactory> operations) {
    CaseVerdict& verdict = outcome_.verdict;
    Experiment experiment(world_, *subject_.scenario, operations);
    if (runs_programs(*subject_.scenario)) {
      programs_ = options_.programs();
      experiment.run_clients_in(programs_.get());
    }
    Prepared prepared =
        prepare(experiment, options_.seed,
                [&](const RunRecord& run, const char* why) { judge_.enter(run, why); });
    if (!options_.promises.empty()) prepared.references.promises = options_.promises;
    if (!options_.plan && runs_programs(*subject_.scenario)) {
      verdict.predictions = foresee(prepared.clean, world_.dialect());
    }
    verdict.compared_with_care = prepared.compared_with_care;
    verdict.points = static_cast<std::int64_t>(2 * prepared.clean.record.points.size());
    judge_.unstable() = prepared.unstable;
    if (judge_.unstable().empty()) {
      const Bench bench{&experiment, &prepared};
      judge_.note(bench, prepared.clean.record, nullptr);
      run_stages(bench, operations);
    }
    const References& references = prepared.references;
    conclude(verdict, subject_.variant->expect.at(subject_.target_kind),
             {.unstable = judge_.unstable(),
              .changes_nothing = references.clean().digest == references.before().digest,
              .stopped = judge_.stopped(),
              .single_plan = options_.plan.has_value(),
              .sampled = world_.on_mounted_disk() != nullptr});
  }

  // The bench of processes lives until the findings are replayed on it.
  void run_stages(const Bench& bench, const std::vector<OperationFactory>& operations) {
    if (world_.on_disk() != nullptr || world_.chosen_settings() != nullptr) {
      return run_contract(bench);
    }
    if (!options_.plan) {
      watch(bench, {});
      incident(bench);
      orders(bench);
      sweeps(bench);
      add(run_memory(bench, judge_, subject_, sweep_options()));
    }
    ProcessBench processes;
    if (wants_processes()) processes.open(bench, subject_, options_, operations, judge_);
    if (options_.plan) {
      single(processes.is_open() ? processes.bench() : bench);
    } else {
      if (processes.is_open()) kills(processes.bench());
      pairs(bench);
      settle_sweeps();
    }
    judge_.write_findings();
  }

  // Statements and orders, and pairs of faults, are swept where the database lies in memory, or on
  // a server as it comes.
  void run_contract(const Bench& bench) {
    const ContractCase subject{
        bench,        judge_, sweep_options(), *subject_.variant, subject_.scenario->faults,
        options_.seed};
    ContractStages stages(subject, outcome_.verdict);
    if (options_.plan) {
      stages.note(single(bench));
    } else {
      const SqliteDiskWorld* const disk = world_.on_disk();
      if (disk != nullptr && disk->shows_what_is_committed()) watch(bench, {});
      add(stages.run());
      add(run_memory(bench, judge_, subject_, sweep_options()));
      settle_sweeps();
    }
    judge_.write_findings();
    stages.finish();
  }

  bool wants_processes() const {
    if (options_.clients == nullptr || programs_ != nullptr) return false;
    if (options_.plan) return needs_process(*options_.plan);
    return !judge_.stopped() &&
           std::ranges::any_of(faults_of(world_.dialect(), subject_.scenario->faults),
                               [](const Fault& fault) { return needs_process(fault); });
  }

  RunRecord single(const Bench& bench) {
    const Plan& plan = *options_.plan;
    RunRecord run = bench.experiment->run(plan, judge_.usual());
    judge_.note(bench, run, "plan");
    if (plan.strikes.empty()) watch(bench, plan);
    outcome_.verdict.faults.planned = static_cast<std::int64_t>(plan.strikes.size());
    outcome_.verdict.faults.fired = strikes_fired(run);
    return run;
  }

  ScheduleOptions schedule_options() const {
    ScheduleOptions options;
    options.run = judge_.usual();
    options.exploration = options_.exploration;
    options.exploration.seed = options_.seed;
    options.stopped = options_.stopped;
    if (!options_.spent) return options;
    // Of what is left for this stage.
    options.half_spent = [this, half = (options_.spent() + 1) / 2] {
      return options_.spent() > half;
    };
    return options;
  }

  void watch(const Bench& bench, const Plan& plan) {
    add_to(outcome_.verdict.observers,
           observe(*bench.experiment, plan, schedule_options(),
                   [&](const RunRecord& run) { judge_.note(bench, run, "observed"); }));
  }

  void orders(const Bench& bench) {
    if (sessions_of(*subject_.scenario).size() < 2) return;
    const Explored explored =
        explore(*bench.experiment, {}, schedule_options(),
                [&](const RunRecord& run) { judge_.note(bench, run, "order"); });
    outcome_.verdict.schedules = explored.schedules;
    add_to(outcome_.verdict.observers, explored.observers);
    if (!explored.unstable.empty()) judge_.unstable().push_back(explored.unstable);
    if (bench.prepared->references.by_dependencies) return judged_by_dependencies();
    orders_and_faults(bench, explored);
  }

  void judged_by_dependencies() {
    ScheduleCount& schedules = *outcome_.verdict.schedules;
    schedules.shows += "; judged by their dependencies, without faults";
    const std::string undecided = judge_.undecided();
    if (!schedules.left.empty() && !undecided.empty()) schedules.left += "; ";
    schedules.left += undecided;
  }

  // As with pairs, what is broken already tells nothing under faults too. Faults that end a
  // process, a backend or the server are left to the sweeps of one session after the other.
  void orders_and_faults(const Bench& bench, const Explored& explored) {
    const int by_default = faults_by_default(world_.dialect() == sim::Dialect::sqlite);
    const int faults_max = options_.exploration.faults_max.value_or(by_default);
    if (faults_max == 0 || subject_.variant->role != Role::subject || judge_.found_violation()) {
      return;
    }
    if (!options_.exploration.faults_max && !is_small(explored.schedules)) {
      outcome_.verdict.schedules->shows += "; without faults, which --faults 1 adds";
      return;
    }
    OrderSweepOptions options;
    options.schedules = schedule_options();
    options.faults_max = faults_max;
    options.faults = faults_in_orders(world_.dialect(), subject_.scenario->faults);
    OrderSweep sweep =
        sweep_orders(*bench.experiment, explored.reached, options,
                     [&](const RunRecord& run) { judge_.note(bench, run, "order and fault"); });
    add_to(outcome_.verdict.observers, sweep.observers);
    add(std::move(sweep.accounts));
    if (!sweep.unstable.empty()) judge_.unstable().push_back(sweep.unstable);
  }

  void incident(const Bench& bench) {
    if (subject_.scenario->incident.empty()) return;
    const IncidentPlan found = incident_plan(*bench.experiment, judge_.usual());
    incident_gap_ = found.gap;
    if (!found.gap.empty()) return;
    const RunRecord run = bench.experiment->run(found.plan, judge_.usual());
    judge_.note(bench, run, "incident", true);
    if (strikes_fired(run) == static_cast<std::int64_t>(found.plan.strikes.size())) return;
    incident_gap_ = "a fault of the incident does not strike: " + to_string(found.plan);
  }

  SweepOptions sweep_options() const {
    SweepOptions options;
    options.faults = faults_to_sweep(*subject_.scenario, world_);
    options.stopped = options_.stopped;
    options.run = judge_.usual();
    return options;
  }

  void sweeps(const Bench& bench) {
    add(sweep(*bench.experiment, base_of(bench.prepared->clean), sweep_options(),
              [&](const RunRecord& run) {
                judge_.note(bench, run, "sweep");
                pairs_.note(run);
              }));
  }

  void kills(const Bench& bench) {
    SweepOptions options = sweep_options();
    options.faults = faults_of(world_.dialect(), subject_.scenario->faults);
    add(process_sweep(*bench.experiment, bench.prepared->clean, options,
                      [&](const RunRecord& run) { judge_.note(bench, run, "kill"); }));
  }

  // A second fault tells nothing of a program that one fault breaks, or that is known to be wrong.
  void pairs(const Bench& bench) {
    if (subject_.variant->role != Role::subject || judge_.found_violation()) return;
    add(pairs_.run(*bench.experiment, sweep_options(),
                   [&](const RunRecord& run) { judge_.note(bench, run, "pair"); }));
  }

  void settle_sweeps() {
    CaseVerdict& verdict = outcome_.verdict;
    verdict.closed = !verdict.sweeps.empty() && !judge_.stopped() &&
                     std::ranges::all_of(verdict.sweeps, &SweepAccount::closed);
    if (!incident_gap_.empty()) {
      verdict.closed = false;
      verdict.reason = incident_gap_;
    }
  }

  void add(std::vector<SweepAccount> accounts) {
    CaseVerdict& verdict = outcome_.verdict;
    for (SweepAccount& account : accounts) {
      verdict.faults.planned += account.planned;
      verdict.faults.fired += account.fired;
      verdict.sweeps.push_back(std::move(account));
    }
  }

  const Case& subject_;
  World& world_;
  const CaseOptions& options_;
  CaseOutcome outcome_;
  Judge judge_;
  PairSweep pairs_;
  std::unique_ptr<ClientProcesses> programs_;
  std::string incident_gap_;
};

}  // namespace

CaseOutcome run_case(const Case& subject, World& world, std::vector<OperationFactory> operations,
                     const CaseOptions& options) {
  const std::unique_lock<std::mutex> alone = alone_on_disk(world);
  return CaseRunner(subject, world, options).run(std::move(operations));
}

}  // namespace splitproof::harness
