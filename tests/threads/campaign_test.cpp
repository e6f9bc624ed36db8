// The campaign's workers: the number of threads changes nothing in the result, and whatever they
// share is shared properly. This program runs under ThreadSanitizer too.
#include "harness/run/campaign.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/run/scenario_file.h"

namespace splitproof::harness {
namespace {

constexpr const char* scenario_text = R"(
scenario: two-rows
title: Two rows that belong together
story: Two rows are saved.
claim: Both or neither.
data:
  sql:
    - CREATE TABLE pair (id INTEGER PRIMARY KEY)
operations:
  - title: save both
    steps:
      - INSERT INTO pair (id) VALUES (1) ON CONFLICT DO NOTHING
      - INSERT INTO pair (id) VALUES (2) ON CONFLICT DO NOTHING
variants:
  - name: transactional
    title: one transaction
    expect: holds
  - name: autocommit
    title: each by itself
    expect:
      observed: violated
      oracle: told-equals-held
      also: [intermediate-read]
      damage: [rows]
)";

sim::TransactionEnd by_itself(sim::Client& client, const std::vector<std::string>& steps) {
  const sim::Answer<sim::Session*> session = client.session();
  if (!session.ok()) return {sim::Outcome::aborted, session.error(), 1};
  for (const std::string& step : steps) {
    const sim::Answer<sim::Rows> answer = session.value()->execute(step);
    if (!answer.ok()) return {sim::Outcome::aborted, answer.error(), 1};
  }
  return {sim::Outcome::committed, std::nullopt, 1};
}

sim::TransactionEnd together(sim::Client& client, const std::vector<std::string>& steps) {
  return sim::run_transaction(client, {}, [&](sim::Transaction& transaction) -> sim::Status {
    for (const std::string& step : steps) {
      const sim::Answer<sim::Rows> answer = transaction.execute(step);
      if (!answer.ok()) return answer.error();
    }
    return sim::Done{};
  });
}

sim::Result<OperationFactory, std::string> catalog(const OperationSpec& spec,
                                                   const std::string& code) {
  const bool transaction = code == "transactional";
  return OperationFactory([transaction, steps = spec.steps]() -> Operation {
    return [transaction, steps](sim::Client& client) {
      return transaction ? together(client, steps) : by_itself(client, steps);
    };
  });
}

class CampaignTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto read = read_scenario_text(scenario_text, "two-rows.yaml", ".");
    ASSERT_TRUE(read.ok()) << to_string(read.error());
    scenario_ = std::move(read).value();
    for (int copy = 0; copy < 3; ++copy) {
      for (const Variant& variant : scenario_.variants) {
        cases_.push_back({&scenario_, &variant, "sqlite", "sqlite", "two-rows"});
      }
    }
  }

  CampaignOutcome run(const CampaignOptions& options) {
    auto outcome = run_campaign(cases_, catalog, nullptr, options);
    EXPECT_TRUE(outcome.ok());
    return std::move(outcome).value();
  }

  Scenario scenario_;
  std::vector<Case> cases_;
};

std::vector<std::string> plans_and_digests(const CampaignOutcome& outcome) {
  std::vector<std::string> lines;
  for (const LedgerEntry& entry : outcome.ledger) {
    lines.push_back(entry.variant + " " + entry.purpose + " " + entry.plan + " " + entry.held +
                    " " + entry.finally);
  }
  return lines;
}

TEST_F(CampaignTest, GivesTheSameResultWithAnyNumberOfWorkers) {
  CampaignOptions options;
  const CampaignOutcome alone = run(options);
  ASSERT_EQ(alone.verdict.cases.size(), 6U);
  for (const CaseVerdict& verdict : alone.verdict.cases) {
    EXPECT_EQ(verdict.result, CaseResult::pass) << verdict.reason;
  }
  EXPECT_EQ(alone.verdict.controls, (ControlCount{.expected = 3, .caught = 3}));
  for (const int jobs : {2, 4}) {
    options.jobs = jobs;
    const CampaignOutcome together_run = run(options);
    EXPECT_EQ(together_run.verdict, alone.verdict);
    EXPECT_EQ(plans_and_digests(together_run), plans_and_digests(alone));
  }
}

TEST_F(CampaignTest, ReportsProgressFromEveryWorkerWithoutLosingACase) {
  CampaignOptions options;
  options.jobs = 3;
  std::size_t cases_done = 0;
  std::int64_t runs = 0;
  options.progress = [&](std::size_t cases, std::int64_t runs_so_far, const std::string&) {
    cases_done = std::max(cases_done, cases);
    runs = std::max(runs, runs_so_far);
  };
  const CampaignOutcome outcome = run(options);
  EXPECT_EQ(cases_done, cases_.size());
  std::int64_t counted = 0;
  for (const CaseVerdict& verdict : outcome.verdict.cases) counted += verdict.runs;
  EXPECT_GT(runs, 0);
  EXPECT_LE(runs, counted);
}

TEST_F(CampaignTest, StopsEarlyAndSaysThatItIsNotComplete) {
  CampaignOptions options;
  options.jobs = 2;
  std::atomic<int> questions{0};
  options.stopped = [&] { return ++questions > 40; };
  const CampaignOutcome outcome = run(options);
  EXPECT_FALSE(outcome.verdict.complete);
  EXPECT_NE(exit_code(outcome.verdict, false), 0);
  for (const CaseVerdict& verdict : outcome.verdict.cases) {
    EXPECT_NE(verdict.result, CaseResult::fail) << "an early stop is not a finding";
  }
}

TEST_F(CampaignTest, ReportsACaseThatIsNotBuiltAsNotRun) {
  scenario_.not_built = "needs two sessions at once";
  cases_ = {{&scenario_, nullptr, "sqlite", "sqlite", "two-rows"}};
  const CampaignOutcome outcome = run({});
  ASSERT_EQ(outcome.verdict.cases.size(), 1U);
  EXPECT_EQ(outcome.verdict.cases[0].result, CaseResult::not_run);
  EXPECT_EQ(outcome.verdict.cases[0].reason, "needs two sessions at once");
  EXPECT_EQ(exit_code(outcome.verdict, false), 2);
}

TEST_F(CampaignTest, SaysThatNoClientIsKilledWhereNobodyWouldCleanUp) {
  const std::string sentence = "SIGKILL of a client's process: none can be started here";
  const auto says = [&] {
    const std::vector<std::string> all = run({}).verdict.not_tested;
    return std::find(all.begin(), all.end(), sentence) != all.end();
  };
  EXPECT_TRUE(says());
  scenario_.faults = {"error"};
  EXPECT_FALSE(says()) << "the scenario asks for none";
}

// On a worker's thread nobody else would catch it.
TEST_F(CampaignTest, ReportsWhateverIsThrownAsAFailureOfTheEnvironment) {
  const OperationCatalog broken =
      [](const OperationSpec&, const std::string&) -> sim::Result<OperationFactory, std::string> {
    throw std::runtime_error("the guardian is gone");
  };
  CampaignOptions options;
  options.jobs = 2;
  const auto outcome = run_campaign(cases_, broken, nullptr, options);
  ASSERT_FALSE(outcome.ok());
  EXPECT_FALSE(outcome.error().input);
  EXPECT_EQ(outcome.error().message, "the guardian is gone");
}

TEST_F(CampaignTest, CountsNoKeptPlanOfACaseThatIsNotApplicable) {
  scenario_.variants[0].expect["sqlite"].observed = Expectation::not_applicable;
  CampaignOptions options;
  KeptPlan kept{"two-rows", "transactional", "sqlite", {}, 1, parse_plan("a2=drop").value(), {}};
  kept.place = {"kept.plan", 3, 1};
  options.baseline = {kept};
  const RunVerdict verdict = run(options).verdict;
  EXPECT_EQ(verdict.kept_plans.run, 0);
  EXPECT_EQ(verdict.not_tested.back(), "the kept plan kept.plan:3: its case is not-applicable");
}

TEST_F(CampaignTest, RefusesAKeptPlanThatTheScenarioCannotFollow) {
  CampaignOptions options;
  KeptPlan kept{"two-rows", "transactional", "sqlite", {}, 1, parse_plan("order=a2b").value(), {}};
  kept.place = {"kept.plan", 3, 1};
  options.baseline = {kept};
  const auto outcome = run_campaign(cases_, catalog, nullptr, options);
  ASSERT_FALSE(outcome.ok());
  EXPECT_TRUE(outcome.error().input);
  EXPECT_EQ(outcome.error().message.rfind("kept.plan:3: the plan has an order", 0), 0U)
      << outcome.error().message;
}

}  // namespace
}  // namespace splitproof::harness
