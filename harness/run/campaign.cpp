#include "harness/run/campaign.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>

#include "harness/cli/program_options.h"
#include "harness/run/database_settings.h"
#include "harness/run/failure.h"
#include "harness/run/program_spec.h"
#include "harness/run/redaction.h"
#include "harness/run/replay.h"
#include "harness/run/summary.h"

namespace splitproof::harness {

namespace {

std::string case_name(const Case& subject) {
  return fmt::format("{} {} {}", subject.scenario->name,
                     subject.variant == nullptr ? "" : subject.variant->name, subject.target);
}

// The variant of a command goes without saying.
bool is_meant(const Case& one, const KeptPlan& kept) {
  if (!one.command.empty()) return one.command == to_words(kept.programs);
  return kept.programs.commands.empty() && one.argument == kept.scenario &&
         one.variant->name == kept.variant;
}

// "file:line: ", or nothing where no kept plan is run.
std::string place_of(const KeptPlan* kept) {
  return kept == nullptr ? "" : fmt::format("{}:{}: ", kept->place.file, kept->place.line);
}

// Work shared by the workers; each result has its place.
class Campaign {
 public:
  Campaign(const std::vector<Case>& cases, const OperationCatalog& catalog, sim::Guardian* guardian,
           const CampaignOptions& options)
      : cases_(cases),
        catalog_(catalog),
        guardian_(guardian),
        options_(options),
        redaction_(options.redact) {
    outcomes_.resize(cases.size());
    for (const Case& one : cases) hide_secrets(*one.scenario);
  }

  void run() {
    auto first = std::make_unique<Worlds>(guardian_, options_.statement_limit);
    note_sqlite(*first);
    if (run_kept_plans(*first)) return;
    std::vector<std::thread> workers;
    const int count = std::clamp(options_.jobs, 1, static_cast<int>(cases_.size()) + 1);
    workers.emplace_back([&] { work(*first); });
    for (int i = 1; i < count; ++i) {
      workers.emplace_back([this] {
        Worlds worlds(guardian_, options_.statement_limit);
        work(worlds);
      });
    }
    for (std::thread& worker : workers) worker.join();
  }

  const KeptPlanCount& kept_plans() const { return kept_plans_; }
  // What kept plans could not test, one sentence each.
  const std::vector<std::string>& stale_plans() const { return stale_plans_; }
  const std::optional<CampaignFailure>& failure() const { return failure_; }
  std::vector<CaseOutcome>& outcomes() { return outcomes_; }
  const std::string& postgres_version() const { return postgres_version_; }
  bool can_fill_disks() const { return can_fill_disks_; }
  const std::map<sim::Dialect, std::vector<DatabaseSetting>>& settings() const { return settings_; }
  Redaction& redaction() { return redaction_; }

 private:
  // What a program is given and no report may show: it may write it itself, into its output or its
  // SQL.
  void hide_secrets(const Scenario& scenario) {
    for (const OperationSpec& operation : scenario.operations) {
      if (!operation.program) continue;
      for (const auto& [name, value] : operation.program->environment) {
        const bool is_passed_on = operation.program->passed_on.contains(name);
        if (is_passed_on || is_secret(name, value)) redaction_.hide(name, value);
      }
    }
  }

  // True when one failed, or nothing can be run at all.
  bool run_kept_plans(Worlds& worlds) {
    for (const KeptPlan& kept : options_.baseline) {
      const auto subject = std::ranges::find_if(cases_, [&](const Case& one) {
        return one.variant != nullptr && is_meant(one, kept) &&
               without_password(one.target) == without_password(kept.target);
      });
      if (subject == cases_.end()) continue;
      CaseOutcome outcome = run_one(*subject, worlds, &kept);
      if (failed_) return true;
      const CaseResult result = outcome.verdict.result;
      const std::string place = fmt::format("{}:{}", kept.place.file, kept.place.line);
      if (result == CaseResult::not_applicable || result == CaseResult::not_run) {
        stale_plans_.push_back(
            fmt::format("the kept plan {}: its case is {}", place, to_string(result)));
        continue;
      }
      ++kept_plans_.run;
      if (result == CaseResult::pass) ++kept_plans_.passed;
      if (result == CaseResult::vacuous) {
        stale_plans_.push_back(fmt::format("the kept plan {}: {}", place, outcome.verdict.reason));
      }
      const bool red = result == CaseResult::fail || result == CaseResult::unstable ||
                       result == CaseResult::inconclusive;
      if (!red) continue;
      outcome.verdict.reason =
          fmt::format("a plan that failed before fails ({}): {}", place, outcome.verdict.reason);
      leave_out_all_but(static_cast<std::size_t>(subject - cases_.begin()), std::move(outcome),
                        place);
      return true;
    }
    return false;
  }

  void leave_out_all_but(std::size_t failed, CaseOutcome outcome, const std::string& place) {
    for (std::size_t i = 0; i < cases_.size(); ++i) {
      outcomes_[i].verdict = verdict_header(cases_[i]);
      outcomes_[i].verdict.reason = fmt::format("the kept plan {} failed first", place);
    }
    outcomes_[failed] = std::move(outcome);
  }

  void work(Worlds& worlds) {
    for (std::size_t i = next_++; i < cases_.size(); i = next_++) {
      if (failed_) return;
      outcomes_[i] = run_one(cases_[i], worlds, nullptr);
      const std::lock_guard lock(mutex_);
      ++done_;
      if (options_.progress) options_.progress(done_, runs_, case_name(cases_[i]));
    }
  }

  // Of a case whose runs are not judged by clean ones.
  CaseEvidence only_its_line(const CaseOutcome& outcome, const Case& subject) const {
    CaseEvidence evidence;
    evidence.scenario = outcome.verdict.scenario;
    evidence.variant = outcome.verdict.variant;
    evidence.target = outcome.verdict.target;
    evidence.line = replay_begin(subject, options_.seed);
    return evidence;
  }

  // `kept` is the one plan to run instead of the whole case; may be null.
  CaseOutcome run_one(const Case& subject, Worlds& worlds, const KeptPlan* kept) {
    CaseOutcome outcome;
    outcome.verdict = verdict_header(subject);
    outcome.verdict.reason = why_not_run(subject);
    if (!outcome.verdict.reason.empty()) {
      outcome.verdict.result = CaseResult::not_run;
      return outcome;
    }
    const Expected& expected = subject.variant->expect.at(subject.target_kind);
    if (expected.observed == Expectation::not_applicable) {
      outcome.verdict.result = CaseResult::not_applicable;
      outcome.verdict.reason = expected.reason;
      return outcome;
    }
    if (options_.stopped && options_.stopped()) {
      outcome.verdict.result = CaseResult::not_run;
      outcome.verdict.reason = "the run was stopped before its turn";
      return outcome;
    }
    try {
      outcome = run_on_world(subject, worlds, kept);
      if (outcome.evidence.empty()) outcome.evidence.push_back(only_its_line(outcome, subject));
      return outcome;
    } catch (const UnusableInput& unusable) {
      fail({unusable.what(), true});
    } catch (const std::exception& failure) {
      // Such as a guardian that is gone. Nobody above a worker's thread would catch it.
      fail({failure.what(), false});
    }
    return outcome;
  }

  CaseOutcome run_on_world(const Case& subject, Worlds& worlds, const KeptPlan* kept) {
    CaseOptions options = case_options(subject, kept);
    const std::string why = options.plan ? unfit(*options.plan, *subject.scenario) : "";
    if (!why.empty()) throw UnusableInput(place_of(kept) + why);
    return run_on_own_world(subject, worlds, catalog_, guardian_ != nullptr, std::move(options),
                            [this](World& world) { note_server(world); });
  }

  CaseOptions case_options(const Case& subject, const KeptPlan* kept) {
    CaseOptions options;
    options.seed = kept == nullptr ? options_.seed : kept->seed;
    options.exploration = options_.exploration;
    options.plan = kept == nullptr ? options_.plan : kept->plan;
    options.oracles = options_.oracles;
    options.stopped = [this] { return failed_ || (options_.stopped && options_.stopped()); };
    options.spent = options_.spent;
    if (redaction_.has_columns()) {
      options.on_state = [this](const State& state) { redaction_.learn(state); };
    }
    options.on_run = [this, name = case_name(subject)](std::int64_t) {
      const std::lock_guard lock(mutex_);
      ++runs_;
      if (options_.progress) options_.progress(done_, runs_, name);
    };
    return options;
  }

  // Asked of a database of its own, so that no case depends on whose turn it is.
  void note_sqlite(Worlds& worlds) {
    if (std::ranges::find(cases_, "sqlite", &Case::target) == cases_.end()) return;
    const auto world = worlds.make("sqlite");
    if (world.ok()) settings_.emplace(sim::Dialect::sqlite, settings_of(*world.value()));
  }

  void note_server(World& world) {
    if (world.dialect() != sim::Dialect::postgres) return;
    const std::lock_guard lock(mutex_);
    if (!settings_.contains(sim::Dialect::postgres)) {
      settings_.emplace(sim::Dialect::postgres, settings_of(world));
    }
    postgres_version_ = world.version();
    can_fill_disks_ = can_fill_disks_ && world.can_fill_disk();
  }

  void fail(CampaignFailure failure) {
    const std::lock_guard lock(mutex_);
    failed_ = true;
    if (!failure_) failure_ = std::move(failure);
  }

  const std::vector<Case>& cases_;
  const OperationCatalog& catalog_;
  sim::Guardian* guardian_;
  const CampaignOptions& options_;
  Redaction redaction_;
  std::vector<CaseOutcome> outcomes_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::size_t done_ = 0;
  std::int64_t runs_ = 0;
  std::string postgres_version_;
  bool can_fill_disks_ = true;
  std::map<sim::Dialect, std::vector<DatabaseSetting>> settings_;
  KeptPlanCount kept_plans_;
  std::vector<std::string> stale_plans_;
  std::optional<CampaignFailure> failure_;
};

}  // namespace

sim::Result<CampaignOutcome, CampaignFailure> run_campaign(const std::vector<Case>& cases,
                                                           const OperationCatalog& catalog,
                                                           sim::Guardian* guardian,
                                                           const CampaignOptions& options) {
  Campaign campaign(cases, catalog, guardian, options);
  campaign.run();
  if (campaign.failure()) return *campaign.failure();
  CampaignOutcome outcome;
  RunVerdict& run = outcome.verdict;
  run.version = options.version;
  run.seed = options.seed;
  run.environment = environment(campaign.postgres_version());
  for (CaseOutcome& one : campaign.outcomes()) {
    run.cases.push_back(std::move(one.verdict));
    std::ranges::move(one.ledger, std::back_inserter(outcome.ledger));
    std::ranges::move(one.evidence, std::back_inserter(outcome.evidence.cases));
  }
  for (const auto& [dialect, settings] : campaign.settings()) {
    std::ranges::copy(settings, std::back_inserter(outcome.evidence.settings));
  }
  run.complete = !(options.stopped && options.stopped());
  run.not_tested = not_tested(
      cases, {.can_kill = guardian != nullptr, .can_fill_disks = campaign.can_fill_disks()},
      options.exploration);
  run.not_tested.insert(run.not_tested.end(), campaign.stale_plans().begin(),
                        campaign.stale_plans().end());
  run.kept_plans = campaign.kept_plans();
  run.grades = grades(cases, run);
  count(run);
  if (const std::string problem = campaign.redaction().objection(); !problem.empty()) {
    return CampaignFailure{problem, true};
  }
  campaign.redaction().apply(run, outcome.ledger, outcome.evidence);
  return outcome;
}

}  // namespace splitproof::harness
