// Power that fails below a PostgreSQL server: what the oracles find, and on what they are silent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/oracle/server_promise.h"
#include "harness/run/postgres_disk_world.h"
#include "harness/run/summary.h"
#include "harness/run/worlds.h"
#include "sim/server/mounted_disk.h"
#include "tests/harness/experiments.h"
#include "tests/harness/one_case.h"
#include "tests/harness/outcomes.h"
#include "tests/power/support.h"

namespace splitproof::harness {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const Texts two_rows{"INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"};

// Once where a disk can be mounted, else not at all.
std::vector<bool> where_it_can_be_mounted() {
  return std::vector<bool>(sim::MountedDisk::objection().empty() ? 1 : 0, true);
}

class PowerBelowServer : public testing::TestWithParam<bool> {
 protected:
  PowerBelowServer() {
    be_one_case(scenario_, "power-below-server", "postgres");
    server().settings.disk = "honest";
    server().power_images_max = 8;
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

TEST_P(PowerBelowServer, KeepsWhatWasToldCommitted) {
  const CaseOutcome outcome = run(in_one_transaction(two_rows));
  const CaseVerdict& verdict = outcome.verdict;
  EXPECT_EQ(verdict.result, CaseResult::pass) << verdict.reason;
  const ContractCell& cell = cell_of(outcome, "power lost");
  EXPECT_EQ(cell.promise, "whole and durable");
  EXPECT_EQ(not_kept(cell), 0) << seen_in_words(cell);
  ASSERT_TRUE(verdict.storage);
  const StorageCount& count = *verdict.storage;
  EXPECT_EQ(count.images, cell.tried);
  EXPECT_GE(count.images, 8);
  EXPECT_EQ(count.in_recovery, 2) << "a quarter of them";
  EXPECT_FALSE(verdict.closed) << "a sample";
  EXPECT_EQ(count.sampled, count.moments);
  EXPECT_GT(count.moments_of, count.moments);
  ASSERT_EQ(verdict.sweeps.size(), 1U);
  EXPECT_THAT(verdict.sweeps.front().open_because, StartsWith("a sample: "));
}

TEST_P(PowerBelowServer, FindsASplitAndShowsItAgain) {
  server().power_images_max = 4;
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
  // Before the recovery changes anything nothing is left to be decided on.
  const CaseOutcome twice = run(each_alone(two_rows), found->plan + "/1:keep=");
  EXPECT_EQ(twice.verdict.faults.fired, 1);
  EXPECT_THAT(oracles_of(twice), Contains("told-equals-held"));
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

TEST_P(PowerBelowServer, FindsADiskThatForgetsSyncs) {
  Forgetful forgetful;
  liar_ = &forgetful;
  server().power_images_max = 4;
  const CaseOutcome outcome = run(in_one_transaction(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::fail) << "a promise is broken";
  EXPECT_THAT(oracles_of(outcome), Contains("told-equals-held"));
  EXPECT_GT(cell_of(outcome, "power lost").broken, 0);
}

TEST_P(PowerBelowServer, TellsALostSuffixAsTheContract) {
  server().settings.synchronous_commit = false;
  server().power_images_max = 4;
  const CaseOutcome outcome = run(in_one_transaction(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  const ContractCell& cell = cell_of(outcome, "power lost");
  EXPECT_EQ(cell.promise, "whole");
  EXPECT_GT(cell.lost, 0);
  EXPECT_EQ(cell.torn + cell.damaged + cell.broken, 0) << seen_in_words(cell);
  ASSERT_FALSE(outcome.verdict.storage->losses.empty());
  EXPECT_THAT(outcome.verdict.storage->losses.front().clause, HasSubstr("wal-async-commit.html"));
}

TEST_P(PowerBelowServer, RefusesAPlanThatDoesNotFit) {
  EXPECT_THROW(run(in_one_transaction(two_rows), "disk1=power:keep=1111111"), UnusableInput);
}

INSTANTIATE_TEST_SUITE_P(Mounted, PowerBelowServer, testing::ValuesIn(where_it_can_be_mounted()),
                         [](const auto&) { return "Here"; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PowerBelowServer);

// A scenario of one variant on a server, on a simulated disk or not, and what a report of it says.
Texts said_of(const std::string& disk, const char* target = "postgres") {
  Scenario scenario = scenario_of({"CREATE TABLE t (id int PRIMARY KEY)"});
  be_one_case(scenario, "power-below-server", target);
  scenario.variants.front().server.emplace().settings.disk = disk;
  return not_tested({case_of(scenario, target)}, {}, {});
}

// A machine without the device that it takes.
class WithoutDevice : public testing::Test {
 protected:
  WithoutDevice() { ::setenv("SPLITPROOF_FUSE_DEVICE", "/dev/no-such-device", 1); }
  ~WithoutDevice() override { ::unsetenv("SPLITPROOF_FUSE_DEVICE"); }
};

TEST_F(WithoutDevice, EveryReportSaysWhatIsMissing) {
  for (const char* const target : {"postgres", "sqlite"}) {
    for (const char* const disk : {"honest", ""}) {
      EXPECT_THAT(said_of(disk, target), Contains(StartsWith("power loss below PostgreSQL: ")))
          << target << disk;
    }
  }
}

TEST_F(WithoutDevice, TheCasesAreNotRun) {
  Scenario scenario = scenario_of({"CREATE TABLE t (id int PRIMARY KEY)"});
  be_one_case(scenario, "power-below-server", "postgres");
  scenario.variants.front().server.emplace().settings.disk = "honest";
  EXPECT_THAT(why_not_run(case_of(scenario, "postgres")),
              StartsWith("the power of a PostgreSQL server cannot fail here: "));
  scenario.variants.front().server->settings.disk = "";
  EXPECT_EQ(why_not_run(case_of(scenario, "postgres")), "");
}

class WithDevice : public testing::TestWithParam<bool> {};

TEST_P(WithDevice, AReportSaysWhatOfThePowerWasLeftOut) {
  EXPECT_THAT(said_of(""), Contains(HasSubstr("no case of this run is on a simulated disk")));
  const Texts said = said_of("honest");
  EXPECT_THAT(said, Not(Contains(StartsWith("power loss below PostgreSQL"))));
  EXPECT_THAT(said, Contains(HasSubstr("more than chosen images at chosen moments")));
}

INSTANTIATE_TEST_SUITE_P(Mounted, WithDevice, testing::ValuesIn(where_it_can_be_mounted()),
                         [](const auto&) { return "Here"; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(WithDevice);

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
