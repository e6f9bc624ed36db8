// Faults while sessions are at work at once.
#include "harness/run/order_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/harness/at_once.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Texts two_halves{"CREATE TABLE half (id INTEGER PRIMARY KEY, saved INTEGER)",
                       "INSERT INTO half VALUES (1, 0), (2, 0)",
                       "CREATE TABLE seen (id INTEGER PRIMARY KEY, total INTEGER)",
                       "INSERT INTO seen VALUES (1, 0)"};

// `b` writes down how much of what `a` saves in two statements it sees.
const Texts saves{"/* save the first half */ UPDATE half SET saved = 1 WHERE id = 1",
                  "/* save the second half */ UPDATE half SET saved = 1 WHERE id = 2"};
const Texts looks{"UPDATE seen SET total = (SELECT sum(saved) FROM half)"};

struct Swept {
  OrderSweep sweep;
  std::vector<std::string> plans;      // In which some oracle objects.
  std::set<std::string> distinct;      // Of all runs.
  std::set<std::int64_t> totals_seen;  // By `b`, where `a` was told aborted.
};

Swept swept(Experiment& experiment, int faults_max, const std::vector<std::string>& faults) {
  Swept result;
  const Prepared prepared = prepare(experiment, 1, [](const RunRecord&, const char*) {});
  OrderSweepOptions options;
  options.faults_max = faults_max;
  for (const std::string& fault : faults) options.faults.push_back(fault_of(fault));
  const Explored clean = explore(experiment, {}, options.schedules, [](const RunRecord&) {});
  result.sweep = sweep_orders(experiment, clean.reached, options, [&](const RunRecord& run) {
    result.distinct.insert(to_string(run.plan));
    const auto& seen = run.after->state.at("seen")->rows;
    if (run.first[0].outcome == sim::Outcome::aborted) {
      result.totals_seen.insert(std::get<std::int64_t>(seen.at(0).at(1)));
    }
    for (const auto& [name, oracle] : all_oracles()) {
      if (oracle(run, prepared.references).empty()) continue;
      result.plans.push_back(name + ": " + to_string(run.plan));
    }
  });
  return result;
}

TEST(OrderSweep, FindsWhoReadsWhileTheConnectionDropsBetweenTwoSaves) {
  SqliteWorld world;
  const Scenario scenario = at_once(two_halves, {"save", "look"});
  Experiment experiment(world, scenario, {each_alone(saves), each_alone(looks)});
  const Swept result = swept(experiment, 1, {"drop"});
  EXPECT_THAT(result.totals_seen, Contains(1)) << "the first half was read, the second never came";
  EXPECT_THAT(result.plans, Contains(HasSubstr("serializable: order=a1b a2=drop")));
}

TEST(OrderSweep, StaysSilentWhereATransactionHoldsBothSaves) {
  SqliteWorld world;
  const Scenario scenario = at_once(two_halves, {"save", "look"});
  Experiment experiment(world, scenario, {in_one_transaction(saves), in_one_transaction(looks)});
  const Swept result = swept(experiment, 1, {"error:SQLITE_FULL", "throw", "drop", "lose-reply"});
  EXPECT_THAT(result.plans, IsEmpty());
  EXPECT_EQ(result.totals_seen, (std::set<std::int64_t>{0}));
  ASSERT_THAT(result.sweep.accounts, SizeIs(4));
  for (const SweepAccount& account : result.sweep.accounts) {
    EXPECT_TRUE(account.closed) << account.fault << ": " << account.open_because;
    EXPECT_EQ(account.phase, "orders");
    EXPECT_GT(account.planned, 0);
    EXPECT_EQ(account.fired, account.planned);
  }
}

TEST(OrderSweep, AddsASecondFaultAtWhatTheFirstOneLedTo) {
  SqliteWorld world;
  const Scenario scenario = at_once(two_halves, {"save", "look"});
  Experiment experiment(world, scenario, {in_one_transaction(saves), each_alone(looks)});
  const Swept one = swept(experiment, 1, {"error:SQLITE_BUSY"});
  const Swept two = swept(experiment, 2, {"error:SQLITE_BUSY"});
  EXPECT_GT(two.distinct.size(), one.distinct.size());
  ASSERT_THAT(two.sweep.accounts, SizeIs(2));
  EXPECT_EQ(two.sweep.accounts[1].phase, "orders, after a fault");
  EXPECT_TRUE(two.sweep.accounts[1].closed) << two.sweep.accounts[1].open_because;
  EXPECT_THAT(two.plans, IsEmpty());
}

TEST(OrderSweep, IsNotClosedWhereTheOrdersAreTooMany) {
  SqliteWorld world;
  const Scenario scenario = at_once(two_halves, {"save", "look"});
  Experiment experiment(world, scenario, {each_alone(saves), each_alone(looks)});
  prepare(experiment, 1, [](const RunRecord&, const char*) {});
  OrderSweepOptions options;
  options.faults = {fault_of("drop")};
  options.schedules.exploration = {.strategy = StrategyName::exhaustive, .runs_max = 1};
  const Explored clean = explore(experiment, {}, {}, [](const RunRecord&) {});
  const OrderSweep sweep =
      sweep_orders(experiment, clean.reached, options, [](const RunRecord&) {});
  ASSERT_THAT(sweep.accounts, SizeIs(1));
  EXPECT_FALSE(sweep.accounts[0].closed);
  EXPECT_THAT(sweep.accounts[0].open_because, HasSubstr("only 1 orders of the sessions were run"));
}

TEST(OrderSweep, FindsTheSameOnPostgres) {
  const auto world = postgres_world();
  const Scenario scenario = at_once(two_halves, {"save", "look"});
  Experiment experiment(*world, scenario, {each_alone(saves), each_alone(looks)});
  const Swept result = swept(experiment, 1, {"drop"});
  EXPECT_THAT(result.plans, Contains(HasSubstr("serializable: order=a1b a2=drop")));
  const auto other = postgres_world();
  Experiment holding(*other, scenario, {in_one_transaction(saves), in_one_transaction(looks)});
  EXPECT_THAT(swept(holding, 1, {"error:53100"}).plans, IsEmpty());
}

}  // namespace
}  // namespace splitproof::harness
