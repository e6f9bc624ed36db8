// Readers beside the sessions: what they see, what they cannot see, and that they never make
// anybody fail or wait. Each oracle has a mutant that it catches and a case on which it is silent.
#include "harness/run/observers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/at_once.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Texts cache_of_two{"CREATE TABLE cache (id INTEGER PRIMARY KEY, total BIGINT)",
                         "CREATE TABLE source (total BIGINT)", "INSERT INTO source VALUES (7)",
                         "INSERT INTO cache VALUES (1, 5), (2, 6)"};
const Texts refresh{"DELETE FROM cache", "INSERT INTO cache VALUES (1, 7), (2, 8)"};
const Texts truncate{"TRUNCATE cache", "INSERT INTO cache VALUES (1, 7), (2, 8)"};

Scenario cache_scenario(const Texts& titles = {"refresh"}) {
  Scenario scenario = at_once(cache_of_two, titles);
  scenario.damage = {{.name = "empty-cache",
                      .sql = "SELECT 1 AS one WHERE NOT EXISTS (SELECT 1 FROM cache)",
                      .says = "The cache is empty.",
                      .place = {}}};
  return scenario;
}

struct Watched {
  std::vector<ObserverCount> counts;
  std::vector<Violation> violations;
  std::vector<RunRecord> runs;
};

Watched watch(Experiment& experiment, const Plan& plan = {}) {
  const Prepared prepared = prepare(experiment, 1, [](const RunRecord&, const char*) {});
  Watched watched;
  watched.counts = observe(experiment, plan, {}, [&](const RunRecord& run) {
    watched.runs.push_back(run);
    EXPECT_EQ(outcomes_of(run.first), outcomes_of(prepared.clean.record.first));
    for (Violation& violation : intermediate_read(run, prepared.references)) {
      watched.violations.push_back(std::move(violation));
    }
  });
  return watched;
}

std::int64_t not_observable(const Watched& watched, const std::string& kind) {
  for (const ObserverCount& count : watched.counts) {
    if (count.kind == kind) return count.not_observable;
  }
  return -1;
}

TEST(Observers, SeeTheEmptyCacheBetweenDeleteAndInsertInAutocommit) {
  SqliteWorld world;
  const Scenario scenario = cache_scenario();
  Experiment experiment(world, scenario, {each_alone(refresh)});
  const Watched watched = watch(experiment);
  ASSERT_THAT(watched.violations, SizeIs(1));
  EXPECT_EQ(watched.violations[0].damage,
            (std::vector<Damage>{{"empty-cache", "The cache is empty."}}));
  EXPECT_EQ(
      watched.violations[0].because,
      "Somebody who read after 'DELETE FROM cache' of 'refresh' saw a state that no clean run "
      "of any of the operations ends in. Changed already: cache.");
  // Before the first statement, after each of the two, and in the end.
  EXPECT_THAT(watched.counts, ElementsAre(ObserverCount{"fresh", 4, 0}));
}

// Outside a transaction SQLite's RELEASE of the outermost savepoint commits.
TEST(Observers, LookAgainAfterWhateverMayHaveCommitted) {
  const auto event = [](sim::StatementKind kind) {
    Event one;
    one.kind = kind;
    return one;
  };
  CommitWatch alone;
  EXPECT_TRUE(alone.may_have_committed(event(sim::StatementKind::release)));
  CommitWatch inside;
  EXPECT_FALSE(inside.may_have_committed(event(sim::StatementKind::begin)));
  EXPECT_FALSE(inside.may_have_committed(event(sim::StatementKind::release)));
  EXPECT_FALSE(inside.may_have_committed(event(sim::StatementKind::write)));
  EXPECT_TRUE(inside.may_have_committed(event(sim::StatementKind::commit)));
}

TEST(Observers, SeeNothingBetweenInATransaction) {
  SqliteWorld world;
  const Scenario scenario = cache_scenario();
  Experiment experiment(world, scenario, {in_one_transaction(refresh)});
  const Watched watched = watch(experiment);
  EXPECT_THAT(watched.violations, IsEmpty());
  EXPECT_THAT(watched.counts, ElementsAre(ObserverCount{"fresh", 6, 0}));
}

TEST(Observers, WatchInterleavedRunsToo) {
  SqliteWorld world;
  const Scenario scenario = cache_scenario({"refresh", "refresh too"});
  Experiment experiment(world, scenario, {each_alone(refresh), each_alone(refresh)});
  const Orders orders = orders_of(experiment);
  EXPECT_GT(orders.objected_by("intermediate-read"), 0U);
}

TEST(Observers, OfPostgresAreOfAllKindsAndSilentOnATransaction) {
  const auto world = postgres_world();
  const Scenario scenario = cache_scenario();
  Experiment experiment(*world, scenario, {in_one_transaction(refresh)});
  const Watched watched = watch(experiment);
  EXPECT_THAT(watched.violations, IsEmpty());
  // One COMMIT, so two points: `source` at the first, `cache` at the second.
  EXPECT_THAT(watched.counts,
              ElementsAre(ObserverCount{"fresh", 7, 0}, ObserverCount{"older-snapshot", 1, 0},
                          ObserverCount{"split-read", 1, 0}));
}

TEST(Observers, SeeThatTruncateEmptiesOlderSnapshots) {
  const auto world = postgres_world();
  const Scenario scenario = cache_scenario();
  Experiment experiment(*world, scenario, {in_one_transaction(truncate)});
  const Watched watched = watch(experiment);
  ASSERT_THAT(watched.violations, SizeIs(2));
  EXPECT_THAT(watched.violations[0].because,
              HasSubstr("Somebody whose snapshot was opened before the first statement"));
  EXPECT_THAT(watched.violations[1].because, HasSubstr("Somebody who read source before the first "
                                                       "statement and the rest after 'COMMIT'"));
  for (const Violation& violation : watched.violations) {
    EXPECT_EQ(violation.damage.at(0).text, "The cache is empty.");
  }
  // While the lock is held nobody can look.
  EXPECT_GT(not_observable(watched, "fresh"), 0);
}

// The reader holds a lock on `cache` when TRUNCATE wants the table for itself.
TEST(Observers, LetGoWhereASessionWaitsForThem) {
  const auto world = postgres_world();
  Scenario scenario = cache_scenario();
  scenario.damage.clear();
  const Texts both{"TRUNCATE cache", "INSERT INTO cache VALUES (1, 7)", "TRUNCATE source",
                   "INSERT INTO source VALUES (8)"};
  Experiment experiment(*world, scenario, {in_one_transaction(both)});
  const Watched watched = watch(experiment);
  EXPECT_GT(not_observable(watched, "split-read"), 0);
  for (const RunRecord& run : watched.runs) {
    EXPECT_EQ(run.after->digest, watched.runs[0].after->digest);
    EXPECT_EQ(steps_of(run.history), steps_of(watched.runs[0].history));
  }
}

TEST(Observers, AreNotDisturbedByTheSessionsOfOneScenarioWithoutOrder) {
  SqliteWorld world;
  const Scenario scenario = at_once(one_balance, {"add 10", "add 5"});
  Experiment experiment(world, scenario, {add_by_itself(10), add_by_itself(5)});
  const Watched watched = watch(experiment);
  EXPECT_THAT(watched.violations, IsEmpty());
  EXPECT_FALSE(watched.runs[0].interleaved);
  EXPECT_EQ(to_string(watched.runs[0].plan), "clean");
  EXPECT_THAT(steps_of(watched.runs[0].history),
              ElementsAre("a1 read: ok, 1 rows", "a2 write: ok, 1 rows affected",
                          "b1 read: ok, 1 rows", "b2 write: ok, 1 rows affected"));
}

}  // namespace
}  // namespace splitproof::harness
