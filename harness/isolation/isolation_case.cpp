#include "harness/isolation/isolation_case.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/cli/shell_quote.h"
#include "harness/isolation/anomaly_bench.h"
#include "harness/run/expectation.h"
#include "harness/run/failure.h"
#include "harness/run/shortening.h"
#include "harness/run/worlds.h"

namespace splitproof::harness {

namespace {

constexpr std::int64_t shortening_runs_max = 1'000;

const DocumentedCell& documented_of(const Case& subject) {
  return subject.scenario->anomaly->documented.at({subject.target_kind, subject.variant->name});
}

std::vector<StoryLine> story_of(const AnomalyRecord& record) {
  std::vector<StoryLine> story;
  for (const AnomalyLine& line : record.lines) {
    const std::string waited =
        line.waited_for.empty() ? "" : fmt::format("waits for {}, goes on -> ", line.waited_for);
    story.push_back({fmt::format("session {}", line.session),
                     fmt::format("{}: {}{}", line.statement, waited, line.answer)});
  }
  for (const auto& [letter, outcome] : record.run.told) {
    story.push_back({fmt::format("session {}", letter),
                     fmt::format("its client is told {}", sim::to_string(outcome))});
  }
  if (!record.run.held.empty()) {
    story.push_back({"database", fmt::format("holds {}", record.run.held)});
  }
  return story;
}

class CellRunner {
 public:
  CellRunner(const Case& subject, World& world, const CaseOptions& options)
      : subject_(subject),
        anomaly_(*subject.scenario->anomaly),
        options_(options),
        bench_(world, anomaly_, column_of(subject)) {
    outcome_.verdict = isolation_header(subject);
  }

  CaseOutcome run() {
    try {
      if (options_.plan) {
        Replay written(options_.plan->order);
        if (note(written, "plan")) ++verdict().isolation->occurred;
      } else {
        explore();
        shorten();
        replay();
      }
      conclude();
    } catch (const UnusableInput&) {
      throw;
    } catch (const HarnessFailure& failure) {
      settle(CaseResult::inconclusive,
             fmt::format("the harness could not finish: {}", failure.what()));
    }
    outcome_.verdict.runs = runs_;
    return std::move(outcome_);
  }

 private:
  bool stopped() const { return options_.stopped && options_.stopped(); }
  CaseVerdict& verdict() { return outcome_.verdict; }
  bool occurs() const { return shortest_.has_value(); }

  // Whether the anomaly occurred in this run.
  bool note(Strategy& strategy, const char* purpose) {
    AnomalyRecord record = bench_.run(strategy);
    ++runs_;
    const bool shown = symptom_of(anomaly_, record.run) != nullptr;
    enter(record, purpose, shown);
    if (steps_.empty()) count_steps(record);
    if (options_.on_run) options_.on_run(runs_);
    if (shown && (!occurs() || is_shorter(record.plan, shortest_->plan))) {
      shortest_ = std::move(record);
    }
    return shown;
  }

  void count_steps(const AnomalyRecord& record) {
    for (const AnomalySession& session : anomaly_.sessions) {
      steps_.push_back(std::ranges::count(record.lines, session.letter, &AnomalyLine::session));
    }
  }

  void enter(const AnomalyRecord& record, const char* purpose, bool shown) {
    LedgerEntry entry;
    entry.scenario = verdict().scenario;
    entry.variant = verdict().variant;
    entry.target = verdict().target;
    entry.purpose = purpose;
    entry.plan = to_string(record.plan);
    for (std::size_t i = 0; i < anomaly_.sessions.size(); ++i) {
      const std::string told(sim::to_string(record.run.told.at(anomaly_.sessions[i].letter)));
      entry.operations.push_back(static_cast<int>(i) + 1);
      entry.told.push_back(told);
      entry.retried.push_back(told);
    }
    entry.held = entry.finally = record.run.held;
    if (shown) entry.broken.emplace_back("isolation");
    outcome_.ledger.push_back(std::move(entry));
  }

  void explore() {
    const Exploration& how = options_.exploration;
    Exploration exploration = how;
    exploration.seed = options_.seed;
    const std::unique_ptr<Explorer> explorer =
        make_explorer(how.strategy, exploration, how.runs_max);
    Search& search = explorer->search();
    bool more = true;
    for (std::int64_t runs = 0; more && runs < how.runs_max && !stopped(); ++runs) {
      search.begin();
      if (note(search, "order")) ++verdict().isolation->occurred;
      diverged_ = diverged_ || search.diverged();
      more = search.next() && !diverged_;
    }
    verdict().schedules = explorer->account(!more && !diverged_, steps_);
    verdict().closed = verdict().schedules->complete;
  }

  // The order with the fewest switches that shows the anomaly.
  void shorten() {
    std::int64_t runs = 0;
    bool found = !occurs();
    for (int bound = 0; !found; ++bound) {
      Exhaustive orders(bound);
      do {
        if (runs++ == shortening_runs_max || stopped()) return;
        orders.begin();
        found = note(orders, "shrink") || found;
      } while (orders.next());
      if (!orders.left_some_out()) return;
    }
  }

  // What cannot be shown again is no finding.
  void replay() {
    if (!occurs()) return;
    Replay written(shortest_->plan.order);
    repeatable_ = note(written, "replay");
  }

  void settle(CaseResult result, std::string reason) {
    verdict().result = result;
    verdict().reason = std::move(reason);
  }

  void conclude() {
    const Documented says = documented_of(subject_).says;
    verdict().observed = occurs() ? "violated" : "holds";
    if (occurs()) write_seen(says);
    if (diverged_) {
      return settle(CaseResult::unstable,
                    "the same choices led to other ones in another run, so that not every order "
                    "was run");
    }
    if (!repeatable_) {
      return settle(CaseResult::unstable, fmt::format("the order '{}' shows {} once and not again",
                                                      to_string(shortest_->plan), anomaly_.name));
    }
    if (occurs()) {
      if (says != Documented::ruled_out) return settle(CaseResult::pass, "");
      return settle(CaseResult::fail,
                    fmt::format("the documentation rules {} out, and it occurs", anomaly_.name));
    }
    if (options_.plan) {
      if (says != Documented::happens) return settle(CaseResult::pass, "");
      return settle(CaseResult::fail,
                    fmt::format("{} does not occur in this order", anomaly_.name));
    }
    if (stopped()) return settle(CaseResult::inconclusive, "stopped before its end");
    if (!verdict().schedules->complete) {
      const ScheduleCount& schedules = *verdict().schedules;
      return settle(CaseResult::inconclusive,
                    schedules.left.empty() ? schedules.shows : schedules.left);
    }
    if (says != Documented::happens) return settle(CaseResult::pass, "");
    write_not_seen();
    settle(CaseResult::fail,
           fmt::format("the documentation says that {} happens, and it occurs in no order",
                       anomaly_.name));
  }

  Finding finding_of(Documented says) {
    Finding finding;
    finding.id =
        fmt::format("{}.{}.{}.1", verdict().scenario, verdict().variant, subject_.target_kind);
    finding.oracle = "isolation";
    finding.severity = "violation";
    finding.anomaly = anomaly_.name;
    const char* const words = says == Documented::ruled_out  ? "is ruled out"
                              : says == Documented::possible ? "is possible"
                                                             : "happens";
    finding.claim = fmt::format("{} {} in {}. {}", anomaly_.name, words, column_of(subject_).title,
                                documented_of(subject_).source);
    finding.replay = replay_begin(subject_, options_.seed);
    return finding;
  }

  void write_seen(Documented says) {
    Finding finding = finding_of(says);
    finding.because =
        fmt::format("{} {}.", anomaly_.definition,
                    in_words(anomaly_, *symptom_of(anomaly_, shortest_->run), shortest_->run));
    finding.plan = to_string(shortest_->plan);
    finding.replay += fmt::format(" --plan {}", shell_quote(finding.plan));
    finding.runs = verdict().isolation->occurred;
    finding.story = story_of(*shortest_);
    verdict().findings.push_back(std::move(finding));
  }

  void write_not_seen() {
    Finding finding = finding_of(Documented::happens);
    finding.because = fmt::format(
        "{} is said to happen, and does so in none of the {} orders, each of which was run or "
        "differs from one that was only in steps that do not touch each other.",
        anomaly_.name, verdict().schedules->of);
    finding.runs = runs_;
    verdict().findings.push_back(std::move(finding));
  }

  const Case& subject_;
  const AnomalyProgram& anomaly_;
  const CaseOptions& options_;
  AnomalyBench bench_;
  CaseOutcome outcome_;
  std::int64_t runs_ = 0;
  bool diverged_ = false;
  bool repeatable_ = true;
  std::vector<std::int64_t> steps_;  // Of each session, in the first run.
  std::optional<AnomalyRecord> shortest_;
};

}  // namespace

const IsolationColumn& column_of(const Case& subject) {
  return subject.scenario->anomaly->columns.at({subject.target_kind, subject.variant->name});
}

CaseVerdict isolation_header(const Case& subject) {
  const DocumentedCell& documented = documented_of(subject);
  CaseVerdict verdict;
  verdict.scenario = subject.scenario->name;
  verdict.title = subject.scenario->title;
  verdict.variant = subject.variant->name;
  verdict.target = without_password(subject.target);
  verdict.role = std::string(to_string(subject.variant->role));
  if (documented.says == Documented::happens) verdict.expected = "violated";
  if (documented.says == Documented::ruled_out) verdict.expected = "holds";
  verdict.observed = "unknown";
  verdict.isolation = IsolationCell{subject.scenario->anomaly->name,
                                    std::string(to_string(documented.says)), documented.source, 0};
  return verdict;
}

CaseOutcome run_isolation_case(const Case& subject, World& world, const CaseOptions& options) {
  return CellRunner(subject, world, options).run();
}

ReplayResult replay_isolation(const Case& subject, World& world, const Plan& plan,
                              std::ostream& out) {
  const AnomalyProgram& anomaly = *subject.scenario->anomaly;
  AnomalyBench bench(world, anomaly, column_of(subject));
  Replay written(plan.order);
  const AnomalyRecord record = bench.run(written);
  out << fmt::format("{} / {} on {}, plan: {}\n\n", subject.scenario->name, subject.variant->name,
                     subject.target, to_string(plan));
  for (const StoryLine& line : story_of(record)) {
    out << fmt::format("  {}: {}\n", line.actor, line.text);
  }
  out << '\n';
  ReplayResult result;
  result.run.plan = record.plan;
  const Symptom* const symptom = symptom_of(anomaly, record.run);
  if (symptom == nullptr) return result;
  Violation violation;
  violation.oracle = "isolation";
  violation.because = in_words(anomaly, *symptom, record.run);
  result.violations.push_back(violation);
  out << fmt::format("{} occurs: {}\n", anomaly.name, violation.because);
  return result;
}

}  // namespace splitproof::harness
