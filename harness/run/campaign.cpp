#include "harness/run/campaign.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>

#include "harness/run/expectation.h"
#include "sim/sql/sqlite/sqlite_engine.h"

namespace splitproof::harness {

namespace {

std::string case_name(const Case& subject) {
  return fmt::format("{} {} {}", subject.scenario->name,
                     subject.variant == nullptr ? "" : subject.variant->name, subject.target);
}

std::string kernel() {
  utsname name{};
  if (::uname(&name) != 0) return "";
  return fmt::format("{} {}", name.sysname, name.machine);
}

// Work shared by the workers; each result has its place.
class Campaign {
 public:
  Campaign(const std::vector<Case>& cases, const OperationCatalog& catalog, sim::Guardian* guardian,
           const CampaignOptions& options)
      : cases_(cases), catalog_(catalog), guardian_(guardian), options_(options) {
    outcomes_.resize(cases.size());
  }

  void run() {
    std::vector<std::thread> workers;
    const int count = std::clamp(options_.jobs, 1, static_cast<int>(cases_.size()) + 1);
    for (int i = 0; i < count; ++i) workers.emplace_back([this] { work(); });
    for (std::thread& worker : workers) worker.join();
  }

  const std::optional<CampaignFailure>& failure() const { return failure_; }
  std::vector<CaseOutcome>& outcomes() { return outcomes_; }
  const std::string& postgres_version() const { return postgres_version_; }

 private:
  void work() {
    Worlds worlds(guardian_);
    for (std::size_t i = next_++; i < cases_.size(); i = next_++) {
      if (failed_) return;
      outcomes_[i] = run_one(cases_[i], worlds);
      const std::lock_guard lock(mutex_);
      ++done_;
      if (options_.progress) options_.progress(done_, runs_, case_name(cases_[i]));
    }
  }

  CaseOutcome run_one(const Case& subject, Worlds& worlds) {
    CaseOutcome outcome;
    outcome.verdict = verdict_header(subject);
    if (!subject.scenario->not_built.empty()) {
      outcome.verdict.result = CaseResult::not_run;
      outcome.verdict.reason = subject.scenario->not_built;
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
    sim::Result<std::unique_ptr<World>, EnvironmentError> world = worlds.make(subject.target);
    if (!world.ok()) {
      fail({world.error().message, false});
      return outcome;
    }
    note_version(*world.value());
    try {
      return run_case(subject, *world.value(), operations_of(subject, catalog_).value(),
                      case_options(subject));
    } catch (const UnusableInput& unusable) {
      fail({unusable.what(), true});
      return outcome;
    }
  }

  CaseOptions case_options(const Case& subject) {
    CaseOptions options;
    options.seed = options_.seed;
    options.plan = options_.plan;
    options.oracles = options_.oracles;
    options.stopped = [this] { return failed_ || (options_.stopped && options_.stopped()); };
    options.on_run = [this, name = case_name(subject)](std::int64_t) {
      const std::lock_guard lock(mutex_);
      ++runs_;
      if (options_.progress) options_.progress(done_, runs_, name);
    };
    return options;
  }

  void note_version(const World& world) {
    const std::lock_guard lock(mutex_);
    if (world.dialect() == sim::Dialect::postgres) postgres_version_ = world.version();
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
  std::vector<CaseOutcome> outcomes_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::size_t done_ = 0;
  std::int64_t runs_ = 0;
  std::string postgres_version_;
  std::optional<CampaignFailure> failure_;
};

void count(RunVerdict& run) {
  for (const CaseVerdict& verdict : run.cases) {
    const bool counted =
        verdict.result != CaseResult::not_applicable && verdict.result != CaseResult::not_run;
    if (verdict.role == "subject" || verdict.expected != "violated" || !counted) continue;
    ControlCount& counter = verdict.role == "mutant" ? run.mutants : run.controls;
    ++counter.expected;
    if (verdict.result == CaseResult::pass) ++counter.caught;
  }
}

// What this version cannot test, said in every report.
std::vector<std::string> not_tested() {
  return {
      "faults during the retry and the recovery (pairs of faults)",
      "two sessions at once: lost updates, intermediate reads, deadlocks",
      "SIGKILL of the client's process",
      "a crash of the database server, and recovery",
      "power loss and failing storage below the database",
      "programs of others, at the database protocol",
  };
}

}  // namespace

sim::Result<std::vector<OperationFactory>, std::string> operations_of(
    const Case& subject, const OperationCatalog& catalog) {
  std::vector<OperationFactory> factories;
  for (const OperationSpec& operation : subject.scenario->operations) {
    sim::Result<OperationFactory, std::string> factory = catalog(operation, subject.variant->code);
    if (!factory.ok()) {
      return fmt::format("{}:{}:{}: {}", operation.place.file, operation.place.line,
                         operation.place.column, factory.error());
    }
    factories.push_back(std::move(factory).value());
  }
  return factories;
}

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
  run.environment.sqlite = sim::sqlite_version();
  run.environment.postgres = campaign.postgres_version();
  run.environment.compiler = fmt::format("gcc {}", __VERSION__);
  run.environment.kernel = kernel();
  for (CaseOutcome& one : campaign.outcomes()) {
    run.cases.push_back(std::move(one.verdict));
    outcome.ledger.insert(outcome.ledger.end(), std::make_move_iterator(one.ledger.begin()),
                          std::make_move_iterator(one.ledger.end()));
  }
  run.complete = !(options.stopped && options.stopped());
  run.not_tested = not_tested();
  count(run);
  return outcome;
}

}  // namespace splitproof::harness
