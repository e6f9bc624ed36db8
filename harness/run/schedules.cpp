#include "harness/run/schedules.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

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

namespace {

// The stage of orders while it goes on.
class Exploring {
 public:
  Exploring(Experiment& experiment, const Plan& plan, const ScheduleOptions& options,
            const std::function<void(const RunRecord&)>& judge)
      : experiment_(experiment),
        plan_(plan),
        options_(options),
        judge_(judge),
        run_options_(options.run),
        fresh_(experiment, false),
        older_(snapshot_reader(experiment)) {
    run_options_.keep_what_is_seen = true;
    run_options_.observers = {&fresh_};
    if (older_) run_options_.observers.push_back(&*older_);
  }

  Explored explore() {
    const Exploration& how = options_.exploration;
    if (how.strategy != StrategyName::automatic) {
      explored_.schedules = run(how.strategy, how.runs_max);
      return std::move(explored_);
    }
    const std::int64_t half = std::max<std::int64_t>(1, how.runs_max / 2);
    explored_.schedules = run(StrategyName::reduced, half, options_.half_spent);
    if (explored_.schedules.complete || !explored_.unstable.empty() || is_stopped(options_)) {
      return std::move(explored_);
    }
    ScheduleCount drawn = run(StrategyName::pct, how.runs_max - half);
    drawn.strategy = fmt::format("{}, {}", explored_.schedules.strategy, drawn.strategy);
    drawn.explored += explored_.schedules.explored;
    drawn.classes = explored_.schedules.classes;
    drawn.pruned = explored_.schedules.pruned;
    explored_.schedules = std::move(drawn);
    return std::move(explored_);
  }

 private:
  ScheduleCount run(StrategyName name, std::int64_t runs_max,
                    const std::function<bool()>& enough = {}) {
    const std::unique_ptr<Explorer> explorer = make_explorer(name, options_.exploration, runs_max);
    Search& search = explorer->search();
    run_options_.strategy = &search;
    bool more = true;
    last_choices_.clear();
    const auto goes_on = [&] { return !is_stopped(options_) && !(enough && enough()); };
    for (std::int64_t runs = 0; more && runs < runs_max && goes_on(); ++runs) {
      search.begin();
      const RunRecord run = experiment_.run(plan_, run_options_);
      note(run, search.diverged());
      more = search.next() && explored_.unstable.empty();
    }
    ScheduleCount account = explorer->account(!more && explored_.unstable.empty(), steps_);
    const bool in_turn = name != StrategyName::pct && name != StrategyName::random;
    if (in_turn) account.pruned = std::exchange(pruned_, 0);
    return account;
  }

  // The choices that this run has not in common with the one before it are new.
  void note_choices(const RunRecord& run) {
    const auto same = [](const Chosen& left, const Chosen& right) {
      return left.move == right.move;
    };
    const auto [next, last] = std::ranges::mismatch(run.choices, last_choices_, same);
    for (auto one = next; one != run.choices.end(); ++one) {
      // At the choice where the two part, nothing else than before is waiting.
      if (one != next || last_choices_.empty()) pruned_ += one->waiting;
    }
    last_choices_ = run.choices;
  }

  void note(const RunRecord& run, bool diverged) {
    count(run, explored_.observers);
    note_choices(run);
    if (diverged) {
      explored_.unstable = fmt::format(
          "the order '{}' has other choices than the run before it had, after the same steps",
          to_string(run.plan));
    }
    const auto strikes = static_cast<std::int64_t>(plan_.strikes.size());
    if (strikes_fired(run) == strikes) {
      for (const FaultPoint& point : run.points) {
        if (run.fired.empty() || point.event > run.fired.back().event) note(point);
      }
    }
    if (steps_.empty()) {
      std::map<char, std::int64_t> steps;
      for (const Event& event : run.history.events) {
        if (!event.retry) ++steps[event.client];
      }
      for (const auto& [client, own] : steps) steps_.push_back(own);
    }
    judge_(run);
  }

  void note(const FaultPoint& point) {
    std::vector<FaultPoint>& known = explored_.reached[{point.client, point.statement}];
    const auto kind_of = [](const FaultPoint& one) {
      const TransactionState& transaction = one.transaction;
      return std::tuple{one.kind,
                        one.immediate,
                        transaction.open,
                        transaction.failed,
                        transaction.serializable,
                        transaction.commit_may_conflict,
                        transaction.has_write_lock};
    };
    const auto same = [&](const FaultPoint& one) { return kind_of(one) == kind_of(point); };
    if (std::ranges::none_of(known, same)) known.push_back(point);
  }

  Experiment& experiment_;
  const Plan& plan_;
  const ScheduleOptions& options_;
  const std::function<void(const RunRecord&)>& judge_;
  RunOptions run_options_;
  FreshReader fresh_;
  std::optional<SnapshotReader> older_;
  std::vector<std::int64_t> steps_;  // Of each session, in the first run.
  std::vector<Chosen> last_choices_;
  std::int64_t pruned_ = 0;
  Explored explored_;
};

}  // namespace

Explored explore(Experiment& experiment, const Plan& plan, const ScheduleOptions& options,
                 const std::function<void(const RunRecord&)>& judge) {
  return Exploring(experiment, plan, options, judge).explore();
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
