#include "harness/run/schedules.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/run/observers.h"

namespace splitproof::harness {

namespace {

constexpr std::size_t split_reads_max = 200;

void count(const RunRecord& run, std::vector<ObserverCount>& counts) {
  for (const Sight& sight : run.sights) {
    const ObserverCount one{sight.kind, sight.seen != nullptr ? 1 : 0,
                            sight.seen != nullptr ? 0 : 1};
    add_to(counts, {one});
  }
}

// Readers that keep a snapshot; none where they would keep writers from committing.
std::optional<SnapshotReader> snapshot_reader(Experiment& experiment) {
  if (experiment.world().dialect() == sim::Dialect::sqlite) return std::nullopt;
  return std::optional<SnapshotReader>(std::in_place, experiment);
}

// The tables that a run leaves otherwise than before.
std::vector<std::string> changed_tables(const Observation& before, const Observation& after) {
  std::vector<std::string> changed;
  for (const auto& [name, table] : before.state) {
    const auto now = after.state.find(name);
    const bool same =
        now != after.state.end() && (now->second == table || now->second->rows == table->rows);
    if (!same) changed.push_back(name);
  }
  return changed;
}

// Which table to read first: each that is changed, so that each is once read after the others; or
// one that is not, where only one is.
std::vector<std::string> first_tables(const Observation& before, const Observation& after) {
  std::vector<std::string> changed = changed_tables(before, after);
  if (changed.size() != 1) return changed;
  for (const auto& [name, table] : before.state) {
    if (name != changed.front()) return {name};
  }
  return {};
}

struct SplitRead {
  std::string table;
  std::size_t first = 0;
  std::size_t second = 0;
};

std::vector<SplitRead> split_reads(const RunRecord& run, const Observation& before) {
  std::vector<std::size_t> points{0};
  CommitWatch watch;
  const std::vector<Event>& events = run.history.events;
  for (std::size_t i = 0; i < events.size() && !events[i].retry; ++i) {
    if (watch.may_have_committed(events[i])) points.push_back(i + 1);
  }
  std::vector<SplitRead> choices;
  for (const std::string& table : first_tables(before, *run.after)) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      for (std::size_t j = i + 1; j < points.size(); ++j) {
        choices.push_back({table, points[i], points[j]});
      }
    }
  }
  if (choices.size() > split_reads_max) choices.resize(split_reads_max);
  return choices;
}

bool is_stopped(const ScheduleOptions& options) { return options.stopped && options.stopped(); }

}  // namespace

void add_to(std::vector<ObserverCount>& counts, const std::vector<ObserverCount>& more) {
  for (const ObserverCount& one : more) {
    auto known = std::ranges::find(counts, one.kind, &ObserverCount::kind);
    if (known == counts.end()) known = counts.insert(known, ObserverCount{one.kind, 0, 0});
    known->seen += one.seen;
    known->not_observable += one.not_observable;
  }
}

Explored explore(Experiment& experiment, const ScheduleOptions& options,
                 const std::function<void(const RunRecord&)>& judge) {
  Explored explored;
  Exhaustive strategy;
  FreshReader fresh(experiment, false);
  std::optional<SnapshotReader> older = snapshot_reader(experiment);
  RunOptions run_options = options.run;
  run_options.strategy = &strategy;
  run_options.keep_what_is_seen = true;
  run_options.observers = {&fresh};
  if (older) run_options.observers.push_back(&*older);
  bool more = true;
  while (more && strategy.explored() < options.runs_max && !is_stopped(options)) {
    strategy.begin();
    const RunRecord run = experiment.run({}, run_options);
    count(run, explored.observers);
    if (strategy.diverged()) {
      explored.unstable = fmt::format(
          "the order '{}' has other choices than the run before it had, after the same steps",
          to_string(run.plan));
    }
    judge(run);
    more = strategy.next() && explored.unstable.empty();
  }
  explored.schedules.explored = strategy.explored();
  explored.schedules.complete = !more && explored.unstable.empty();
  if (explored.schedules.complete) explored.schedules.of = strategy.explored();
  return explored;
}

std::vector<ObserverCount> observe(Experiment& experiment, const Plan& plan,
                                   const ScheduleOptions& options,
                                   const std::function<void(const RunRecord&)>& judge) {
  std::vector<ObserverCount> counts;
  FreshReader fresh(experiment, true);
  std::optional<SnapshotReader> snapshot = snapshot_reader(experiment);
  const std::shared_ptr<const Observation> before = experiment.initial();
  RunOptions run_options = options.run;
  run_options.keep_what_is_seen = true;
  run_options.observers = {&fresh};
  if (snapshot) run_options.observers.push_back(&*snapshot);
  const RunRecord first = experiment.run(plan, run_options);
  count(first, counts);
  judge(first);
  if (!snapshot) return counts;
  run_options.observers = {&*snapshot};
  for (const SplitRead& choice : split_reads(first, *before)) {
    if (is_stopped(options)) break;
    snapshot->split(choice.table, choice.first, choice.second);
    const RunRecord run = experiment.run(plan, run_options);
    count(run, counts);
    judge(run);
  }
  return counts;
}

}  // namespace splitproof::harness
