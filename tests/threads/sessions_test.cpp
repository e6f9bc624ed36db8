// Sessions at once on a real database: threads that take turns share everything properly, from the
// history to SQLite's busy handler. This program runs under ThreadSanitizer too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/harness/at_once.h"

namespace splitproof::harness {
namespace {

const Scenario two_adders = at_once(one_balance, {"add 10", "add 5"});

TEST(Sessions, MoveOneAtATimeInEveryOrder) {
  SqliteWorld world;
  Experiment experiment(world, two_adders, {add_by_itself(10), add_by_itself(5)});
  const Orders orders = orders_of(experiment);
  EXPECT_EQ(orders.runs.size(), 6U);
  EXPECT_EQ(orders.objected_by("serializable"), 4U);
}

TEST(Sessions, WaitInTheBusyHandlerOnTheirOwnThreads) {
  SqliteWorld world;
  const sim::TransactionOptions serial = isolated(sim::Isolation::serializable);
  Experiment experiment(world, two_adders,
                        {add_in_transaction(10, serial), add_in_transaction(5, serial)});
  const Orders orders = orders_of(experiment);
  EXPECT_GT(orders.runs.size(), 2U);
  EXPECT_EQ(orders.objections(), 0U);
  for (const RunRecord& run : orders.runs) {
    EXPECT_EQ(difference_when_replayed(experiment, run), "");
  }
}

TEST(Sessions, EndProperlyWhereTheHarnessFails) {
  SqliteWorld world;
  const OperationFactory fails = [] {
    return [](sim::Client& client) -> sim::TransactionEnd {
      static_cast<void>(client.session().value()->execute("SELECT 1").ok());
      throw HarnessFailure("the environment failed");
    };
  };
  Experiment experiment(world, two_adders, {fails, add_by_itself(5)});
  EXPECT_THROW(experiment.run(plan_of("order=a"), {}), HarnessFailure);
  EXPECT_THROW(experiment.run(plan_of("order=b1a"), {}), HarnessFailure);
}

TEST(Sessions, OfSeveralExperimentsRunBesideEachOther) {
  std::vector<std::thread> workers;
  std::vector<std::size_t> runs(3);
  for (std::size_t& count : runs) {
    workers.emplace_back([&count] {
      SqliteWorld world;
      Experiment experiment(world, two_adders, {add_by_itself(10), add_by_itself(5)});
      count = orders_of(experiment).runs.size();
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_THAT(runs, ::testing::Each(6U));
}

}  // namespace
}  // namespace splitproof::harness
