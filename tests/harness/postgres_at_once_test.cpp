// Sessions at once on PostgreSQL: who waits is the server's word, whom a deadlock hits is settled,
// and each order can be repeated.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/harness/at_once.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Scenario two_adders = at_once(one_balance, {"add 10", "add 5"});

std::int64_t balance_in(const Observation& observation) {
  return std::get<std::int64_t>(observation.state.at("balance")->rows.at(0).at(1));
}

std::set<std::int64_t> balances_in(const Orders& orders) {
  std::set<std::int64_t> balances;
  for (const RunRecord& run : orders.runs) balances.insert(balance_in(*run.after));
  return balances;
}

Texts waits_in(const Orders& orders) {
  Texts waits;
  for (const RunRecord& run : orders.runs) {
    for (const std::string& line : steps_of(run.history)) {
      if (line.find("waited") != std::string::npos) waits.push_back(line);
    }
  }
  return waits;
}

void expect_the_same_when_replayed(Experiment& experiment, const Orders& orders) {
  std::set<std::string> texts;
  for (const RunRecord& run : orders.runs) {
    EXPECT_TRUE(texts.insert(to_string(run.plan)).second) << to_string(run.plan);
    EXPECT_EQ(difference_when_replayed(experiment, run), "");
  }
}

TEST(PostgresAtOnce, FindsTheLostUpdateOfReadAndWriteInAutocommit) {
  const auto world = postgres_world();
  Experiment experiment(*world, two_adders, {add_by_itself(10), add_by_itself(5)});
  const Orders orders = orders_of(experiment);
  EXPECT_THAT(orders.runs, SizeIs(6));
  EXPECT_THAT(balances_in(orders), ElementsAre(105, 110, 115));
  EXPECT_EQ(orders.objected_by("serializable"), 4U);
  EXPECT_EQ(orders.objections(), 4U);
  EXPECT_THAT(waits_in(orders), IsEmpty());
  expect_the_same_when_replayed(experiment, orders);
}

TEST(PostgresAtOnce, FindsTheLostUpdateOfATransactionAtReadCommitted) {
  const auto world = postgres_world();
  const sim::TransactionOptions weak = isolated(sim::Isolation::read_committed);
  Experiment experiment(*world, two_adders,
                        {add_in_transaction(10, weak), add_in_transaction(5, weak)});
  const Orders orders = orders_of(experiment);
  EXPECT_TRUE(orders.explored.schedules.complete);
  EXPECT_EQ(orders.explored.unstable, "");
  EXPECT_THAT(balances_in(orders), ElementsAre(105, 110, 115));
  EXPECT_GT(orders.objected_by("serializable"), 0U);
  EXPECT_EQ(orders.objections(), orders.objected_by("serializable"));
  for (const std::vector<Violation>& violations : orders.violations) {
    for (const Violation& violation : violations) EXPECT_EQ(violation.anomaly, "P4");
  }
  EXPECT_THAT(waits_in(orders),
              Contains(HasSubstr("b3 write: ok, 1 rows affected (waited for a)")));
  expect_the_same_when_replayed(experiment, orders);
}

TEST(PostgresAtOnce, AddsBothUnderARowLock) {
  const auto world = postgres_world();
  const sim::TransactionOptions weak = isolated(sim::Isolation::read_committed);
  Experiment experiment(
      *world, two_adders,
      {add_in_transaction(10, weak, " FOR UPDATE"), add_in_transaction(5, weak, " FOR UPDATE")});
  const Orders orders = orders_of(experiment);
  EXPECT_THAT(balances_in(orders), ElementsAre(115));
  EXPECT_EQ(orders.objections(), 0U);
  EXPECT_THAT(waits_in(orders), Contains(HasSubstr("a2 read: ok, 1 rows (waited for b)")));
  expect_the_same_when_replayed(experiment, orders);
}

TEST(PostgresAtOnce, AddsBothWhereConflictsAreRetriedAndOneWhereTheyAreNot) {
  const auto world = postgres_world();
  const sim::TransactionOptions serial = isolated(sim::Isolation::serializable);
  Experiment patient(*world, two_adders,
                     {add_in_transaction(10, serial), add_in_transaction(5, serial)});
  const Orders orders = orders_of(patient);
  EXPECT_THAT(balances_in(orders), ElementsAre(115));
  EXPECT_EQ(orders.objections(), 0U);
  expect_the_same_when_replayed(patient, orders);

  const auto other = postgres_world();
  const sim::TransactionOptions once = isolated(sim::Isolation::repeatable_read, 1);
  Experiment hasty(*other, two_adders, {add_in_transaction(10, once), add_in_transaction(5, once)});
  const Orders without = orders_of(hasty);
  EXPECT_GT(without.objected_by("completes"), 0U);
  EXPECT_EQ(without.objections(), without.objected_by("completes"));
  expect_the_same_when_replayed(hasty, without);
}

const Texts two_balances{"CREATE TABLE balance (id INTEGER PRIMARY KEY, amount BIGINT)",
                         "INSERT INTO balance VALUES (1, 100), (2, 100)"};

std::string add_one_to(int id) {
  return fmt::format("/* to {0} */ UPDATE balance SET amount = amount + 1 WHERE id = {0}", id);
}

TEST(PostgresAtOnce, LetsADeadlockHitWhoeverClosesTheCircle) {
  const auto world = postgres_world();
  const sim::TransactionOptions once = isolated(sim::Isolation::read_committed, 1);
  const Scenario scenario = at_once(two_balances, {"1 and 2", "2 and 1"});
  Experiment experiment(*world, scenario,
                        {in_one_transaction_at({add_one_to(1), add_one_to(2)}, once),
                         in_one_transaction_at({add_one_to(2), add_one_to(1)}, once)});
  const Orders orders = orders_of(experiment);
  EXPECT_EQ(orders.objected_by("serializable"), 0U);
  EXPECT_GT(orders.objected_by("completes"), 0U);
  std::set<std::string> deadlocked;
  for (const RunRecord& run : orders.runs) {
    for (const std::string& line : steps_of(run.history)) {
      if (line.find("40P01") != std::string::npos) deadlocked.insert(line.substr(0, 7));
    }
  }
  EXPECT_THAT(deadlocked, ElementsAre("a3 to 2", "b3 to 1"));
  expect_the_same_when_replayed(experiment, orders);
  const RunRecord run = experiment.run(plan_of("order=a2b3a"), {});
  EXPECT_THAT(outcomes_of(run.first), ElementsAre("aborted", "committed"));
}

TEST(PostgresAtOnce, CompletesBothWhereDeadlocksAreRetried) {
  const auto world = postgres_world();
  const sim::TransactionOptions patient = isolated(sim::Isolation::read_committed);
  const Scenario scenario = at_once(two_balances, {"1 and 2", "2 and 1"});
  Experiment experiment(*world, scenario,
                        {in_one_transaction_at({add_one_to(1), add_one_to(2)}, patient),
                         in_one_transaction_at({add_one_to(2), add_one_to(1)}, patient)});
  const RunRecord run = experiment.run(plan_of("order=a2b3a"), {});
  EXPECT_THAT(outcomes_of(run.first), Each("committed"));
  EXPECT_THAT(steps_of(run.history), Contains(HasSubstr("40P01")));
}

TEST(PostgresAtOnce, CancelsASessionThatWaitsForItself) {
  const auto world = postgres_world();
  const auto blocks_itself = [] {
    return [retry = false](sim::Client& client) mutable -> sim::TransactionEnd {
      if (std::exchange(retry, true)) return {sim::Outcome::committed, std::nullopt, 1};
      const sim::Answer<sim::Session*> first = client.session();
      const sim::Answer<std::unique_ptr<sim::Session>> second = client.engine().connect();
      const std::string update = "UPDATE balance SET amount = 1";
      for (const auto& [session, sql] : std::vector<std::pair<sim::Session*, std::string>>{
               {first.value(), "BEGIN"}, {first.value(), update}, {second.value().get(), update}}) {
        const sim::Answer<sim::Rows> answer = session->execute(sql);
        if (!answer.ok()) return {sim::Outcome::aborted, answer.error(), 1};
      }
      return {sim::Outcome::committed, std::nullopt, 1};
    };
  };
  Experiment experiment(*world, two_adders, {blocks_itself, add_by_itself(5)});
  for (const char* const order : {"order=a3b", "order=b1a"}) {
    const RunRecord run = experiment.run(plan_of(order), {});
    EXPECT_THAT(run.first[0].why, HasSubstr("57014")) << order;
    EXPECT_EQ(run.first[1].outcome, sim::Outcome::committed) << order;
    EXPECT_THAT(run.first[0].left_open, SizeIs(1));
    EXPECT_EQ(std::ranges::count_if(run.history.events, &Event::given_up), 1) << order;
    References references;
    references.titles = {"add 10", "add 5"};
    references.clients = {'a', 'b'};
    const std::vector<Violation> violations = completes(run, references);
    ASSERT_THAT(violations, SizeIs(1));
    EXPECT_THAT(violations.front().because, HasSubstr("No session was left that could move"));
    EXPECT_EQ(difference_when_replayed(experiment, run), "");
  }
}

// One who waits, a conflict and its retry, and a deadlock with its victim.
TEST(PostgresAtOnce, DoesTheSameAHundredTimesInARow) {
  const auto world = postgres_world();
  const sim::TransactionOptions weak = isolated(sim::Isolation::read_committed);
  const sim::TransactionOptions strict = isolated(sim::Isolation::serializable);
  Experiment waits(*world, two_adders,
                   {add_in_transaction(10, strict), add_in_transaction(5, strict)});
  const Texts tables{"CREATE TABLE balance (id INTEGER PRIMARY KEY, amount BIGINT)",
                     "INSERT INTO balance VALUES (1, 100), (2, 100)"};
  const auto other = postgres_world();
  const Scenario crosswise = at_once(tables, {"up", "down"});
  Experiment deadlocks(*other, crosswise,
                       {in_one_transaction_at({add_one_to(1), add_one_to(2)}, weak),
                        in_one_transaction_at({add_one_to(2), add_one_to(1)}, weak)});
  for (const auto& [experiment, order] : std::vector<std::pair<Experiment*, std::string>>{
           {&waits, "order=a3b"}, {&deadlocks, "order=a2b2a"}}) {
    const RunRecord first = experiment->run(plan_of(order), {});
    EXPECT_THAT(steps_of(first.history), Contains(HasSubstr("waited")));
    for (int i = 0; i < 100; ++i) {
      ASSERT_EQ(difference_when_replayed(*experiment, first), "") << order << ", time " << i;
    }
  }
}

TEST(PostgresAtOnce, LetsThreeSessionsQueueForOneRow) {
  const auto world = postgres_world();
  const sim::TransactionOptions weak = isolated(sim::Isolation::read_committed);
  const Scenario scenario = at_once(one_balance, {"a", "b", "c"});
  const OperationFactory add = in_one_transaction_at({add_one_to(1)}, weak);
  Experiment experiment(*world, scenario, {add, add, add});
  // a has the row, b waits for a, and c behind b.
  const RunRecord run = experiment.run(plan_of("order=a2b2c2a"), {});
  EXPECT_THAT(outcomes_of(run.first), Each("committed"));
  EXPECT_EQ(balance_in(*run.after), 103);
  EXPECT_THAT(steps_of(run.history), Contains(HasSubstr("b2 to 1: ok, 1 rows affected (waited")));
  EXPECT_THAT(steps_of(run.history), Contains(HasSubstr("c2 to 1: ok, 1 rows affected (waited")));
  // Not asked: the same run once more. At READ COMMITTED a waiter gives its place in the queue back
  // before it follows the row to its new version, and the one behind it may be there first.
}

}  // namespace
}  // namespace splitproof::harness
