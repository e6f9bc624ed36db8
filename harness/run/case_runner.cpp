#include "harness/run/case_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/shell_quote.h"
#include "harness/run/expectation.h"
#include "harness/run/findings.h"
#include "harness/run/worlds.h"

namespace splitproof::harness {

namespace {

std::vector<std::string> outcomes(const std::vector<Told>& told) {
  std::vector<std::string> texts;
  for (const Told& one : told) texts.emplace_back(sim::to_string(one.outcome));
  return texts;
}

class CaseRunner {
 public:
  CaseRunner(const Case& subject, World& world, const CaseOptions& options)
      : subject_(subject), world_(world), options_(options) {
    outcome_.verdict = verdict_header(subject);
  }

  CaseOutcome run(std::vector<OperationFactory> operations) {
    CaseVerdict& verdict = outcome_.verdict;
    try {
      Experiment experiment(world_, *subject_.scenario, std::move(operations));
      judge_case(experiment);
      verdict.runs = experiment.runs();
    } catch (const UnusableInput&) {
      throw;
    } catch (const HarnessFailure& failure) {
      verdict.result = CaseResult::inconclusive;
      verdict.observed = "unknown";
      verdict.reason = fmt::format("the harness could not finish: {}", failure.what());
    }
    return std::move(outcome_);
  }

 private:
  void judge_case(Experiment& experiment) {
    CaseVerdict& verdict = outcome_.verdict;
    Prepared prepared =
        prepare(experiment, options_.seed, [&](const RunRecord& run, const char* why) {
          enter(run, why, {});
          progress(experiment);
        });
    verdict.compared_with_care = prepared.compared_with_care;
    verdict.points = static_cast<std::int64_t>(2 * prepared.clean.record.points.size());
    unstable_ = prepared.unstable;
    vacuous_ = prepared.references.clean().digest == prepared.references.before().digest;
    if (unstable_.empty()) {
      note(experiment, prepared, prepared.clean.record, nullptr, false);
      if (options_.plan) {
        single(experiment, prepared);
      } else {
        incident(experiment, prepared);
        sweeps(experiment, prepared);
      }
      write_findings(experiment, prepared);
    }
    Facts facts;
    facts.unstable = unstable_;
    facts.changes_nothing = vacuous_;
    facts.stopped = options_.stopped && options_.stopped();
    facts.single_plan = options_.plan.has_value();
    conclude(verdict, subject_.variant->expect.at(subject_.target_kind), facts);
  }

  // Asks the oracles; `purpose` is null for a run whose ledger line is already written.
  void note(Experiment& experiment, const Prepared& prepared, const RunRecord& run,
            const char* purpose, bool incident) {
    std::vector<Violation> all;
    std::vector<std::string> broken;
    for (const auto& [name, oracle] : options_.oracles) {
      for (Violation& violation : oracle(run, prepared.references)) {
        broken.push_back(violation.oracle);
        all.push_back(std::move(violation));
      }
    }
    book_.note(run, all, incident);
    if (purpose == nullptr) return;
    enter(run, purpose, broken);
    progress(experiment);
  }

  void progress(const Experiment& experiment) const {
    if (options_.on_run) options_.on_run(experiment.runs());
  }

  void enter(const RunRecord& run, const char* purpose, std::vector<std::string> broken) {
    LedgerEntry entry;
    entry.scenario = subject_.scenario->name;
    entry.variant = subject_.variant->name;
    entry.target = outcome_.verdict.target;
    entry.purpose = purpose;
    entry.plan = to_string(run.plan);
    for (const Told& told : run.first) entry.operations.push_back(told.operation + 1);
    entry.fired = static_cast<std::int64_t>(run.fired.size());
    entry.told = outcomes(run.first);
    entry.held = run.after->digest;
    entry.retried = outcomes(run.last);
    entry.finally = run.finally->digest;
    entry.broken = std::move(broken);
    outcome_.ledger.push_back(std::move(entry));
  }

  RunOptions usual() const {
    RunOptions options;
    options.shift.seed = options_.seed;
    return options;
  }

  void single(Experiment& experiment, const Prepared& prepared) {
    const RunRecord run = experiment.run(*options_.plan, usual());
    note(experiment, prepared, run, "plan", false);
    outcome_.verdict.faults.planned = static_cast<std::int64_t>(options_.plan->strikes.size());
    outcome_.verdict.faults.fired = static_cast<std::int64_t>(run.fired.size());
  }

  // The incident's strikes name statements; where those stand in a run depends on what struck
  // before, so each is looked up in the run of the strikes before it.
  void incident(Experiment& experiment, const Prepared& prepared) {
    const std::vector<IncidentStrike>& strikes = subject_.scenario->incident;
    if (strikes.empty()) return;
    Plan plan;
    for (const IncidentStrike& wanted : strikes) {
      const RunRecord run = experiment.run(plan, usual());
      const auto event = std::ranges::find_if(run.history.events, [&](const Event& candidate) {
        return candidate.operation == wanted.operation - 1 && !candidate.retry &&
               candidate.statement != 0 && candidate.name == wanted.statement;
      });
      if (event == run.history.events.end()) {
        incident_gap_ = fmt::format("the incident's statement '{}' does not occur in operation {}",
                                    wanted.statement, wanted.operation);
        return;
      }
      plan.strikes.push_back(
          {'a', event->statement, typical_fault(world_.dialect(), wanted.fault).value(), false});
    }
    const RunRecord run = experiment.run(plan, usual());
    note(experiment, prepared, run, "incident", true);
  }

  void sweeps(Experiment& experiment, const Prepared& prepared) {
    CaseVerdict& verdict = outcome_.verdict;
    SweepOptions options;
    options.faults = faults_of(world_.dialect(), subject_.scenario->faults);
    options.stopped = options_.stopped;
    options.run = usual();
    verdict.sweeps = sweep(experiment, prepared.clean, options, [&](const RunRecord& run) {
      note(experiment, prepared, run, "sweep", false);
    });
    verdict.closed =
        !verdict.sweeps.empty() && std::ranges::all_of(verdict.sweeps, &SweepAccount::closed);
    for (const SweepAccount& account : verdict.sweeps) {
      verdict.faults.planned += account.planned;
      verdict.faults.fired += account.fired;
    }
    if (options_.stopped && options_.stopped()) verdict.closed = false;
    if (!incident_gap_.empty()) {
      verdict.closed = false;
      verdict.reason = incident_gap_;
    }
  }

  // A finding is replayed before it is reported.
  void write_findings(Experiment& experiment, const Prepared& prepared) {
    FindingContext context;
    context.scenario = subject_.scenario;
    context.references = &prepared.references;
    context.comparison = &experiment.comparison();
    context.id_prefix = fmt::format("{}.{}.{}", subject_.scenario->name, subject_.variant->name,
                                    subject_.target_kind);
    context.replay_begin = replay_begin(subject_, options_.seed);
    std::size_t incidents = 0;
    std::size_t others = 0;
    for (const auto& [cause, shown] : book_.findings()) {
      const RunRecord again = experiment.run(shown.run.plan, usual());
      enter(again, "replay", {});
      progress(experiment);
      const std::string different = difference(shown.run, again);
      if (!different.empty()) {
        unstable_.push_back(fmt::format("the plan '{}' {}", to_string(shown.run.plan), different));
      }
      const std::size_t number = shown.incident ? ++incidents : ++others;
      outcome_.verdict.findings.push_back(write_finding(shown, number, context));
    }
  }

  std::string difference(const RunRecord& first, const RunRecord& again) const {
    const auto& ours = first.history.events;
    const auto& theirs = again.history.events;
    const bool with_parameters = world_.dialect() == sim::Dialect::sqlite;
    for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
      if (!same(ours[i], theirs[i], with_parameters)) {
        return fmt::format(
            "differs when replayed, first at statement {}: '{}' ({}), then '{}' ({})", i + 1,
            ours[i].name, ours[i].answer, theirs[i].name, theirs[i].answer);
      }
    }
    if (ours.size() != theirs.size()) return "has another number of statements when replayed";
    if (outcomes(first.first) != outcomes(again.first)) return "tells the client something else";
    if (first.after->digest != again.after->digest ||
        first.finally->digest != again.finally->digest) {
      return "leaves another state when replayed";
    }
    return "";
  }

  const Case& subject_;
  World& world_;
  const CaseOptions& options_;
  CaseOutcome outcome_;
  FindingBook book_;
  std::vector<std::string> unstable_;
  std::string incident_gap_;
  bool vacuous_ = false;
};

}  // namespace

std::string replay_begin(const Case& subject, std::uint64_t seed) {
  std::string line = fmt::format("splitproof run {} --variant {} --target {}",
                                 shell_quote(subject.argument), shell_quote(subject.variant->name),
                                 shell_quote(without_password(subject.target)));
  if (seed != 1) line += fmt::format(" --seed {}", seed);
  return line;
}

CaseVerdict verdict_header(const Case& subject) {
  CaseVerdict verdict;
  verdict.scenario = subject.scenario->name;
  verdict.title = subject.scenario->title;
  verdict.target = without_password(subject.target);
  verdict.observed = "unknown";
  if (subject.variant == nullptr) return verdict;
  const Expected& expected = subject.variant->expect.at(subject.target_kind);
  verdict.variant = subject.variant->name;
  verdict.role = std::string(to_string(subject.variant->role));
  verdict.expected = expected.observed == Expectation::violated ? "violated" : "holds";
  return verdict;
}

CaseOutcome run_case(const Case& subject, World& world, std::vector<OperationFactory> operations,
                     const CaseOptions& options) {
  return CaseRunner(subject, world, options).run(std::move(operations));
}

}  // namespace splitproof::harness
