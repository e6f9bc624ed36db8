// A disk that is really full below the server: statements that need room, and those that need none.
// Only where a file system may be mounted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/history/file_names.h"
#include "harness/run/process_sweep.h"
#include "harness/run/worlds.h"
#include "tests/harness/client_operations.h"
#include "tests/harness/program_case.h"
#include "tests/support/small_disks.h"

namespace splitproof::harness {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

// The parameter says nothing; where a test cannot run it is not there.
class FullDisk : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    auto made = worlds_.make("postgres");
    if (!made.ok()) throw std::runtime_error(made.error().message);
    world_ = std::move(made).value();
    ASSERT_TRUE(world_->can_fill_disk());
  }

  // Steps in one transaction, on an empty table `t` and a table `u` of one row.
  static Scenario scenario_with(const Texts& steps) {
    Scenario scenario =
        scenario_of({"CREATE TABLE t (id int, word text)", "CREATE TABLE u (id int, n int)",
                     "INSERT INTO u VALUES (1, 2)"});
    scenario.operations.front().steps = steps;
    return scenario;
  }

  RunRecord run(Experiment& experiment, const std::string& plan) {
    return experiment.run(plan_of(plan), {});
  }

  Worlds worlds_{shared_guardian()};
  std::unique_ptr<World> world_;
};

const Texts grow_and_change{
    "INSERT INTO t SELECT g, repeat('x', 100) FROM generate_series(1, 200) g",
    "UPDATE u SET n = 3"};

TEST_P(FullDisk, IsSaidByTheServerOfWhatNeedsRoom) {
  const Scenario scenario = scenario_with(grow_and_change);
  Experiment experiment(*world_, scenario, {in_one_transaction(grow_and_change)});
  const RunRecord run = this->run(experiment, "a2=full-disk");
  EXPECT_THAT(lines_of(run.history).at(1), HasSubstr("No space left on device"));
  EXPECT_THAT(lines_of(run.history).at(1), HasSubstr("53100"));
  EXPECT_EQ(outcomes_of(run.first).at(0), "aborted");
  EXPECT_EQ(outcomes_of(run.last).at(0), "committed") << "the retry finds room again";
  EXPECT_EQ(run.finally->state.at("t")->rows.size(), 200U);
}

TEST_P(FullDisk, HindersNobodyWhoNeedsNoRoom) {
  const Scenario scenario = scenario_with(grow_and_change);
  Experiment experiment(*world_, scenario, {in_one_transaction(grow_and_change)});
  const RunRecord run = this->run(experiment, "a3=full-disk");
  EXPECT_EQ(run.fired.size(), 1U);
  EXPECT_EQ(outcomes_of(run.first).at(0), "committed");
}

// Of the runs before, dead rows and room behind them are left.
TEST_P(FullDisk, SaysTheSameWhateverWasRunBefore) {
  const Texts one_row{"INSERT INTO u VALUES (2, 2)", "INSERT INTO t VALUES (1, 'x')"};
  const Scenario scenario = scenario_with(one_row);
  Experiment experiment(*world_, scenario, {in_one_transaction(one_row)});
  const std::vector<std::string> first = lines_of(run(experiment, "a2+=full-disk").history);
  EXPECT_THAT(first.at(1), HasSubstr("ok")) << "there is room in the page of the first row";
  EXPECT_THAT(first.at(2), HasSubstr("53100"));
  for (int round = 0; round < 70; ++round) run(experiment, round % 2 == 0 ? "clean" : "a4=drop");
  EXPECT_EQ(lines_of(run(experiment, "a2+=full-disk").history), first);
}

TEST_P(FullDisk, StrikesClientsInProcessesAlike) {
  const Scenario scenario = scenario_with(grow_and_change);
  ClientHost host(*shared_guardian(), "/proc/self/exe");
  Experiment experiment(*world_, scenario,
                        {small_operation(scenario.operations.front(), "transactional").value()});
  use_processes(experiment, {}, host, "transactional");
  const RunRecord ours = run(experiment, "a2=full-disk");
  const RunRecord theirs = run(experiment, "a2=full-disk a99=kill");
  EXPECT_THAT(lines_of(ours.history), Contains(HasSubstr("53100")));
  EXPECT_EQ(lines_of(ours.history), lines_of(theirs.history));
}

TEST(FileNames, AreLeftOutOfWhatTheServerSays) {
  EXPECT_EQ(without_file_names("could not extend file \"pg_tblspc/1/PG_15_2/3/4\": No space left"),
            "could not extend file of a table: No space left");
  EXPECT_EQ(without_file_names("cannot read \"base/5/24\", nor \"base/5/25"),
            "cannot read of a table, nor \"base/5/25");
  EXPECT_EQ(without_file_names("relation \"t\" does not exist"), "relation \"t\" does not exist");
}

TEST_P(FullDisk, IsFreeAgainWhenARunEndsByAFailureOfTheHarness) {
  const Scenario scenario = scenario_with(grow_and_change);
  Experiment experiment(*world_, scenario, {in_one_transaction(grow_and_change)});
  ASSERT_TRUE(world_->fill_disk().ok());
  EXPECT_EQ(outcomes_of(run(experiment, "clean").first).at(0), "committed");
}

class FullDiskOfAProgram : public FullDisk {
 protected:
  CaseOutcome run_case_of(const std::string& script) {
    Scenario scenario = scenario_with({});
    scenario.name = scenario.title = "program";
    scenario.faults = {"full-disk"};
    scenario.operations.front().program = psql(script);
    scenario.variants = {of_a_command()};
    return run_programs(scenario, *world_);
  }
};

TEST_P(FullDiskOfAProgram, EndsACopyInItsMiddleAndLeavesHalf) {
  std::string script = "UPDATE u SET n = 3;\nCOPY t FROM STDIN;\n";
  for (int row = 0; row < 400; ++row)
    script += std::to_string(row) + "\t" + std::string(60, 'x') + "\n";
  const CaseOutcome outcome = run_case_of(script + "\\.");
  EXPECT_THAT(findings_of(outcome), Contains("told-equals-held a3=full-disk"));
  EXPECT_EQ(outcome.verdict.result, CaseResult::fail) << outcome.verdict.reason;
}

TEST_P(FullDiskOfAProgram, LeavesNothingOfATransaction) {
  const CaseOutcome outcome = run_case_of(
      "BEGIN;\nUPDATE u SET n = 3;\nINSERT INTO t SELECT g, repeat('x', 99) FROM "
      "generate_series(1, "
      "300) g;\nCOMMIT;");
  EXPECT_THAT(outcome.verdict.findings, IsEmpty());
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
}

INSTANTIATE_TEST_SUITE_P(OfTheServer, FullDisk,
                         testing::ValuesIn(tests::where_disks_can_be_mounted()),
                         [](const auto&) { return "IsMounted"; });
INSTANTIATE_TEST_SUITE_P(OfTheServer, FullDiskOfAProgram,
                         testing::ValuesIn(tests::where_disks_can_be_mounted()),
                         [](const auto&) { return "IsMounted"; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(FullDisk);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(FullDiskOfAProgram);

TEST(FullDiskElsewhere, IsRefused) {
  const std::unique_ptr<PostgresWorld> world = postgres_world();
  EXPECT_FALSE(world->can_fill_disk()) << "it is not told which server it is on";
  EXPECT_FALSE(world->fill_disk().ok());
  EXPECT_FALSE(world->lay_out().ok());
}

}  // namespace
}  // namespace splitproof::harness
