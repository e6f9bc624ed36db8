// The anomalies of real interleavings, named by what each statement would have answered otherwise.
#include "harness/run/evidence.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/harness/at_once.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Texts two_doctors{"CREATE TABLE doctors (name TEXT PRIMARY KEY, on_call BIGINT NOT NULL)",
                        "INSERT INTO doctors VALUES ('Alice', 1), ('Bob', 1)"};

// Goes off call if another doctor stays; in a transaction at this level.
OperationFactory go_off_call(const std::string& doctor, sim::Isolation isolation) {
  return [=] {
    return [=](sim::Client& client) {
      return sim::run_transaction(
          client, isolated(isolation), [&](sim::Transaction& transaction) -> sim::Status {
            const sim::Answer<sim::Rows> on_call =
                transaction.execute("/* count */ SELECT count(*) FROM doctors WHERE on_call = 1");
            if (!on_call.ok()) return on_call.error();
            if (std::get<std::int64_t>(on_call.value().rows.at(0).at(0)) < 2) return sim::Done{};
            const sim::Answer<sim::Rows> done = transaction.execute(
                {"/* go off */ UPDATE doctors SET on_call = 0 WHERE name = $1", {doctor}});
            if (!done.ok()) return done.error();
            return sim::Done{};
          });
    };
  };
}

// The evidence of every order that is no serial one, "P4: a rw b, b ww a", each once.
std::set<std::string> anomalies_of(Experiment& experiment) {
  const Orders orders = orders_of(experiment, StrategyName::reduced);
  std::set<std::string> texts;
  for (std::size_t i = 0; i < orders.runs.size(); ++i) {
    const bool broken = std::ranges::any_of(orders.violations[i], [](const Violation& violation) {
      return violation.oracle == "serializable";
    });
    if (!broken) continue;
    const RunRecord looked_at =
        evidence_of(experiment, orders.runs[i].plan, {}, orders.prepared.references);
    const DependencyJudgement& evidence = *looked_at.dependencies;
    EXPECT_EQ(evidence.gap, "");
    EXPECT_EQ(steps_of(looked_at.history), steps_of(orders.runs[i].history));
    std::string text = evidence.anomaly ? evidence.anomaly->name + ":" : "none";
    if (evidence.anomaly) {
      for (const Dependency& edge : evidence.anomaly->edges) {
        text += fmt::format(" {}{}{}({})", static_cast<char>('a' + edge.from),
                            edge.predicate ? " (by a condition) " : " ", to_string(edge.kind),
                            edge.item.row);
      }
    }
    texts.insert(text);
  }
  return texts;
}

// What every order of the sessions depends on; "none" where it is serializable by its graph too.
std::set<std::string> names_in_all_orders(Experiment& experiment) {
  const Orders orders = orders_of(experiment, StrategyName::reduced);
  std::set<std::string> names;
  for (const RunRecord& run : orders.runs) {
    const DependencyJudgement evidence =
        *evidence_of(experiment, run.plan, {}, orders.prepared.references).dependencies;
    names.insert(evidence.anomaly ? evidence.anomaly->name : "none");
  }
  return names;
}

TEST(EvidenceOnSqlite, OfStatementsAloneIsALostUpdate) {
  SqliteWorld world;
  const Scenario scenario = at_once(one_balance, {"add 10", "add 5"});
  Experiment experiment(world, scenario, {add_by_itself(10), add_by_itself(5)});
  EXPECT_THAT(anomalies_of(experiment),
              ElementsAre("P4: a rw(id = 1) b ww(id = 1)", "P4: b rw(id = 1) a ww(id = 1)"));
}

// The second of the two writes what is there already.
TEST(EvidenceOnSqlite, OfEqualAdditionsIsALostUpdateToo) {
  SqliteWorld world;
  const Scenario scenario = at_once(one_balance, {"add 1", "add 1 more"});
  Experiment experiment(world, scenario, {add_by_itself(1), add_by_itself(1)});
  EXPECT_THAT(anomalies_of(experiment),
              ElementsAre("P4: a rw(id = 1) b ww(id = 1)", "P4: b rw(id = 1) a ww(id = 1)"));
}

// What was read into a temporary table is read all the same.
TEST(EvidenceOnSqlite, GoesThroughATemporaryTable) {
  SqliteWorld world;
  const Scenario scenario = at_once({"CREATE TABLE day (id INTEGER PRIMARY KEY, spent BIGINT)",
                                     "CREATE TABLE month (what TEXT PRIMARY KEY, amount BIGINT)",
                                     "INSERT INTO day VALUES (1, 10)"},
                                    {"sum up", "a late day"});
  const OperationFactory sum_up = each_alone(
      {"CREATE TEMPORARY TABLE sums AS SELECT sum(spent) AS spent FROM day",
       "/* save spent */ INSERT INTO month SELECT 'spent', spent FROM sums", "DROP TABLE sums",
       "/* save days */ INSERT INTO month SELECT 'days', count(*) FROM day"});
  Experiment experiment(world, scenario, {sum_up, each_alone({"INSERT INTO day VALUES (2, 20)"})});
  EXPECT_THAT(anomalies_of(experiment),
              ElementsAre("G-single: a (by a condition) rw(id = 2) b wr(id = 2)"));
}

TEST(EvidenceOnSqlite, OfATransactionIsNone) {
  SqliteWorld world;
  const Scenario scenario = at_once(one_balance, {"add 10", "add 5"});
  Experiment experiment(world, scenario,
                        {add_in_transaction(10, isolated(sim::Isolation::serializable)),
                         add_in_transaction(5, isolated(sim::Isolation::serializable))});
  EXPECT_THAT(names_in_all_orders(experiment), ElementsAre("none"));
}

TEST(EvidenceOnPostgres, OfReadCommittedIsALostUpdate) {
  const auto world = postgres_world();
  const Scenario scenario = at_once(one_balance, {"add 10", "add 5"});
  Experiment experiment(*world, scenario,
                        {add_in_transaction(10, isolated(sim::Isolation::read_committed)),
                         add_in_transaction(5, isolated(sim::Isolation::read_committed))});
  EXPECT_THAT(anomalies_of(experiment),
              ElementsAre("P4: a rw(id = 1) b ww(id = 1)", "P4: b rw(id = 1) a ww(id = 1)"));
}

TEST(EvidenceOnPostgres, OfWriteSkewIsG2Item) {
  const auto world = postgres_world();
  const Scenario scenario = at_once(two_doctors, {"Alice goes", "Bob goes"});
  Experiment experiment(*world, scenario,
                        {go_off_call("Alice", sim::Isolation::repeatable_read),
                         go_off_call("Bob", sim::Isolation::repeatable_read)});
  EXPECT_THAT(anomalies_of(experiment),
              ElementsAre("G2-item: a rw(name = Bob) b rw(name = Alice)"));
}

TEST(EvidenceOnPostgres, OfAConditionIsG2) {
  const auto world = postgres_world();
  const Scenario scenario =
      at_once({"CREATE TABLE bookings (guest TEXT PRIMARY KEY, room BIGINT NOT NULL)"},
              {"Ann books", "Ben books"});
  const auto book = [](const std::string& guest) {
    return in_one_transaction_at({"/* book */ INSERT INTO bookings SELECT '" + guest +
                                  "', 7 WHERE NOT EXISTS (SELECT 1 FROM bookings WHERE room = 7)"},
                                 isolated(sim::Isolation::repeatable_read));
  };
  Experiment experiment(*world, scenario, {book("Ann"), book("Ben")});
  EXPECT_THAT(anomalies_of(experiment),
              ElementsAre("G2: a (by a condition) rw(guest = Ben) b (by a condition) "
                          "rw(guest = Ann)"));
}

TEST(EvidenceOnPostgres, OfSerializableIsNone) {
  const auto world = postgres_world();
  const Scenario scenario = at_once(two_doctors, {"Alice goes", "Bob goes"});
  Experiment experiment(*world, scenario,
                        {go_off_call("Alice", sim::Isolation::serializable),
                         go_off_call("Bob", sim::Isolation::serializable)});
  EXPECT_THAT(anomalies_of(experiment), IsEmpty());
}

}  // namespace
}  // namespace splitproof::harness
