// Memory that runs out under SQLite, swept piece by piece: what holds, what is split by it, and
// that the harness's own use of SQLite is no part of it.
#include "harness/run/memory_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/run/case_runner.h"
#include "harness/run/failure.h"
#include "harness/run/sqlite_disk_world.h"
#include "tests/harness/experiments.h"

namespace splitproof::harness {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const Texts two_rows{"/* save one */ INSERT INTO t VALUES (1)",
                     "/* save two */ INSERT INTO t VALUES (2)"};

// On a simulated disk, or in memory, where `nomem` has to be asked for.
class Memory : public testing::TestWithParam<bool> {
 protected:
  Memory() {
    scenario_.name = scenario_.title = "memory";
    Variant variant;
    variant.name = variant.code = "as-it-is";
    variant.expect["sqlite"] = {};
    scenario_.variants = {variant};
    scenario_.faults = {"nomem"};
    if (GetParam()) scenario_.variants.front().storage.emplace();
  }

  std::unique_ptr<World> world() const {
    if (GetParam()) return std::make_unique<SqliteDiskWorld>(StorageSetting{});
    return std::make_unique<SqliteWorld>();
  }

  CaseOutcome run(const OperationFactory& operation, const std::string& plan = "") {
    Case subject;
    subject.scenario = &scenario_;
    subject.variant = &scenario_.variants.front();
    subject.target = subject.target_kind = "sqlite";
    subject.argument = "memory";
    CaseOptions options;
    if (!plan.empty()) options.plan = plan_of(plan);
    return run_case(subject, *world(), {operation}, options);
  }

  Scenario scenario_ = scenario_of({"CREATE TABLE t (id INTEGER PRIMARY KEY)"});
};

INSTANTIATE_TEST_SUITE_P(OnDiskAndNot, Memory, testing::Bool(),
                         [](const auto& on_disk) { return on_disk.param ? "OnDisk" : "InMemory"; });

std::vector<std::string> oracles_of(const CaseOutcome& outcome) {
  std::vector<std::string> names;
  for (const Finding& finding : outcome.verdict.findings) names.push_back(finding.oracle);
  return names;
}

TEST_P(Memory, MayRunOutAnywhereInATransaction) {
  const CaseOutcome outcome = run(in_one_transaction(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  EXPECT_THAT(outcome.verdict.findings, IsEmpty());
  ASSERT_EQ(outcome.verdict.sweeps.size(), 2U);
  for (const SweepAccount& account : outcome.verdict.sweeps) {
    EXPECT_EQ(account.fault, "nomem");
    EXPECT_TRUE(account.closed) << account.open_because;
    EXPECT_EQ(account.planned, account.fired);
    EXPECT_GT(account.planned, 50);
  }
}

TEST_P(Memory, SplitsStatementsOneByOne) {
  const CaseOutcome outcome = run(each_alone(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::fail);
  ASSERT_THAT(oracles_of(outcome), Contains("told-equals-held"));
  // What readers saw between needs no fault, and is told first.
  const Finding& finding =
      *std::ranges::find(outcome.verdict.findings, "told-equals-held", &Finding::oracle);
  EXPECT_THAT(finding.plan, StartsWith("memory"));
  EXPECT_THAT(finding.plan, HasSubstr("=nomem"));
  const auto struck = std::ranges::find_if(finding.story, [](const StoryLine& line) {
    return line.text.find("HERE memory runs out") != std::string::npos;
  });
  ASSERT_NE(struck, finding.story.end());
  EXPECT_THAT(struck->text, HasSubstr("allocate for save two"));
  const CaseOutcome again = run(each_alone(two_rows), finding.plan);
  EXPECT_THAT(oracles_of(again), Contains("told-equals-held"));
}

// The second half is believed to be there although it failed.
TEST_P(Memory, ShowsWhoDoesNotLookAtAnswers) {
  const OperationFactory careless = [] {
    return [](sim::Client& client) -> sim::TransactionEnd {
      for (const std::string& statement : two_rows) {
        const sim::Answer<sim::Session*> session = client.session();
        if (session.ok()) static_cast<void>(session.value()->execute(statement).ok());
      }
      return {sim::Outcome::committed, std::nullopt, 1};
    };
  };
  EXPECT_THAT(oracles_of(run(careless)), Contains("told-equals-held"));
}

// What an operation asks for must not depend on how often it ran: the sweep would miss a piece.
TEST_P(Memory, SweepIsOpenWhereEachRunAsksForMore) {
  int runs = 0;
  const OperationFactory growing = [&runs] {
    return [&runs](sim::Client& client) -> sim::TransactionEnd {
      const std::string comment(static_cast<std::size_t>(++runs), ' ');
      Texts statements = two_rows;
      for (int i = 0; i < runs % 7; ++i) {
        statements.push_back("SELECT" + std::string(static_cast<std::size_t>(i + 1), ' ') + "1");
      }
      return send_together(client, statements);
    };
  };
  Scenario scenario = scenario_;
  scenario.retry_attempts = 0;
  const auto place = world();
  Experiment experiment(*place, scenario, {growing});
  CleanRun clean;
  clean.record = experiment.run({}, {});
  bool closed = true;
  for (const SweepAccount& account : sweep_memory(experiment, clean, {}, [](const RunRecord&) {})) {
    closed = closed && account.closed;
  }
  EXPECT_FALSE(closed);
}

class MemoryCount : public Memory {
 protected:
  RunRecord counted(const std::string& plan, const std::function<void(World&)>& look = {}) {
    const auto place = world();
    Experiment experiment(*place, scenario_, {in_one_transaction(two_rows)});
    RunOptions options;
    options.count_allocations = true;
    if (look) {
      options.on_event = [&](const Event&) { look(*place); };
    }
    static_cast<void>(experiment.run({}, options));
    return experiment.run(plan_of(plan), options);
  }
};

INSTANTIATE_TEST_SUITE_P(OnDiskAndNot, MemoryCount, testing::Bool(),
                         [](const auto& on_disk) { return on_disk.param ? "OnDisk" : "InMemory"; });

TEST_P(MemoryCount, LeavesOutWhatTheHarnessAsks) {
  const int alone = counted("clean").allocations;
  EXPECT_GT(alone, 50);
  EXPECT_EQ(counted("clean",
                    [](World& world) {
                      EXPECT_TRUE(world.read().ok());
                      EXPECT_TRUE(world.query(sim::Statement("SELECT count(*) FROM t")).ok());
                    })
                .allocations,
            alone);
}

TEST_P(MemoryCount, IsTheSameWhateverWasRunBefore) {
  const auto place = world();
  Experiment experiment(*place, scenario_, {in_one_transaction(two_rows)});
  RunOptions options;
  options.count_allocations = true;
  const int first = experiment.run({}, options).allocations;
  for (const char* const plan : {"clean", "memory9=nomem", "memory40+=nomem", "a2=drop", "clean"}) {
    static_cast<void>(experiment.run(plan_of(plan), {}));
  }
  EXPECT_EQ(experiment.run({}, options).allocations, first);
}

TEST_P(MemoryCount, BeginsAnewInTheRetry) {
  const RunRecord run = counted("a2=error:SQLITE_FULL retry memory9=nomem");
  ASSERT_EQ(run.fired.size(), 2U);
  const Event& refused = run.history.events[run.fired.back().event];
  EXPECT_TRUE(refused.retry);
  EXPECT_EQ(refused.client, memory_client);
  EXPECT_EQ(refused.statement, 9);
  EXPECT_EQ(strikes_fired(run), 2);
}

TEST_P(MemoryCount, WritesDownTheFirstPieceOfAStrikeAlone) {
  const RunRecord run = counted("memory60+=nomem");
  const auto refused = std::ranges::count_if(
      run.history.events, [](const Event& event) { return event.client == memory_client; });
  EXPECT_EQ(refused, 1);
  ASSERT_EQ(run.fired.size(), 1U);
  EXPECT_EQ(run.history.events[run.fired.front().event].struck, "nomem");
  EXPECT_EQ(run.history.events[run.fired.front().event].answer, "there is none");
  EXPECT_EQ(outcomes_of(run.first), Texts{"aborted"});
  EXPECT_EQ(outcomes_of(run.last), Texts{"committed"});
}

TEST(MemoryPlan, IsReadAsItIsWritten) {
  for (const std::string text :
       {"memory7=nomem", "memory7+=nomem", "a2=drop retry memory3=nomem"}) {
    const sim::Result<Plan, PlanError> plan = parse_plan(text);
    ASSERT_TRUE(plan.ok()) << text << ": " << plan.error().message;
    EXPECT_EQ(to_string(plan.value()), text);
  }
  EXPECT_FALSE(parse_plan("memory=nomem").ok());
  EXPECT_FALSE(parse_plan("memory0=nomem").ok());
}

TEST(MemoryPlan, StrikesWhereItIsAskedForAndNowhereElse) {
  FaultPoint point;
  point.client = memory_client;
  point.place = PointKind::memory;
  EXPECT_TRUE(can_strike(RefuseMemory{}, point));
  for (const char* const text : {"error:EIO", "error:SQLITE_FULL", "drop", "kill", "term",
                                 "lose-sync", "throw", "power:keep=1"}) {
    EXPECT_FALSE(can_strike(fault_of(text), point)) << text;
  }
  for (const PointKind place : {PointKind::session, PointKind::storage, PointKind::disk}) {
    point.place = place;
    EXPECT_FALSE(can_strike(RefuseMemory{}, point));
  }
}

TEST(MemoryPlan, IsRefusedOfSeveralSessions) {
  Scenario scenario = scenario_of({"CREATE TABLE t (id INTEGER PRIMARY KEY)"}, {"one", "two"});
  scenario.operations[1].session = 'b';
  SqliteWorld world;
  Experiment experiment(world, scenario, {each_alone({"SELECT 1"}), each_alone({"SELECT 2"})});
  EXPECT_THROW(experiment.run(plan_of("memory3=nomem"), {}), UnusableInput);
  scenario.faults = {"nomem"};
  EXPECT_FALSE(has_memory_sweep(scenario, Role::subject, world));
}

TEST(MemorySweep, IsThereByDefaultOnAnHonestDiskAlone) {
  Scenario scenario = scenario_of({});
  SqliteDiskWorld on_disk(StorageSetting{});
  StorageSetting other;
  other.persona = "sequential";
  SqliteDiskWorld on_another(other);
  SqliteWorld in_memory;
  EXPECT_TRUE(has_memory_sweep(scenario, Role::subject, on_disk));
  EXPECT_FALSE(has_memory_sweep(scenario, Role::control, on_disk));
  EXPECT_FALSE(has_memory_sweep(scenario, Role::subject, on_another));
  EXPECT_FALSE(has_memory_sweep(scenario, Role::subject, in_memory));
  scenario.faults = {"nomem"};
  EXPECT_TRUE(has_memory_sweep(scenario, Role::control, on_another));
  EXPECT_TRUE(has_memory_sweep(scenario, Role::subject, in_memory));
  scenario.faults = {"power"};
  EXPECT_FALSE(has_memory_sweep(scenario, Role::subject, on_disk));
}

}  // namespace
}  // namespace splitproof::harness
