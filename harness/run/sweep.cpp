#include "harness/run/sweep.h"

#include <fmt/format.h>

#include <algorithm>

namespace splitproof::harness {

namespace {

bool same_event(const CleanRun& clean, const RunRecord& run, std::size_t index) {
  return same(clean.record.history.events[index], run.history.events[index],
              !clean.volatile_events.contains(index));
}

// Where the run leaves the clean one before event `until`; empty when it does not.
std::string divergence(const CleanRun& clean, const RunRecord& run, std::size_t until) {
  const std::vector<Event>& ours = clean.record.history.events;
  for (std::size_t i = 0; i < until; ++i) {
    if (i >= ours.size()) return fmt::format("has more statements than the clean run's {}", i);
    if (!same_event(clean, run, i)) {
      return fmt::format("differs from the clean run at statement {} ('{}': {}; clean: '{}': {})",
                         i + 1, run.history.events[i].name, run.history.events[i].answer,
                         ours[i].name, ours[i].answer);
    }
  }
  return "";
}

void keep_first(std::string& reason, std::string next) {
  if (reason.empty()) reason = std::move(next);
}

class FaultSweep {
 public:
  FaultSweep(Experiment& experiment, const CleanRun& clean, const SweepOptions& options,
             const Fault& fault, bool persistent)
      : experiment_(experiment),
        clean_(clean),
        options_(options),
        fault_(fault),
        persistent_(persistent) {
    account_.fault = to_string(fault);
    account_.mode = persistent ? "from-there-on" : "once";
    account_.phase = "operation";
  }

  SweepAccount run(const std::function<void(const RunRecord&)>& judge) {
    for (const FaultPoint& point : clean_.record.points) {
      if (!can_strike(fault_, point)) continue;
      if (options_.stopped && options_.stopped()) {
        account_.open_because = "stopped before its end";
        return account_;
      }
      ++account_.planned;
      judge(strike(point.statement));
    }
    if (account_.planned > 0) judge(close());
    account_.closed = account_.open_because.empty();
    return account_;
  }

 private:
  RunRecord execute(int statement) {
    return experiment_.run(Plan{{Strike{'a', statement, fault_, persistent_}}}, options_.run);
  }

  RunRecord strike(int statement) {
    RunRecord run = execute(statement);
    if (run.fired.empty()) {
      keep_first(account_.open_because,
                 fmt::format("the fault planned at statement {} did not fire", statement));
      return run;
    }
    ++account_.fired;
    const std::string different = divergence(clean_, run, run.fired.front().event);
    if (!different.empty()) {
      keep_first(account_.open_because,
                 fmt::format("the run '{}' {}", to_string(run.plan), different));
    }
    return run;
  }

  // The run after the last point: nothing may fire, and nothing may differ.
  RunRecord close() {
    RunRecord run = execute(static_cast<int>(clean_.record.points.size()) + 1);
    const std::size_t events = clean_.record.history.events.size();
    if (!run.fired.empty()) {
      keep_first(account_.open_because, "a fault fired after the last point of the clean run");
    } else if (run.history.events.size() != events) {
      keep_first(account_.open_because,
                 fmt::format("the closing run has {} statements, the clean run {}",
                             run.history.events.size(), events));
    } else {
      const std::string different = divergence(clean_, run, events);
      if (!different.empty()) {
        keep_first(account_.open_because, fmt::format("the closing run {}", different));
      }
    }
    return run;
  }

  Experiment& experiment_;
  const CleanRun& clean_;
  const SweepOptions& options_;
  const Fault& fault_;
  bool persistent_;
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
      differs.push_back(
          fmt::format("two clean runs differ at statement {}: '{}' ({}) and '{}' ({})", i + 1,
                      ours[i].name, ours[i].answer, theirs[i].name, theirs[i].answer));
      break;
    }
    if (ours[i].parameters != theirs[i].parameters) clean.volatile_events.insert(i);
  }
  clean.record = std::move(first);
  return clean;
}

std::vector<SweepAccount> sweep(Experiment& experiment, const CleanRun& clean,
                                const SweepOptions& options,
                                const std::function<void(const RunRecord&)>& judge) {
  std::vector<SweepAccount> accounts;
  for (const Fault& fault : options.faults) {
    for (const bool persistent : {false, true}) {
      if (options.stopped && options.stopped()) return accounts;
      SweepAccount account = FaultSweep(experiment, clean, options, fault, persistent).run(judge);
      if (account.planned > 0) accounts.push_back(std::move(account));
    }
  }
  return accounts;
}

}  // namespace splitproof::harness
