// Power that fails below a PostgreSQL server: what the oracles find, and on what they are silent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/oracle/server_promise.h"
#include "harness/run/postgres_disk_world.h"
#include "harness/run/worlds.h"
#include "tests/harness/experiments.h"
#include "tests/harness/one_case.h"
#include "tests/harness/outcomes.h"
#include "tests/power/support.h"

namespace splitproof::harness {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

const Texts two_rows{"INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"};

class PowerBelowServer : public testing::Test {
 protected:
  PowerBelowServer() {
    be_one_case(scenario_, "power-below-server", "postgres");
    server().settings.disk = "honest";
  }

  CaseOutcome run(const OperationFactory& operation, const std::string& plan = "") {
    auto world = worlds_.make_postgres(server().settings);
    if (!world.ok()) throw std::runtime_error(world.error().message);
    if (liar_ != nullptr) world.value()->on_mounted_disk()->let_lie(*liar_);
    const Case subject = case_of(scenario_, "postgres");
    CaseOptions options;
    if (!plan.empty()) options.plan = plan_of(plan);
    return run_case(subject, *world.value(), {operation}, options);
  }

  ServerSpec& server() {
    std::optional<ServerSpec>& spec = scenario_.variants.front().server;
    return spec ? *spec : spec.emplace();
  }

  Scenario scenario_ = scenario_of({"CREATE TABLE t (id int PRIMARY KEY)"});
  Worlds worlds_{&tests::test_guardian()};
  sim::DiskGate* liar_ = nullptr;
};

TEST_F(PowerBelowServer, KeepsWhatWasToldCommitted) {
  const CaseOutcome outcome = run(in_one_transaction(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  EXPECT_FALSE(outcome.verdict.closed) << "a sample";
  const ContractCell& cell = cell_of(outcome, "power lost");
  EXPECT_EQ(cell.promise, "whole and durable");
  EXPECT_GT(cell.tried, 16);
  EXPECT_EQ(not_kept(cell), 0) << seen_in_words(cell);
  ASSERT_TRUE(outcome.verdict.storage);
  EXPECT_EQ(outcome.verdict.storage->images, cell.tried);
  EXPECT_EQ(outcome.verdict.storage->sampled, outcome.verdict.storage->moments);
}

TEST_F(PowerBelowServer, FindsASplitAndShowsItAgain) {
  const CaseOutcome outcome = run(each_alone(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::fail) << outcome.verdict.reason;
  ASSERT_THAT(oracles_of(outcome), Contains("told-equals-held"));
  const auto found = std::ranges::find(outcome.verdict.findings, "told-equals-held",
                                       [](const Finding& finding) { return finding.oracle; });
  EXPECT_THAT(found->plan, StartsWith("disk"));
  EXPECT_THAT(found->plan, HasSubstr("=power:keep="));
  const CaseOutcome again = run(each_alone(two_rows), found->plan);
  EXPECT_EQ(again.verdict.faults.fired, 1);
  EXPECT_THAT(oracles_of(again), Contains("told-equals-held"));
}

// Says of each sync that it is done, and forgets it.
class Forgetful final : public sim::DiskGate {
 public:
  sim::DiskVerdict judge(const sim::DiskOperation& operation) override {
    if (operation.act != sim::DiskAct::sync) return {};
    return {sim::DiskVerdict::Kind::pretend, sim::disk_code::ok, 0};
  }
  void done(const sim::DiskOperation&, sim::DiskCode) override {}
};

TEST_F(PowerBelowServer, FindsADiskThatForgetsSyncs) {
  Forgetful forgetful;
  liar_ = &forgetful;
  const CaseOutcome outcome = run(in_one_transaction(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::fail) << "a promise is broken";
  EXPECT_THAT(oracles_of(outcome), Contains("told-equals-held"));
  EXPECT_GT(cell_of(outcome, "power lost").broken, 0);
}

TEST_F(PowerBelowServer, TellsWhatIsNotPromisedAsTheContract) {
  server().settings.fsync = false;
  const CaseOutcome outcome = run(in_one_transaction(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  const ContractCell& cell = cell_of(outcome, "power lost");
  EXPECT_EQ(cell.promise, "nothing");
  EXPECT_GT(not_kept(cell), 0);
  EXPECT_EQ(cell.broken, 0);
  ASSERT_FALSE(outcome.verdict.storage->losses.empty());
  EXPECT_THAT(outcome.verdict.storage->losses.front().clause, HasSubstr("fsync: off"));
}

TEST_F(PowerBelowServer, RefusesAPlanThatDoesNotFit) {
  EXPECT_THROW(run(in_one_transaction(two_rows), "disk1=power:keep=1111111"), UnusableInput);
}

TEST(PowerPromise, IsOfTheSettingsAndTheDisk) {
  const auto promised = [](const sim::ServerSettings& settings, const char* disk = "honest") {
    const Promise promise = promised_after_power_loss(settings, sim::persona_named(disk).value());
    EXPECT_THAT(promise.clause, StartsWith("postgresql.org/docs/15/"));
    return in_words(promise);
  };
  EXPECT_EQ(promised({.fsync = true}), "whole and durable");
  EXPECT_EQ(promised({.fsync = true, .synchronous_commit = false}), "whole");
  EXPECT_EQ(promised({.fsync = true, .full_page_writes = false}), "nothing");
  EXPECT_EQ(promised({.fsync = false}), "nothing");
  EXPECT_EQ(promised({.fsync = true}, "no-barrier"), "nothing");
}

}  // namespace
}  // namespace splitproof::harness
