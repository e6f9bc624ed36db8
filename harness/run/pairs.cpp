#include "harness/run/pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace splitproof::harness {

namespace {

using Phase = PairSweep::Phase;

std::string told_text(const std::vector<Told>& told) {
  std::string text;
  for (const Told& one : told) {
    text += fmt::format("{}:{} ", one.operation, sim::to_string(one.outcome));
  }
  return text;
}

// What a run does from event `begin` on, in the first attempts or in the retries.
std::string trace(const RunRecord& run, std::size_t begin, bool in_retry) {
  std::string text;
  for (std::size_t i = begin; i < run.history.events.size(); ++i) {
    const Event& event = run.history.events[i];
    if (event.retry != in_retry) continue;
    text += fmt::format("{}{} {} {}\n", event.client, event.operation, event.name,
                        comparable_answer(event.answer));
  }
  return text;
}

bool is_ok(const Event& event) { return event.answer.starts_with("ok"); }

// What had become of the statements carried out when the first fault had struck. Where runs go on
// alike, a second fault may still show whether the work was committed before it is done again.
class Reached {
 public:
  explicit Reached(const RunRecord& run) : dialect_(run.points.front().dialect) {
    const std::size_t struck = run.fired.front().event;
    for (std::size_t i = 0; i <= struck; ++i) {
      note(run.history.events[i], i == struck ? &run.fired.front().fault : nullptr);
    }
  }

  std::string text() const {
    std::string text = committed_;
    for (const auto& [session, statements] : open_) {
      text += fmt::format("{}{}: {}", session.first, session.second, statements);
    }
    return text;
  }

 private:
  using Session = std::pair<char, int>;

  void note(const Event& event, const Fault* fault) {
    const Session session{event.client, event.connection};
    // Before its answer was lost, it was carried out.
    const bool done =
        is_ok(event) || (fault != nullptr && std::holds_alternative<LoseReply>(*fault));
    carry_out(event, session, done);
    const auto* error = fault == nullptr ? nullptr : std::get_if<RaiseError>(fault);
    const bool rolled_back = error != nullptr && error->rolls_back;
    if (rolled_back || event.answer.starts_with("no answer")) open_.erase(session);
  }

  void carry_out(const Event& event, const Session& session, bool done) {
    const auto transaction = open_.find(session);
    const bool ends =
        event.kind == sim::StatementKind::commit || event.kind == sim::StatementKind::rollback;
    if (ends && transaction != open_.end()) {
      if (done && event.kind == sim::StatementKind::commit) {
        committed_ += transaction->second + event.text + '\n';
      }
      // A COMMIT that fails leaves the transaction open on SQLite.
      if (done || dialect_ == sim::Dialect::postgres) open_.erase(transaction);
    } else if (done && event.kind == sim::StatementKind::begin) {
      open_[session] = "";
    } else if (done) {
      (transaction == open_.end() ? committed_ : transaction->second) += event.text + '\n';
    }
  }

  sim::Dialect dialect_;
  std::string committed_;
  std::map<Session, std::string> open_;  // By connection.
};

std::string situation(const RunRecord& run, Phase phase) {
  return fmt::format("{}|{}|{}|{}|{}|{}", phase == Phase::recovery ? Reached(run).text() : "",
                     trace(run, run.fired.front().event + 1, phase == Phase::retry),
                     told_text(run.first), run.after->digest, told_text(run.last),
                     run.finally->digest);
}

std::vector<FaultPoint> points_behind(const RunRecord& run, Phase phase) {
  if (phase == Phase::retry) return run.retry_points;
  std::vector<FaultPoint> points;
  std::ranges::copy_if(run.points, std::back_inserter(points), [&](const FaultPoint& point) {
    return point.event > run.fired.front().event;
  });
  return points;
}

// A server's crash or a process's death takes so long that a second fault in each of its situations
// would cost more than all the rest.
bool is_one_of_a_pair(const Fault& fault) {
  const std::string_view name = family(fault);
  return name == "error" || name == "throw" || name == "drop" || name == "lose-reply";
}

// Adds the counts of one situation to those of the same fault, mode and phase.
void add(std::vector<SweepAccount>& all, SweepAccount account) {
  const auto known = std::ranges::find_if(all, [&](const SweepAccount& one) {
    return one.fault == account.fault && one.mode == account.mode && one.phase == account.phase;
  });
  if (known == all.end()) {
    all.push_back(std::move(account));
    return;
  }
  known->planned += account.planned;
  known->fired += account.fired;
  known->closed = known->closed && account.closed;
  if (known->open_because.empty()) known->open_because = std::move(account.open_because);
}

}  // namespace

void PairSweep::note(const RunRecord& run) {
  if (run.fired.empty() || run.plan.strikes.size() != 1) return;
  // A fault that goes on striking is more than one.
  if (run.plan.strikes.front().persistent) return;
  if (!is_one_of_a_pair(run.plan.strikes.front().fault)) return;
  for (const Phase phase : {Phase::recovery, Phase::retry}) {
    if (points_behind(run, phase).empty()) continue;
    if (known_.emplace(phase, situation(run, phase)).second) situations_.emplace_back(phase, run);
  }
}

std::vector<SweepAccount> PairSweep::run(Experiment& experiment, const SweepOptions& options,
                                         const std::function<void(const RunRecord&)>& judge) const {
  SweepOptions second = options;
  second.modes = {false};
  std::erase_if(second.faults, [](const Fault& fault) { return !is_one_of_a_pair(fault); });
  // What a server makes up anew in each run (transaction ids) is told by no calibration here.
  const bool all_parameters = experiment.world().dialect() == sim::Dialect::sqlite;
  std::vector<SweepAccount> accounts;
  for (const auto& [phase, record] : situations_) {
    SweepBase base;
    base.record = &record;
    base.points = points_behind(record, phase);
    base.with_parameters = [all_parameters](std::size_t) { return all_parameters; };
    base.phase = phase == Phase::retry ? "retry" : "recovery";
    for (SweepAccount& account : sweep(experiment, base, second, judge)) {
      add(accounts, std::move(account));
    }
  }
  return accounts;
}

}  // namespace splitproof::harness
