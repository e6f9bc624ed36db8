#include "harness/run/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace splitproof::harness {

namespace {

// Where the run leaves its base before event `until`; empty when it does not.
std::string divergence(const SweepBase& base, const RunRecord& run, std::size_t until) {
  const std::vector<Event>& ours = base.record->history.events;
  for (std::size_t i = 0; i < until; ++i) {
    if (i >= ours.size()) return fmt::format("has more statements than the {} before it", i);
    const Event& found = run.history.events[i];
    if (!same(ours[i], found, base.with_parameters(i))) {
      return fmt::format("differs from '{}' at statement {} ('{}': {}; there '{}': {})",
                         to_string(base.record->plan), i + 1, found.name, found.answer,
                         ours[i].name, ours[i].answer);
    }
  }
  return "";
}

// What each connection was asked, whichever of them was opened first.
std::vector<std::vector<std::string>> by_connection(const std::vector<Event>& events) {
  std::map<std::pair<char, int>, std::vector<std::string>> asked;
  for (const Event& event : events) {
    asked[{event.client, event.connection}].push_back(shape_of(event.text));
  }
  std::vector<std::vector<std::string>> all;
  for (auto& [connection, statements] : asked) all.push_back(std::move(statements));
  std::ranges::sort(all);
  return all;
}

// Why two clean runs may differ as they do, and what helps; empty where it cannot be told.
std::string reason_of(const std::vector<Event>& ours, const std::vector<Event>& theirs) {
  const auto connections = by_connection(ours);
  if (connections.size() < 2 || connections != by_connection(theirs)) return "";
  return fmt::format(
      "; each of {} connections was asked the same both times, in another order: they work at the "
      "same moment, and the n-th statement is the same one on each run only where one works at a "
      "time",
      connections.size());
}

void keep_first(std::string& reason, std::string next) {
  if (reason.empty()) reason = std::move(next);
}

class FaultSweep {
 public:
  FaultSweep(Experiment& experiment, const SweepBase& base, const SweepOptions& options,
             const Fault& fault, bool persistent)
      : experiment_(experiment),
        base_(base),
        options_(options),
        fault_(fault),
        persistent_(persistent) {
    account_.fault = to_string(fault);
    account_.mode = persistent ? "from-there-on" : "once";
    account_.phase = base.phase;
  }

  SweepAccount run(const std::function<void(const RunRecord&)>& judge) {
    for (const FaultPoint& point : base_.points) {
      if (!can_strike(fault_, point)) continue;
      if (options_.stopped && options_.stopped()) {
        account_.open_because = "stopped before its end";
        return account_;
      }
      ++account_.planned;
      last_ = point;
      judge(strike(point));
    }
    if (account_.planned > 0) judge(close());
    account_.closed = account_.open_because.empty();
    return account_;
  }

 private:
  RunRecord execute(const FaultPoint& point, int statement) {
    Plan plan = base_.record->plan;
    plan.strikes.push_back({point.client, statement, fault_, persistent_, point.in_retry});
    return experiment_.run(plan, options_.run);
  }

  RunRecord strike(const FaultPoint& point) {
    RunRecord run = execute(point, point.statement);
    const std::size_t before = base_.record->fired.size();
    if (run.fired.size() <= before) {
      keep_first(account_.open_because,
                 fmt::format("the fault planned in '{}' did not fire", to_string(run.plan)));
      return run;
    }
    ++account_.fired;
    const std::string different = divergence(base_, run, run.fired[before].event);
    if (!different.empty()) {
      keep_first(account_.open_because,
                 fmt::format("the run '{}' {}", to_string(run.plan), different));
    }
    return run;
  }

  // The run after the last point: nothing more may fire, and nothing may differ.
  RunRecord close() {
    FaultPoint last = last_;
    for (const FaultPoint& point : base_.points) {
      if (point.client == last.client && point.statement > last.statement) last = point;
    }
    RunRecord run = execute(last, last.statement + 1);
    const std::size_t events = base_.record->history.events.size();
    if (run.fired.size() != base_.record->fired.size()) {
      keep_first(account_.open_because, fmt::format("a fault fired after the last point of '{}'",
                                                    to_string(base_.record->plan)));
    } else if (run.history.events.size() != events) {
      keep_first(account_.open_because,
                 fmt::format("the closing run has {} statements instead of {}",
                             run.history.events.size(), events));
    } else {
      const std::string different = divergence(base_, run, events);
      if (!different.empty()) {
        keep_first(account_.open_because, fmt::format("the closing run {}", different));
      }
    }
    return run;
  }

  Experiment& experiment_;
  const SweepBase& base_;
  const SweepOptions& options_;
  const Fault& fault_;
  bool persistent_;
  FaultPoint last_;  // At which it was struck.
  SweepAccount account_;
};

}  // namespace

CleanRun clean_run(RunRecord first, const RunRecord& shifted, std::vector<std::string>& differs) {
  CleanRun clean;
  const std::vector<Event>& ours = first.history.events;
  const std::vector<Event>& theirs = shifted.history.events;
  if (ours.size() != theirs.size()) {
    differs.push_back(
        fmt::format("one clean run has {} statements, another {}", ours.size(), theirs.size()));
  }
  for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
    if (!same(ours[i], theirs[i], false)) {
      differs.push_back(fmt::format(
          "two clean runs differ at statement {}: '{}' ({}) and '{}' ({}){}", i + 1, ours[i].name,
          ours[i].answer, theirs[i].name, theirs[i].answer, reason_of(ours, theirs)));
      break;
    }
    if (ours[i].parameters != theirs[i].parameters || ours[i].text != theirs[i].text) {
      clean.volatile_events.insert(i);
    }
  }
  clean.record = std::move(first);
  return clean;
}

SweepBase base_of(const CleanRun& clean) {
  SweepBase base;
  base.record = &clean.record;
  base.points = clean.order.empty() ? clean.record.points : clean.order;
  base.with_parameters = [&clean](std::size_t event) {
    return !clean.volatile_events.contains(event);
  };
  base.phase = "operation";
  return base;
}

std::vector<SweepAccount> sweep(Experiment& experiment, const SweepBase& base,
                                const SweepOptions& options,
                                const std::function<void(const RunRecord&)>& judge) {
  std::vector<SweepAccount> accounts;
  for (const Fault& fault : options.faults) {
    for (const bool persistent : options.modes) {
      if (options.stopped && options.stopped()) return accounts;
      if (persistent && ends_process(fault)) continue;
      SweepAccount account = FaultSweep(experiment, base, options, fault, persistent).run(judge);
      if (account.planned > 0) accounts.push_back(std::move(account));
    }
  }
  return accounts;
}

}  // namespace splitproof::harness
