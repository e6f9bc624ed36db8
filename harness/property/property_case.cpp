#include "harness/property/property_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/cli/shell_quote.h"
#include "harness/property/property_bench.h"
#include "harness/property/property_finding.h"
#include "harness/property/script.h"
#include "harness/run/expectation.h"
#include "harness/run/judge.h"

namespace splitproof::harness {

namespace {

// How much is tried; numbers of runs and never of seconds, so that the same seed does the same.
struct Budget {
  int scripts = 0;
  int scripts_if_missed = 0;  // As long as what a variant is known for was not seen.
  int shrinks = 0;            // For each finding.
};

Budget budget_of(const World& world) {
  if (world.dialect() == sim::Dialect::sqlite) {
    return {.scripts = 100, .scripts_if_missed = 1500, .shrinks = 600};
  }
  return {.scripts = 15, .scripts_if_missed = 200, .shrinks = 200};
}

// What findings of one cause have in common: whether it is about what a client was told or about
// what the database held, and whether something had struck.
struct Kind {
  bool told = false;
  bool struck = false;
  friend auto operator<=>(const Kind&, const Kind&) = default;
};

// A run that the judge objects to.
struct Failing {
  Plan plan;
  std::string because;
  Kind kind;
};

class PropertyCase {
 public:
  PropertyCase(const Case& subject, World& world, const OperationCatalog& catalog,
               const CaseOptions& options, const ModelJudge& judge)
      : subject_(subject), options_(options), judge_(judge), ledger_(subject, options, outcome_) {
    outcome_.verdict = verdict_header(subject);
    bench_ = std::make_unique<PropertyBench>(subject, world, catalog, options.seed);
    budget_ = budget_of(world);
    theme_ = theme_of(*subject.scenario);
  }

  CaseOutcome run() {
    CaseVerdict& verdict = outcome_.verdict;
    note_left_out();
    if (options_.plan) {
      single();
    } else {
      search();
    }
    sort_findings();
    verdict.runs = bench_->experiment().runs();
    Facts facts;
    facts.unstable = unstable_;
    facts.stopped = options_.stopped && options_.stopped();
    facts.single_plan = options_.plan.has_value();
    facts.sampled = true;
    conclude(verdict, expected(), facts);
    const bool strikes_wanted = theme_ == Theme::operations && !options_.plan;
    if (verdict.result == CaseResult::pass && strikes_wanted && verdict.findings.empty() &&
        verdict.faults.fired == 0) {
      verdict.result = CaseResult::vacuous;
      verdict.reason = fmt::format("{} runs, and no fault fired in any of them", verdict.runs);
    }
    return std::move(outcome_);
  }

 private:
  const Expected& expected() const { return subject_.variant->expect.at(subject_.target_kind); }

  // What the variant is known for first, then what the database held, then what a client was told.
  void sort_findings() {
    std::vector<Finding>& findings = outcome_.verdict.findings;
    const auto declared = [this](const Finding& finding) {
      return std::ranges::any_of(finding.damage, [&](const Damage& damage) {
        return std::ranges::any_of(expected().damage, [&](const std::string& one) {
          return one.substr(0, one.find(':')) == damage.name;
        });
      });
    };
    std::ranges::stable_sort(findings, {}, [&](const Finding& finding) {
      return std::pair{!declared(finding), finding.damage.empty()};
    });
    for (std::size_t i = 0; i < findings.size(); ++i) {
      findings[i].id = fmt::format("{}.{}.{}.{}", subject_.scenario->name, subject_.variant->name,
                                   subject_.target_kind, i + 1);
    }
  }

  void note_left_out() {
    for (const LeaveOut& part : subject_.scenario->leave_out) {
      outcome_.verdict.compared_with_care.push_back(fmt::format(
          "{}{}{}: {}", part.table, part.column.empty() ? "" : ".", part.column, part.reason));
    }
  }

  std::optional<Disagreement> objection(const RunRecord& run, const char* purpose) {
    auto found = judge_(bench_->judged(run), bench_->initial(), bench_->experiment().comparison());
    LedgerEntry& entry = ledger_.enter(run, purpose);
    if (found) entry.broken.push_back(oracle_of(*subject_.scenario));
    return found;
  }

  void single() {
    CaseVerdict& verdict = outcome_.verdict;
    bench_->use(commands_of(*options_.plan));
    const RunRecord run = bench_->run(*options_.plan);
    verdict.faults.planned = static_cast<std::int64_t>(run.plan.strikes.size());
    verdict.faults.fired = strikes_fired(run);
    if (const auto found = objection(run, "plan")) report(run, *found);
  }

  // Goes on behind the first failing script, for failures of another kind.
  void search() {
    SearchOptions options;
    options.seed = options_.seed;
    options.shrinks_max = budget_.shrinks;
    options.stopped = options_.stopped;
    while (true) {
      options.scripts_max = satisfied() ? budget_.scripts : budget_.scripts_if_missed;
      std::optional<Kind> kind;
      const auto found =
          find_failing(theme_, options, [&](const Script& script) { return fails(script, kind); });
      if (!found) return;
      replay(found->smallest);
      options.first = found->number + 1;
    }
  }

  // Without a kind, any failure of a kind that is not known yet, which is then the kind.
  bool fails(const Script& script, std::optional<Kind>& kind) {
    const std::optional<Failing> failing = try_out(script, kind ? "shrink" : "script");
    if (!failing) return false;
    ++runs_[failing->kind];
    if (kind) return *kind == failing->kind;
    if (!known_.insert(failing->kind).second) return false;
    kind = failing->kind;
    return true;
  }

  // Whether all that is declared was seen; true where nothing is.
  bool satisfied() const {
    if (expected().observed != Expectation::violated) return true;
    CaseVerdict verdict = outcome_.verdict;
    Facts facts;
    facts.sampled = true;
    conclude(verdict, expected(), facts);
    return verdict.result == CaseResult::pass;
  }

  // Runs the script without strikes, then with each further one; the first run that the judge
  // objects to is enough.
  std::optional<Failing> try_out(const Script& script, const char* purpose) {
    std::vector<Command> commands;
    for (const Step& step : script) commands.push_back(step.command);
    bench_->use(std::move(commands));
    RunRecord run = bench_->run({});
    if (const auto found = objection(run, purpose)) return failing(run, *found);
    for (const bool in_retry : {false, true}) {
      for (std::size_t i = 0; i < script.size(); ++i) {
        for (const StrikeDraft& draft : script[i].strikes) {
          Plan plan = run.plan;
          if (draft.in_retry != in_retry ||
              !bench_->add_strike(plan, draft, static_cast<int>(i), run)) {
            continue;
          }
          run = bench_->run(plan);
          count_strikes(run);
          if (const auto found = objection(run, purpose)) return failing(run, *found);
        }
      }
    }
    return std::nullopt;
  }

  static Failing failing(const RunRecord& run, const Disagreement& found) {
    return {run.plan, found.because, {found.found == nullptr, !run.fired.empty()}};
  }

  void count_strikes(const RunRecord& run) {
    outcome_.verdict.faults.planned += static_cast<std::int64_t>(run.plan.strikes.size());
    outcome_.verdict.faults.fired += strikes_fired(run);
  }

  // A finding is run again from its text before it is reported.
  void replay(const Script& smallest) {
    const std::optional<Failing> found = try_out(smallest, "replay");
    if (!found) {
      unstable_.push_back(
          fmt::format("the operations '{}' failed at first and not when they were "
                      "run again",
                      words_of(smallest)));
      return;
    }
    const std::string line = to_string(found->plan);
    const Plan plan = parse_plan(line).value();
    bench_->use(commands_of(plan));
    const RunRecord run = bench_->run(plan);
    const auto again = objection(run, "replay");
    if (!again || again->because != found->because) {
      unstable_.push_back(
          fmt::format("the plan '{}' is judged differently when replayed: first "
                      "'{}', then '{}'",
                      line, found->because, again ? again->because : "it holds"));
    }
    if (again) report(run, *again, runs_[found->kind]);
  }

  static std::string words_of(const Script& script) {
    Plan plan;
    for (const Step& step : script) plan.operations.push_back(to_string(step.command));
    return to_string(plan);
  }

  void report(const RunRecord& run, const Disagreement& found, std::int64_t runs = 1) {
    Finding finding = property_finding(*bench_, run, found);
    finding.replay = fmt::format("{} --plan {}", replay_begin(subject_, options_.seed),
                                 shell_quote(finding.plan));
    finding.runs = runs;
    outcome_.verdict.findings.push_back(std::move(finding));
  }

  const Case& subject_;
  const CaseOptions& options_;
  const ModelJudge& judge_;
  CaseOutcome outcome_;
  Judge ledger_;
  std::unique_ptr<PropertyBench> bench_;
  Budget budget_;
  Theme theme_ = Theme::operations;
  std::set<Kind> known_;               // Those that findings are of.
  std::map<Kind, std::int64_t> runs_;  // How many runs showed each.
  std::vector<std::string> unstable_;
};

}  // namespace

CaseOutcome run_property_case(const Case& subject, World& world, const OperationCatalog& catalog,
                              const CaseOptions& options, const ModelJudge& judge) {
  try {
    return PropertyCase(subject, world, catalog, options, judge).run();
  } catch (const UnusableInput&) {
    throw;
  } catch (const HarnessFailure& failure) {
    CaseOutcome outcome;
    outcome.verdict = verdict_header(subject);
    outcome.verdict.result = CaseResult::inconclusive;
    outcome.verdict.reason = fmt::format("the harness could not finish: {}", failure.what());
    return outcome;
  }
}

}  // namespace splitproof::harness
