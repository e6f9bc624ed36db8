// Sessions at once on SQLite: every order, each of them repeatable to the byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/harness/at_once.h"

namespace splitproof::harness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Scenario two_adders = at_once(one_balance, {"add 10", "add 5"});

std::int64_t balance_in(const Observation& observation) {
  return std::get<std::int64_t>(observation.state.at("balance")->rows.at(0).at(1));
}

void expect_the_same_when_replayed(Experiment& experiment, const Orders& orders) {
  std::set<std::string> texts;
  for (const RunRecord& run : orders.runs) {
    EXPECT_TRUE(texts.insert(to_string(run.plan)).second) << to_string(run.plan);
    EXPECT_EQ(difference_when_replayed(experiment, run), "");
  }
}

TEST(SqliteAtOnce, CountsTheOrdersOfStatementsThatNeverWait) {
  SqliteWorld world;
  const Texts reads(3, "SELECT 1");
  const Scenario scenario = at_once(one_balance, {"look", "look too"});
  Experiment experiment(world, scenario, {each_alone(reads), each_alone({"SELECT 1", "SELECT 2"})});
  const Orders orders = orders_of(experiment);
  EXPECT_THAT(orders.runs, SizeIs(10));  // 5 over 2.
  EXPECT_EQ(orders.explored.schedules, (ScheduleCount{.strategy = "exhaustive",
                                                      .explored = 10,
                                                      .of = 10,
                                                      .complete = true,
                                                      .shows = "every order"}));
  EXPECT_EQ(orders.explored.unstable, "");
  expect_the_same_when_replayed(experiment, orders);
}

TEST(SqliteAtOnce, FindsTheLostUpdateOfReadAndWriteInAutocommit) {
  SqliteWorld world;
  Experiment experiment(world, two_adders, {add_by_itself(10), add_by_itself(5)});
  const Orders orders = orders_of(experiment);
  ASSERT_THAT(orders.runs, SizeIs(6));
  std::multiset<std::int64_t> balances;
  for (const RunRecord& run : orders.runs) balances.insert(balance_in(*run.after));
  EXPECT_THAT(balances, ElementsAre(105, 105, 110, 110, 115, 115));
  EXPECT_EQ(orders.objected_by("serializable"), 4U);
  EXPECT_EQ(orders.objections(), 4U);
  for (std::size_t i = 0; i < orders.runs.size(); ++i) {
    const bool good = balance_in(*orders.runs[i].after) == 115;
    ASSERT_EQ(orders.violations[i].empty(), good) << to_string(orders.runs[i].plan);
    if (good) continue;
    EXPECT_EQ(orders.violations[i][0].anomaly, "P4");
    EXPECT_THAT(orders.violations[i][0].because, HasSubstr("its update is lost"));
  }
  expect_the_same_when_replayed(experiment, orders);
}

TEST(SqliteAtOnce, SaysWhoseUpdateIsLostInTheOrderThatShowsIt) {
  SqliteWorld world;
  Experiment experiment(world, two_adders, {add_by_itself(10), add_by_itself(5)});
  const Prepared prepared = prepare(experiment, 1, [](const RunRecord&, const char*) {});
  RunOptions options;
  options.keep_what_is_seen = true;
  const RunRecord run = experiment.run(plan_of("order=a1b"), options);
  EXPECT_THAT(steps_of(run.history),
              ElementsAre("a1 read: ok, 1 rows", "b1 read: ok, 1 rows",
                          "b2 write: ok, 1 rows affected", "a2 write: ok, 1 rows affected"));
  EXPECT_EQ(balance_in(*run.after), 110);
  const std::vector<Violation> violations = serializable(run, prepared.references);
  ASSERT_THAT(violations, SizeIs(1));
  EXPECT_EQ(violations[0].because,
            "The clients were told client a ('add 10'): committed; client b ('add 5'): committed. "
            "The database holds what it would hold if client b ('add 5') had never run: its update "
            "is lost.");
}

TEST(SqliteAtOnce, AddsBothWhereTheTransactionBeginsWithTheWriteLock) {
  SqliteWorld world;
  const sim::TransactionOptions serial = isolated(sim::Isolation::serializable);
  Experiment experiment(world, two_adders,
                        {add_in_transaction(10, serial), add_in_transaction(5, serial)});
  const Orders orders = orders_of(experiment);
  EXPECT_EQ(orders.objections(), 0U);
  std::size_t waited = 0;
  for (const RunRecord& run : orders.runs) {
    EXPECT_EQ(balance_in(*run.after), 115) << to_string(run.plan);
    for (const Event& event : run.history.events) waited += event.waited_for.empty() ? 0 : 1;
  }
  EXPECT_GT(waited, 0U);
  expect_the_same_when_replayed(experiment, orders);
}

// A deferred transaction that has read cannot wait for the write lock: SQLite answers busy, and
// only a helper that tries again completes both.
TEST(SqliteAtOnce, RetriesWhereADeferredTransactionCannotBecomeAWriter) {
  SqliteWorld world;
  sim::TransactionOptions deferred = isolated(sim::Isolation::repeatable_read);
  Experiment patient(world, two_adders,
                     {add_in_transaction(10, deferred), add_in_transaction(5, deferred)});
  const Orders orders = orders_of(patient);
  EXPECT_EQ(orders.objections(), 0U);
  expect_the_same_when_replayed(patient, orders);

  deferred.attempts_max = 1;
  SqliteWorld other;
  Experiment hasty(other, two_adders,
                   {add_in_transaction(10, deferred), add_in_transaction(5, deferred)});
  const Orders without = orders_of(hasty);
  EXPECT_GT(without.objected_by("completes"), 0U);
  EXPECT_EQ(without.objections(), without.objected_by("completes"));
}

// `a` keeps a read open on one connection, and writes on another: it waits for itself.
TEST(SqliteAtOnce, RefusesOneWhereAllWait) {
  SqliteWorld world;
  const auto blocks_itself = [] {
    return [](sim::Client& client) -> sim::TransactionEnd {
      const sim::Answer<sim::Session*> first = client.session();
      const sim::Answer<std::unique_ptr<sim::Session>> second = client.engine().connect();
      for (const auto& [session, sql] : std::vector<std::pair<sim::Session*, std::string>>{
               {first.value(), "BEGIN"},
               {first.value(), "SELECT * FROM balance"},
               {second.value().get(), "UPDATE balance SET amount = 1"},
               {first.value(), "COMMIT"}}) {
        const sim::Answer<sim::Rows> answer = session->execute(sql);
        if (!answer.ok()) return {sim::Outcome::aborted, answer.error(), 1};
      }
      return {sim::Outcome::committed, std::nullopt, 1};
    };
  };
  Experiment experiment(world, two_adders, {blocks_itself, add_by_itself(5)});
  const RunRecord run = experiment.run(plan_of("order=a2b"), {});
  EXPECT_EQ(run.first[0].outcome, sim::Outcome::aborted);
  EXPECT_THAT(run.first[0].why, HasSubstr("SQLITE_BUSY"));
  EXPECT_THAT(steps_of(run.history), Contains(HasSubstr("waited for a")));
  EXPECT_THAT(run.first[0].left_open, SizeIs(1));
  EXPECT_EQ(difference_when_replayed(experiment, run), "");
}

TEST(SqliteAtOnce, TriesTheOrdersOfThreeSessions) {
  SqliteWorld world;
  const Scenario three = at_once(one_balance, {"add 10", "add 5", "add 1"});
  Experiment experiment(world, three, {add_by_itself(10), add_by_itself(5), add_by_itself(1)});
  const Orders orders = orders_of(experiment);
  EXPECT_THAT(orders.runs, SizeIs(90));  // 6! / 2! / 2! / 2!
  EXPECT_EQ(orders.prepared.references.serial.size(), 16U);
  std::set<std::int64_t> balances;
  for (const RunRecord& run : orders.runs) balances.insert(balance_in(*run.after));
  EXPECT_THAT(balances, ElementsAre(101, 105, 106, 110, 111, 115, 116));
  EXPECT_EQ(orders.objected_by("serializable"), 90U - 6U);
}

TEST(SqliteAtOnce, KeepsTheOrderOfASessionsOwnOperations) {
  SqliteWorld world;
  Scenario scenario = at_once(one_balance, {"add 10", "add 5", "add 1"});
  scenario.operations[2].session = 'a';
  Experiment experiment(world, scenario, {add_by_itself(10), add_by_itself(5), add_by_itself(1)});
  const RunRecord run = experiment.run(plan_of("order=b1a3"), {});
  EXPECT_THAT(steps_of(run.history),
              ElementsAre("b1 read: ok, 1 rows", "a1 read: ok, 1 rows",
                          "a2 write: ok, 1 rows affected", "a3 read: ok, 1 rows",
                          "a4 write: ok, 1 rows affected", "b2 write: ok, 1 rows affected"));
  ASSERT_THAT(run.first, SizeIs(3));
  EXPECT_EQ(run.first[2].operation, 2);
  EXPECT_EQ(to_string(run.plan), "order=b1a");
}

TEST(SqliteAtOnce, GivesEachSessionChanceAndTimeOfItsOwn) {
  SqliteWorld world;
  const auto draw = [] {
    return [](sim::Client& client) -> sim::TransactionEnd {
      client.clock().wait(std::chrono::milliseconds(client.rng().below(1000)));
      const auto drawn = static_cast<std::int64_t>(client.rng().below(1000000));
      const auto now = client.clock().now().time_since_epoch().count();
      for (const std::int64_t value : {drawn, static_cast<std::int64_t>(now)}) {
        const sim::Answer<sim::Session*> session = client.session();
        const sim::Answer<sim::Rows> answer = session.value()->execute(
            {"INSERT INTO balance (amount) VALUES ($1 + random() % 1000)", {value}});
        if (!answer.ok()) return {sim::Outcome::aborted, answer.error(), 1};
      }
      return {sim::Outcome::committed, std::nullopt, 1};
    };
  };
  Experiment experiment(world, two_adders, {draw, draw});
  std::multiset<std::int64_t> first;
  for (const char* const order : {"order=a", "order=b", "order=a1b1a", "order=b1a"}) {
    const RunRecord run = experiment.run(plan_of(order), {});
    std::multiset<std::int64_t> amounts;
    for (const sim::Row& row : run.after->state.at("balance")->rows) {
      amounts.insert(std::get<std::int64_t>(row[1]));
    }
    if (first.empty()) first = amounts;
    EXPECT_EQ(amounts, first) << order;
  }
}

TEST(SqliteAtOnce, ComparesKeysThatTheOrderDecidesUpToRenaming) {
  SqliteWorld world;
  const Texts tables{"CREATE TABLE entry (id INTEGER PRIMARY KEY, who TEXT)"};
  const auto insert = [](const std::string& who) {
    return each_alone({"INSERT INTO entry (who) VALUES ('" + who + "1')",
                       "INSERT INTO entry (who) VALUES ('" + who + "2')"});
  };
  const Scenario scenario = at_once(tables, {"write", "write too"});
  Experiment experiment(world, scenario, {insert("a"), insert("b")});
  const Orders orders = orders_of(experiment);
  EXPECT_THAT(orders.runs, SizeIs(6));
  EXPECT_EQ(orders.objected_by("serializable"), 0U);
  EXPECT_THAT(orders.prepared.compared_with_care, Contains(HasSubstr("entry.id: generated key that "
                                                                     "the order")));
}

TEST(SqliteAtOnce, RefusesMoreOperationsThanTheirOrdersCanBeTried) {
  SqliteWorld world;
  const Scenario nine = at_once(one_balance, {"1", "2", "3", "4", "5", "6", "7", "8", "9"});
  Experiment experiment(world, nine, std::vector<OperationFactory>(9, add_by_itself(1)));
  EXPECT_THROW(prepare(experiment, 1, [](const RunRecord&, const char*) {}), UnusableInput);
}

}  // namespace
}  // namespace splitproof::harness
