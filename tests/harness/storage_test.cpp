// Cases on a simulated disk: power that fails at every operation, what was promised of it, and
// plans that say so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "harness/oracle/storage_promise.h"
#include "harness/run/case_runner.h"
#include "harness/run/failure.h"
#include "harness/run/sqlite_disk_world.h"
#include "harness/run/storage_sweep.h"
#include "tests/harness/on_disk.h"

namespace splitproof::harness {
namespace {

using sim::JournalMode;
using sim::Synchronous;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

bool all_closed(const CaseVerdict& verdict) {
  return std::ranges::all_of(verdict.sweeps, [](const SweepAccount& account) {
    if (!account.closed) std::cout << account.fault << ": " << account.open_because << '\n';
    return account.closed;
  });
}

TEST_F(OnDisk, ATransactionHoldsWhereAllIsPromised) {
  for (const StorageSetting& setting :
       {StorageSetting{JournalMode::remove, Synchronous::extra, "honest"},
        StorageSetting{JournalMode::truncate, Synchronous::full, "honest"},
        StorageSetting{JournalMode::wal, Synchronous::full, "honest"}}) {
    const CaseOutcome outcome = run(setting, in_one_transaction(two_rows));
    EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
    EXPECT_THAT(outcome.verdict.findings, IsEmpty());
    EXPECT_TRUE(all_closed(outcome.verdict));
    ASSERT_TRUE(outcome.verdict.storage);
    EXPECT_GT(outcome.verdict.storage->images, outcome.verdict.storage->moments);
    EXPECT_GT(outcome.verdict.storage->in_recovery, 0);
  }
}

TEST_F(OnDisk, StatementsOneByOneAreSplit) {
  scenario_.faults = {"power"};
  const CaseOutcome outcome =
      run({JournalMode::wal, Synchronous::full, "honest"}, each_alone(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::fail);
  ASSERT_THAT(oracles_of(outcome), Contains("told-equals-held"));
  // What readers saw between needs no fault, and is told first.
  const auto split =
      std::ranges::find(outcome.verdict.findings, "told-equals-held", &Finding::oracle);
  EXPECT_THAT(split->plan, HasSubstr("=power:keep="));
}

TEST_F(OnDisk, ALossThatTheContractAllowsIsToldAndIsNoFinding) {
  const StorageSetting setting{JournalMode::wal, Synchronous::normal, "honest"};
  const CaseOutcome outcome = run(setting, in_one_transaction(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  ASSERT_FALSE(outcome.verdict.storage->losses.empty());
  EXPECT_THAT(outcome.verdict.storage->losses.front().clause, HasSubstr("might roll back"));
  const CaseOutcome claimed = run(setting, in_one_transaction(two_rows), true);
  EXPECT_EQ(claimed.verdict.result, CaseResult::fail);
  EXPECT_THAT(oracles_of(claimed), Contains("told-equals-held"));
}

// The first row alone was committed at some moment; but the operation is split.
TEST_F(OnDisk, TheContractExcusesNoSplit) {
  scenario_.faults = {"power"};
  const CaseOutcome outcome =
      run({JournalMode::wal, Synchronous::normal, "honest"}, each_alone(two_rows));
  EXPECT_EQ(outcome.verdict.result, CaseResult::fail);
  EXPECT_THAT(oracles_of(outcome), Contains("told-equals-held"));
}

TEST_F(OnDisk, WithoutSyncsTheDatabaseIsDamaged) {
  scenario_.faults = {"power"};
  const CaseOutcome outcome =
      run({JournalMode::remove, Synchronous::off, "honest"}, in_one_transaction(two_rows), true);
  EXPECT_EQ(outcome.verdict.result, CaseResult::fail);
  EXPECT_THAT(oracles_of(outcome), Contains("recovers"));
}

// Each image's verdict is that of the run of the first that was found alike.
TEST_F(OnDisk, TheLedgerHasTheImagesOfEachMoment) {
  scenario_.faults = {"power"};
  const CaseOutcome outcome =
      run({JournalMode::remove, Synchronous::full, "honest"}, in_one_transaction(two_rows));
  std::map<std::string, std::string> held;
  for (const LedgerEntry& entry : outcome.ledger) {
    if (entry.purpose == "power") held[entry.plan] = entry.held;
  }
  std::int64_t moments = 0;
  std::int64_t images = 0;
  for (const LedgerEntry& entry : outcome.ledger) {
    if (entry.purpose != "images") continue;
    ++moments;
    EXPECT_THAT(entry.plan, testing::MatchesRegex("disk[0-9]+=power"));
    for (const LedgerImages& one : entry.images) {
      images += one.images;
      ASSERT_TRUE(held.contains(one.plan)) << one.plan;
      EXPECT_EQ(held[one.plan], one.held);
    }
  }
  EXPECT_EQ(moments, outcome.verdict.storage->moments);
  EXPECT_EQ(images, outcome.verdict.storage->images);
}

TEST_F(OnDisk, ReadersSeeWhatIsCommittedBetween) {
  scenario_.faults = {"lose-sync"};
  const StorageSetting setting{JournalMode::wal, Synchronous::full, "honest"};
  const CaseOutcome whole = run(setting, in_one_transaction(two_rows));
  ASSERT_FALSE(whole.verdict.observers.empty());
  EXPECT_GT(whole.verdict.observers.front().seen, 0);
  EXPECT_THAT(whole.verdict.findings, IsEmpty());
  EXPECT_THAT(oracles_of(run(setting, each_alone(two_rows))), Contains("intermediate-read"));
}

TEST_F(OnDisk, APlanIsRunAgainAlike) {
  const StorageSetting setting{JournalMode::remove, Synchronous::full, "honest"};
  scenario_.faults = {"power"};
  const CaseOutcome found = run(setting, in_one_transaction(two_rows), true);
  ASSERT_FALSE(found.verdict.findings.empty());
  const std::string& plan = found.verdict.findings.front().plan;
  const CaseOutcome again = run(setting, in_one_transaction(two_rows), true, plan);
  ASSERT_FALSE(again.verdict.findings.empty()) << plan;
  EXPECT_EQ(again.verdict.findings.front().oracle, found.verdict.findings.front().oracle);
}

// Whoever looks on, as a replay does after each event, in the middle of an operation of the disk
// too, changes nothing of what happens.
TEST_F(OnDisk, LookingOnChangesNothing) {
  for (const JournalMode journal : {JournalMode::remove, JournalMode::wal}) {
    SqliteDiskWorld world({journal, Synchronous::full, "honest"});
    Experiment experiment(world, scenario_, {each_alone(two_rows)});
    const RunRecord alone = experiment.run({}, {});
    std::set<std::size_t> seen;
    RunOptions options;
    options.on_event = [&](const Event&) {
      const sim::Answer<State> state = world.read();
      ASSERT_TRUE(state.ok()) << state.error().message;
      seen.insert(state.value().at("t")->rows.size());
    };
    const RunRecord watched = experiment.run({}, options);
    EXPECT_EQ(lines_of(watched.history), lines_of(alone.history));
    EXPECT_THAT(seen, testing::ElementsAre(0U, 1U, 2U));
  }
}

TEST_F(OnDisk, APlanThatCannotBeIsRefused) {
  const StorageSetting setting{JournalMode::remove, Synchronous::full, "honest"};
  scenario_.faults = {"power"};
  const CaseOutcome found = run(setting, in_one_transaction(two_rows), true);
  ASSERT_FALSE(found.verdict.findings.empty());
  const std::string& possible = found.verdict.findings.front().plan;
  const std::string too_many =
      possible.substr(0, possible.find("keep=")) + "keep=" + std::string(20, '1');
  for (const std::string& plan : {too_many, possible + "/99:keep=1"}) {
    EXPECT_THROW(run(setting, in_one_transaction(two_rows), false, plan), UnusableInput) << plan;
  }
}

TEST(StoragePlan, IsReadAsItIsWritten) {
  for (const std::string text :
       {"disk7=kill", "disk7=power:keep=110", "disk7=power:keep=110,torn=1:front",
        "disk12=power:keep=30:3fffff00/3:keep=01/1:keep=1,torn=0:zero", "disk3=lose-sync",
        "disk3+=error:EIO", "a2=drop disk3=error:SHORT_READ"}) {
    const sim::Result<Plan, PlanError> plan = parse_plan(text);
    ASSERT_TRUE(plan.ok()) << text << ": " << plan.error().message;
    EXPECT_EQ(to_string(plan.value()), text);
  }
  for (const std::string text :
       {"disk=power:keep=1", "disk7=power:", "disk7=power:keep=12", "disk7=power:keep=1/keep=1",
        "disk7=power:keep=1/0:keep=1", "disk7=power:keep=1/", "disk0=lose-sync"}) {
    EXPECT_FALSE(parse_plan(text).ok()) << text;
  }
}

TEST(StoragePromise, FollowsTheDocumentation) {
  const sim::Persona honest = *sim::persona_named("honest");
  const auto promise = [&](JournalMode journal, Synchronous synchronous) {
    return in_words(promised_after_power_loss(journal, synchronous, honest));
  };
  EXPECT_EQ(promise(JournalMode::remove, Synchronous::extra), "whole and durable");
  EXPECT_EQ(promise(JournalMode::remove, Synchronous::full), "whole");
  EXPECT_EQ(promise(JournalMode::persist, Synchronous::full), "whole and durable");
  EXPECT_EQ(promise(JournalMode::wal, Synchronous::full), "whole and durable");
  EXPECT_EQ(promise(JournalMode::wal, Synchronous::normal), "whole");
  EXPECT_EQ(promise(JournalMode::truncate, Synchronous::normal), "nothing");
  EXPECT_EQ(promise(JournalMode::wal, Synchronous::off), "nothing");
  EXPECT_EQ(promise(JournalMode::memory, Synchronous::extra), "nothing");
  EXPECT_EQ(in_words(promised_after_power_loss(JournalMode::wal, Synchronous::full,
                                               *sim::persona_named("no-barrier"))),
            "nothing");
  EXPECT_EQ(in_words(promised_after_kill(JournalMode::remove)), "whole and durable");
  EXPECT_EQ(in_words(promised_after_kill(JournalMode::off)), "nothing");
  EXPECT_EQ(in_words(promised_after_error(JournalMode::persist)), "whole and durable");
  EXPECT_EQ(in_words(promised_after_error(JournalMode::memory)), "nothing");
}

// The oracle by itself.
TEST(Recovers, ObjectsToDamageAlone) {
  RunRecord run;
  EXPECT_THAT(recovers(run, {}), IsEmpty());
  run.damaged = "integrity_check says: page 3 is never used";
  EXPECT_THAT(recovers(run, {}), testing::SizeIs(1));
}

}  // namespace
}  // namespace splitproof::harness
