// Two real programs at once on one SQLite database: who moves next is chosen at every lock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/preloaded.h"

namespace splitproof::harness {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Reads the balance and writes it back with the amount added.
ProgramSpec adds(int amount, const std::string& begin = "") {
  const std::string in_between =
      "amount = db.execute('SELECT amount FROM balance').fetchone()[0]\n"
      "db.execute('UPDATE balance SET amount = ?', (amount + " +
      std::to_string(amount) + ",))\n";
  if (begin.empty()) return python(in_between);
  return python("db.execute('" + begin + "')\n" + in_between + "db.execute('COMMIT')\n");
}

std::int64_t balance_in(const Observation& observation) {
  return std::get<std::int64_t>(observation.state.at("balance")->rows.at(0).at(1));
}

// The orders in which one program is interrupted once.
Orders interrupted_once(Programs& programs) {
  Orders orders;
  Experiment& experiment = programs.experiment();
  ScheduleOptions options;
  options.exploration.strategy = StrategyName::bounded;
  options.exploration.depth = 1;
  orders.prepared = prepare(experiment, 1, [](const RunRecord&, const char*) {});
  EXPECT_THAT(orders.prepared.unstable, IsEmpty());
  orders.explored = explore(experiment, {}, options, [&](const RunRecord& run) {
    orders.runs.push_back(run);
    orders.violations.push_back(serializable(run, orders.prepared.references));
    for (Violation& one : completes(run, orders.prepared.references)) {
      orders.violations.back().push_back(std::move(one));
    }
  });
  EXPECT_EQ(orders.explored.unstable, "");
  return orders;
}

class AtOnce : public testing::TestWithParam<SqliteSharing> {};

TEST_P(AtOnce, ProgramsLoseAnUpdateWhereTheyReadAndWriteInAutocommit) {
  Programs programs(one_balance, {adds(10), adds(5)}, GetParam());
  const Orders orders = interrupted_once(programs);
  ASSERT_GT(orders.objected_by("serializable"), 0U);
  EXPECT_EQ(orders.objections(), orders.objected_by("serializable"));
  std::size_t right = 0;
  std::size_t replayed = 0;
  for (std::size_t i = 0; i < orders.runs.size(); ++i) {
    const RunRecord& run = orders.runs[i];
    EXPECT_EQ(orders.violations[i].empty(), balance_in(*run.after) == 115) << to_string(run.plan);
    if (orders.violations[i].empty()) ++right;
    if (orders.violations[i].empty() || ++replayed > 2) continue;
    EXPECT_EQ(orders.violations[i][0].anomaly, "P4");
    EXPECT_EQ(difference_when_replayed(programs.experiment(), run), "");
  }
  EXPECT_GT(right, 1U) << "whichever is first";
}

TEST_P(AtOnce, ProgramsAddBothWhereTheyBeginWithTheWriteLock) {
  Programs programs(one_balance, {adds(10, "BEGIN IMMEDIATE"), adds(5, "BEGIN IMMEDIATE")},
                    GetParam());
  const Orders orders = interrupted_once(programs);
  EXPECT_EQ(orders.objections(), 0U);
  std::size_t waited = 0;
  for (const RunRecord& run : orders.runs) {
    EXPECT_EQ(balance_in(*run.after), 115) << to_string(run.plan);
    for (const Event& event : run.history.events) waited += event.waited_for.empty() ? 0 : 1;
  }
  EXPECT_GT(waited, 0U);
  EXPECT_EQ(difference_when_replayed(programs.experiment(), orders.runs.back()), "");
}

TEST_P(AtOnce, AProgramDoesTheSameWhenItIsObserved) {
  Programs programs(one_balance, {adds(10)}, GetParam());
  const Texts alone = steps_of(programs.run().history);
  Texts observed;
  const std::vector<ObserverCount> counts =
      observe(programs.experiment(), {}, {},
              [&](const RunRecord& run) { observed = steps_of(run.history); });
  EXPECT_EQ(observed, alone);
  ASSERT_THAT(counts, SizeIs(1));
  EXPECT_GT(counts[0].seen, 5);
}

INSTANTIATE_TEST_SUITE_P(On, AtOnce,
                         testing::Values(SqliteSharing::rollback_journal,
                                         SqliteSharing::write_ahead_log),
                         [](const auto& sharing) {
                           return sharing.param == SqliteSharing::rollback_journal ? "journal"
                                                                                   : "log";
                         });

TEST(ProgramsAtOnce, AreShownInTheOrderThatLosesTheUpdate) {
  Programs programs(one_balance, {adds(10), adds(5)});
  const RunRecord run = programs.run("order=a2b");
  EXPECT_EQ(balance_in(*run.after), 110);
  EXPECT_THAT(outcomes_of(run.first), ElementsAre("committed", "committed"));
  const Texts steps = steps_of(run.history);
  EXPECT_THAT(std::vector(steps.begin(), steps.begin() + 3),
              ElementsAre("a1 lock database shared: ok", "a2 lock database shared: ok",
                          "b1 lock database shared: ok"));
  EXPECT_EQ(steps.back(), "a20 unlink database-journal: ok");
}

// SQLite refuses at once where waiting could never help: the second reader that wants to write.
TEST(ProgramsAtOnce, AreRefusedAsSqliteRefusesThem) {
  Programs programs(one_balance, {adds(10, "BEGIN"), adds(5, "BEGIN")});
  const RunRecord run = programs.run("order=a3b3a");
  EXPECT_THAT(outcomes_of(run.first), Contains("aborted"));
  EXPECT_THAT(outcomes_of(run.last), ElementsAre("committed", "committed"));
  EXPECT_EQ(balance_in(*run.finally), 115);
  EXPECT_THAT(steps_of(run.history),
              Contains(HasSubstr("error EAGAIN: another process has locked it (waited for ")));
  EXPECT_EQ(difference_when_replayed(programs.experiment(), run), "");
}

// The kernel says of a sleeping program whose lock it waits for; nothing is slept.
TEST(ProgramsAtOnce, WaitForEachOtherWithoutSleeping) {
  Programs programs(one_balance, {adds(10, "BEGIN IMMEDIATE"), adds(5, "BEGIN IMMEDIATE")});
  const RunRecord run = programs.run("order=a3b");
  EXPECT_THAT(outcomes_of(run.first), ElementsAre("committed", "committed"));
  EXPECT_EQ(balance_in(*run.after), 115);
  EXPECT_THAT(run.history.events,
              Contains(AllOf(Field(&Event::client, 'b'), Field(&Event::waited_for, "a"))));
}

TEST(ProgramsAtOnce, GoOnWhenOneIsKilledInTheMiddle) {
  Programs programs(one_balance, {adds(10, "BEGIN IMMEDIATE"), adds(5, "BEGIN IMMEDIATE")});
  const RunRecord run = programs.run("order=a4b a9=kill");
  EXPECT_THAT(outcomes_of(run.first), ElementsAre("aborted", "committed"));
  EXPECT_EQ(balance_in(*run.after), 105);
  EXPECT_EQ(balance_in(*run.finally), 115);
}

// What is called for the sleep returns at once, for the library takes its place and gives the turn
// away: nothing is ordered by time.
TEST(ProgramsAtOnce, MayPollForEachOther) {
  Programs programs(one_balance, {python("while db.execute('SELECT amount FROM balance')"
                                         ".fetchone()[0] < 200: time.sleep(0.1)"),
                                  python("db.execute('UPDATE balance SET amount = 200')")});
  const RunRecord run = programs.run("order=a2b1a");
  EXPECT_THAT(outcomes_of(run.first), ElementsAre("committed", "committed"));
}

}  // namespace
}  // namespace splitproof::harness
