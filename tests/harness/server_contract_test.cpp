// What a crashed server keeps, in each way in which it may crash and with the settings that promise
// less: two more kinds of crash, and the row of the contract matrix.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/server_promise.h"
#include "harness/run/worlds.h"
#include "tests/harness/experiments.h"
#include "tests/harness/one_case.h"
#include "tests/harness/outcomes.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

const Texts two_rows{"INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"};

// Each test has servers of its own, because it crashes them.
class OnServer : public testing::Test {
 protected:
  OnServer() {
    be_one_case(scenario_, "on-server", "postgres");
    scenario_.variants.front().server.emplace();
  }

  CaseOutcome run(const OperationFactory& operation, const std::string& plan = "") {
    const ServerSpec& server = *scenario_.variants.front().server;
    auto world = worlds_.make_postgres(server.settings);
    if (!world.ok()) throw std::runtime_error(world.error().message);
    const Case subject = case_of(scenario_, "postgres");
    CaseOptions options;
    options.promises = promises_;
    if (!plan.empty()) options.plan = plan_of(plan);
    return run_case(subject, *world.value(), {operation}, options);
  }

  ServerSpec& server() { return *scenario_.variants.front().server; }

  Scenario scenario_ = scenario_of({"CREATE TABLE t (id int PRIMARY KEY)"});
  Promises promises_;
  Worlds worlds_{shared_guardian()};
};

TEST_F(OnServer, KeepsAllThatWasToldThroughEachCrash) {
  server().settings = {.fsync = true, .full_page_writes = false};
  const CaseOutcome outcome = run(in_one_transaction(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  EXPECT_TRUE(outcome.verdict.closed);
  for (const char* const failure : {"backend killed", "immediate shutdown", "server killed"}) {
    const ContractCell& cell = cell_of(outcome, failure);
    EXPECT_EQ(cell.promise, "whole and durable") << failure;
    EXPECT_THAT(cell.clause, HasSubstr("full_page_writes")) << failure;
    EXPECT_EQ(cell.tried, 6) << failure << ": three moments of one COMMIT, once and from there on";
    EXPECT_EQ(not_kept(cell), 0) << failure << ": " << seen_in_words(cell);
  }
}

TEST_F(OnServer, LosesAsynchronousCommitsWhollyAsItMay) {
  server().settings.synchronous_commit = false;
  const CaseOutcome told = run(in_one_transaction(two_rows));
  EXPECT_EQ(told.verdict.result, CaseResult::pass) << told.verdict.reason;
  for (const ContractCell& cell : told.verdict.contract->cells) {
    EXPECT_EQ(cell.promise, "whole") << cell.failure;
    EXPECT_GT(cell.lost, 0) << cell.failure;
    EXPECT_EQ(cell.torn + cell.damaged + cell.broken, 0) << cell.failure;
    EXPECT_THAT(cell.plan, HasSubstr("-after")) << "told committed, and lost";
  }
  server().claims_durable = true;
  const CaseOutcome claimed = run(in_one_transaction(two_rows));
  EXPECT_EQ(claimed.verdict.result, CaseResult::fail);
  EXPECT_THAT(oracles_of(claimed), Contains("told-equals-held"));
}

// The mutant: more is promised than the server keeps.
TEST_F(OnServer, APromiseThatIsTooStrongIsBroken) {
  server().settings.synchronous_commit = false;
  promises_ = promised_after_crash({.synchronous_commit = true});
  scenario_.faults = {"immediate-stop"};
  const CaseOutcome outcome = run(in_one_transaction(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::fail);
  EXPECT_THAT(outcome.verdict.reason,
              StartsWith("a promise is broken: after the failure 'immediate shutdown'"));
  EXPECT_GT(cell_of(outcome, "immediate shutdown").broken, 0);
  EXPECT_EQ(outcome.verdict.contract->cells.size(), 1U) << "the others are not asked for";
}

TEST_F(OnServer, RunsOnePlanAlone) {
  const CaseOutcome outcome = run(in_one_transaction(two_rows), "a5=kill-backend-unanswered");
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  EXPECT_EQ(outcome.verdict.faults.fired, 1);
  EXPECT_EQ(cell_of(outcome, "backend killed").tried, 1);
  EXPECT_EQ(cell_of(outcome, "server killed").tried, 0);
}

TEST_F(OnServer, IsStartedWithTheSettings) {
  for (const bool on : {true, false}) {
    const sim::ServerSettings settings{
        .fsync = !on, .synchronous_commit = on, .full_page_writes = !on};
    auto world = worlds_.make_postgres(settings);
    ASSERT_TRUE(world.ok()) << world.error().message;
    ASSERT_NE(world.value()->chosen_settings(), nullptr);
    EXPECT_EQ(*world.value()->chosen_settings(), settings);
    // The observer's own session has another synchronous_commit.
    const auto shown = world.value()->query(
        {"SELECT current_setting('fsync'), reset_val, current_setting('full_page_writes') FROM "
         "pg_settings WHERE name = 'synchronous_commit'"});
    ASSERT_TRUE(shown.ok()) << shown.error().message;
    const sim::Row& row = shown.value().rows.at(0);
    const auto word = [](bool value) { return std::string(value ? "on" : "off"); };
    EXPECT_EQ(sim::to_string(row[0]), word(!on));
    EXPECT_EQ(sim::to_string(row[1]), word(on));
    EXPECT_EQ(sim::to_string(row[2]), word(!on));
  }
}

// The two further kinds, on a server as it comes: in a scenario that names them.
TEST_F(OnServer, CrashesInEachWayAlike) {
  auto world = worlds_.make("postgres");
  ASSERT_TRUE(world.ok()) << world.error().message;
  Experiment experiment(*world.value(), scenario_, {in_one_transaction(two_rows)});
  const auto outcome_of = [&](const std::string& plan) {
    const RunRecord run = experiment.run(plan_of(plan), {});
    const auto rows = [](const Observation& held) {
      return " " + std::to_string(held.state.at("t")->rows.size());
    };
    EXPECT_EQ(run.fired.size(), 1U) << plan;
    return outcomes_of(run.first).at(0) + rows(*run.after) + ", " + outcomes_of(run.last).at(0) +
           rows(*run.finally);
  };
  for (const char* const ending : {"", "-unanswered", "-after"}) {
    const std::string killed = outcome_of(std::string("a5=crash") + ending);
    EXPECT_EQ(outcome_of(std::string("a5=immediate-stop") + ending), killed) << ending;
    EXPECT_EQ(outcome_of(std::string("a5=kill-backend") + ending), killed) << ending;
  }
}

TEST(ServerPromise, DependsOnSynchronousCommitAlone) {
  for (const bool fsync : {true, false}) {
    for (const bool pages : {true, false}) {
      for (const bool commit : {true, false}) {
        const Promises promises = promised_after_crash(
            {.fsync = fsync, .synchronous_commit = commit, .full_page_writes = pages});
        ASSERT_EQ(promises.size(), 3U);
        for (const auto& [failure, promise] : promises) {
          EXPECT_TRUE(promise.whole);
          EXPECT_EQ(promise.durable, commit) << to_string(failure);
          EXPECT_THAT(promise.clause, StartsWith("postgresql.org/docs/15/"));
        }
      }
    }
  }
}

}  // namespace
}  // namespace splitproof::harness
