// Evidence where rows are not as simple as a balance: keys that the database makes, rules that
// follow a write, tables without a key, sessions that keep more than one connection.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/run/evidence.h"
#include "tests/harness/at_once.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// "P4: a rw(id = 1) b ww(id = 1)"; with what could not be told, and with a run that went otherwise.
std::string evidence_text(Experiment& experiment, const RunRecord& run,
                          const References& references) {
  const RunRecord looked_at = evidence_of(experiment, run.plan, {}, references);
  const DependencyJudgement& evidence = *looked_at.dependencies;
  std::string text = evidence.anomaly ? evidence.anomaly->name + ":" : "none";
  if (evidence.anomaly) {
    for (const Dependency& edge : evidence.anomaly->edges) {
      text += fmt::format(" {}{}{}({})", static_cast<char>('a' + edge.from),
                          edge.predicate ? " (by a condition) " : " ", to_string(edge.kind),
                          edge.item.row);
    }
  }
  if (!evidence.gap.empty()) text += ", gap: " + evidence.gap;
  if (steps_of(looked_at.history) != steps_of(run.history)) text += ", another run";
  return text;
}

// Of every order that no serial one gives, or of every order at all; each text once.
std::set<std::string> evidence_texts(Experiment& experiment, bool of_broken_only) {
  const Orders orders = orders_of(experiment, StrategyName::reduced);
  std::set<std::string> texts;
  for (std::size_t i = 0; i < orders.runs.size(); ++i) {
    const bool broken = std::ranges::any_of(orders.violations[i], [](const Violation& violation) {
      return violation.oracle == "serializable";
    });
    if (of_broken_only && !broken) continue;
    texts.insert(evidence_text(experiment, orders.runs[i], orders.prepared.references));
  }
  return texts;
}

std::set<std::string> of_broken(Experiment& experiment) { return evidence_texts(experiment, true); }
std::set<std::string> of_all(Experiment& experiment) { return evidence_texts(experiment, false); }

// Reads and writes the balance without a transaction; the statements before it come first.
OperationFactory add_after(const Texts& statements, std::int64_t amount) {
  return [=] {
    return [=](sim::Client& client) -> sim::TransactionEnd {
      const sim::TransactionEnd begun = send_each(client, statements);
      if (begun.error) return begun;
      const sim::Status done = read_and_write(*client.session().value(), amount);
      if (!done.ok()) return {sim::Outcome::aborted, done.error(), 1};
      return {sim::Outcome::committed, std::nullopt, 1};
    };
  };
}

Texts one_balance_and(const Texts& more) {
  Texts all = one_balance;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const Texts two_additions{"add 10", "add 5"};
const auto both_lost_updates =
    ElementsAre("P4: a rw(id = 1) b ww(id = 1)", "P4: b rw(id = 1) a ww(id = 1)");

void expect_lost_updates(World& world, const Texts& tables, const Texts& first = {}) {
  const Scenario scenario = at_once(tables, two_additions);
  Experiment experiment(world, scenario, {add_after(first, 10), add_after(first, 5)});
  EXPECT_THAT(of_broken(experiment), both_lost_updates);
}

// A deferred transaction whose first statement writes, and waits for the other one's.
OperationFactory write_in_deferred_transaction(std::int64_t amount) {
  return [=] {
    return [=](sim::Client& client) -> sim::TransactionEnd {
      sim::Session& session = *client.session().value();
      const sim::Answer<sim::Rows> read = session.execute(read_balance());
      const auto balance = std::get<std::int64_t>(read.value().rows.at(0).at(0));
      for (const sim::Statement& statement :
           {sim::Statement("BEGIN"), write_balance(balance + amount), sim::Statement("COMMIT")}) {
        const sim::Answer<sim::Rows> answer = session.execute(statement);
        if (!answer.ok()) return {sim::Outcome::aborted, answer.error(), 1};
      }
      return {sim::Outcome::committed, std::nullopt, 1};
    };
  };
}

TEST(EvidenceOnSqlite, DoesNotTakeALockBeforeTheStatementDoes) {
  SqliteWorld world;
  const Scenario scenario = at_once(one_balance, two_additions);
  Experiment experiment(world, scenario,
                        {write_in_deferred_transaction(10), write_in_deferred_transaction(5)});
  EXPECT_THAT(of_broken(experiment), both_lost_updates);
}

TEST(EvidenceOnSqlite, IsNotMisledByRowsThatReferToOthers) {
  SqliteWorld world;
  expect_lost_updates(
      world, one_balance_and({"CREATE TABLE entries (id TEXT PRIMARY KEY, balance INTEGER NOT NULL "
                              "REFERENCES balance (id))",
                              "INSERT INTO entries VALUES ('first', 1)"}));
}

TEST(EvidenceOnSqlite, IsNotMisledByRowsThatAreDeletedWithOthers) {
  SqliteWorld world;
  expect_lost_updates(
      world, one_balance_and({"CREATE TABLE entries (id TEXT PRIMARY KEY, balance INTEGER NOT NULL "
                              "REFERENCES balance (id) ON DELETE CASCADE)",
                              "INSERT INTO entries VALUES ('first', 1)"}));
}

TEST(EvidenceOnSqlite, IsNotMisledByTriggers) {
  SqliteWorld world;
  expect_lost_updates(
      world,
      one_balance_and({"CREATE TABLE seen (old BIGINT, new BIGINT, PRIMARY KEY (old, new))",
                       "CREATE TRIGGER see AFTER UPDATE ON balance BEGIN INSERT OR REPLACE INTO "
                       "seen VALUES (old.amount, new.amount); END",
                       "CREATE TRIGGER stay BEFORE DELETE ON balance BEGIN SELECT "
                       "raise(ABORT, 'never'); END"}));
}

TEST(EvidenceOnSqlite, KnowsColumnsThatAreComputed) {
  SqliteWorld world;
  expect_lost_updates(
      world, {"CREATE TABLE balance (id INTEGER PRIMARY KEY, twice BIGINT GENERATED ALWAYS AS "
              "(2 * amount) STORED, amount BIGINT)",
              "INSERT INTO balance (id, amount) VALUES (1, 100)"});
}

TEST(EvidenceOnSqlite, KnowsTablesThatTheProgramMakes) {
  SqliteWorld world;
  const Texts first{"CREATE TABLE IF NOT EXISTS made (what TEXT PRIMARY KEY)",
                    "INSERT OR REPLACE INTO made VALUES ('this')"};
  const Scenario scenario = at_once(one_balance, two_additions);
  Experiment experiment(world, scenario, {add_after(first, 10), add_after(first, 5)});
  for (const std::string& text : of_broken(experiment)) {
    EXPECT_THAT(text, AllOf(StartsWith("P4"), HasSubstr("gap: "))) << text;
  }
}

TEST(EvidenceOnSqlite, IsNotMisledByKeysThatItGot) {
  SqliteWorld world;
  const Scenario scenario =
      at_once({"CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT)"}, {"append", "append too"});
  const OperationFactory append =
      each_alone({"/* one */ INSERT INTO log (what) VALUES ('one')",
                  "/* two */ INSERT INTO log (what) VALUES ('two') RETURNING id"});
  Experiment experiment(world, scenario, {append, append});
  EXPECT_THAT(of_all(experiment), ElementsAre("none"));
}

TEST(EvidenceOnSqlite, SeesRowsThatAreAlike) {
  SqliteWorld world;
  const Scenario scenario = at_once(
      one_balance_and({"CREATE TABLE log (what TEXT)", "INSERT INTO log VALUES ('x'), ('x')"}),
      {"delete and add", "look"});
  Experiment experiment(
      world, scenario,
      {each_alone({"/* delete */ DELETE FROM log WHERE rowid = 2",
                   "/* add */ UPDATE balance SET amount = amount + 1 WHERE id = 1"}),
       each_alone(
           {"/* count */ SELECT count(*) FROM log", "/* read */ SELECT amount FROM balance"})});
  EXPECT_THAT(of_broken(experiment),
              ElementsAre("G-single: b rw(id = 1) a (by a condition) wr(what = x #2)",
                          "G-single: b rw(what = x #2) a wr(id = 1)"));
}

// Writing what is there already is how some programs take a row's lock.
TEST(EvidenceOnSqlite, OfALockByWritingIsNone) {
  SqliteWorld world;
  const Scenario scenario = at_once(one_balance, {"add 1", "look", "double"});
  Experiment experiment(
      world, scenario,
      {in_one_transaction({"/* lock */ UPDATE balance SET amount = 100 WHERE id = 1",
                           "/* add */ UPDATE balance SET amount = amount + 1 WHERE id = 1"}),
       each_alone({"/* look */ SELECT amount FROM balance"}),
       each_alone({"/* double */ UPDATE balance SET amount = 2 * amount"})});
  EXPECT_THAT(of_all(experiment), ElementsAre("none"));
}

// One connection is in a transaction that is taken back, and another one of the client reads.
TEST(EvidenceOnSqlite, KeepsConnectionsApart) {
  SqliteWorld world;
  const Scenario scenario = at_once(one_balance, {"try", "add 5"});
  const OperationFactory attempt = [] {
    return [](sim::Client& client) -> sim::TransactionEnd {
      const auto other = client.engine().connect();
      const sim::TransactionEnd written =
          send_each(client, {"BEGIN", "UPDATE balance SET amount = 7 WHERE id = 1"});
      static_cast<void>(other.value()->execute("SELECT 1").ok());
      const sim::TransactionEnd taken_back = send_each(client, {"ROLLBACK"});
      return written.error ? written : taken_back;
    };
  };
  Experiment experiment(world, scenario, {attempt, add_by_itself(5)});
  EXPECT_THAT(of_all(experiment), ElementsAre("none"));
}

// A transaction that is left open ends with its connection, and nothing of it stays.
TEST(EvidenceOnSqlite, ForgetsATransactionThatWasLeftOpen) {
  SqliteWorld world;
  Scenario scenario = at_once(one_balance, {"leave open", "look", "add 5"});
  scenario.operations[1].session = 'a';
  scenario.operations[2].session = 'b';
  Experiment experiment(world, scenario,
                        {each_alone({"BEGIN", "UPDATE balance SET amount = 7 WHERE id = 1"}),
                         each_alone({"/* look */ SELECT 1"}), add_by_itself(5)});
  EXPECT_THAT(of_all(experiment), ElementsAre("none"));
}

// Too many rows to ask about each: what is said then rests on the first ones.
TEST(EvidenceOnSqlite, OfManyRowsComesFromSomeOfThem) {
  SqliteWorld world;
  const Scenario scenario =
      at_once({"CREATE TABLE balance (id INTEGER PRIMARY KEY, amount BIGINT)",
               "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) "
               "INSERT INTO balance SELECT i, 100 FROM n"},
              {"add", "add too"});
  const OperationFactory all =
      each_alone({"/* begin */ SELECT count(*) FROM balance", "/* read */ SELECT * FROM balance",
                  "/* add */ UPDATE balance SET amount = amount + 1"});
  Experiment experiment(world, scenario, {all, all});
  const Prepared prepared = prepare(experiment, 1, [](const RunRecord&, const char*) {});
  const RunRecord run = experiment.run(plan_of("order=a2ba"), {});
  EXPECT_EQ(evidence_text(experiment, run, prepared.references),
            "P4: a rw(id = 1) b ww(id = 1), gap: only 49 questions were asked of the statements");
}

// Half of an operation that was told aborted stays in the database, so nothing of it was taken
// back.
TEST(EvidenceOnSqlite, OfAHalfThatStaysSaysWhoWasToldWhat) {
  SqliteWorld world;
  const Scenario scenario = at_once(one_balance, {"half", "look"});
  const OperationFactory half = [] {
    return [](sim::Client& client) -> sim::TransactionEnd {
      const auto done =
          send_each(client, {"/* one */ UPDATE balance SET amount = 7", "/* wrong */ NONSENSE"});
      return {sim::Outcome::aborted, done.error, 1};
    };
  };
  Experiment experiment(world, scenario, {half, each_alone({"/* look */ SELECT * FROM balance"})});
  const Prepared prepared = prepare(experiment, 1, [](const RunRecord&, const char*) {});
  const RunRecord run = evidence_of(experiment, plan_of("order=a1b"), {}, prepared.references);
  ASSERT_TRUE(run.dependencies->anomaly.has_value());
  EXPECT_EQ(run.dependencies->anomaly->name, "G1a");
  EXPECT_EQ(run.dependencies->anomaly->edges.front().because,
            "client b ('look') read in 'look' what client a ('half') had written of balance "
            "(id = 1) in 'one', and that one was told aborted.");
}

// An error that says that the row is there has read it.
TEST(EvidenceOnSqlite, ReadsInARefusalToo) {
  SqliteWorld world;
  const Scenario scenario = at_once(one_balance_and({"CREATE TABLE names (name TEXT PRIMARY KEY)"}),
                                    {"take and add", "try"});
  const OperationFactory attempt = [] {
    return [](sim::Client& client) -> sim::TransactionEnd {
      static_cast<void>(send_each(client, {"/* take too */ INSERT INTO names VALUES ('n')"}));
      return send_each(client, {"/* read */ SELECT amount FROM balance"});
    };
  };
  Experiment experiment(
      world, scenario,
      {each_alone({"/* take */ INSERT INTO names VALUES ('n')",
                   "/* add */ UPDATE balance SET amount = amount + 1 WHERE id = 1"}),
       attempt});
  EXPECT_THAT(of_broken(experiment), ElementsAre("G-single: b rw(id = 1) a wr(name = n)"));
}

TEST(EvidenceOnPostgres, DoesNotLookBeforeATransactionHasItsLevel) {
  const auto world = postgres_world();
  expect_lost_updates(*world, one_balance,
                      {"BEGIN", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                       "SELECT amount FROM balance", "COMMIT"});
}

TEST(EvidenceOnPostgres, LocksATableBeforeItTakesASnapshot) {
  const auto world = postgres_world();
  const Scenario scenario = at_once(one_balance, two_additions);
  const OperationFactory add =
      each_alone({"BEGIN ISOLATION LEVEL REPEATABLE READ", "LOCK TABLE balance IN EXCLUSIVE MODE",
                  "UPDATE balance SET amount = amount + 1", "COMMIT"});
  Experiment experiment(*world, scenario, {add, add});
  EXPECT_THAT(of_all(experiment), ElementsAre("none"));
}

TEST(EvidenceOnPostgres, IsNotMisledByRowsThatReferToOthers) {
  const auto world = postgres_world();
  expect_lost_updates(*world,
                      one_balance_and({"CREATE TABLE entries (id TEXT PRIMARY KEY, balance INTEGER "
                                       "NOT NULL REFERENCES balance (id) ON DELETE CASCADE)",
                                       "INSERT INTO entries VALUES ('first', 1)"}));
}

TEST(EvidenceOnPostgres, IsNotMisledByTriggers) {
  const auto world = postgres_world();
  expect_lost_updates(
      *world,
      one_balance_and({"CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE "
                       "EXCEPTION 'never'; END$$",
                       "CREATE TRIGGER stay BEFORE DELETE ON balance FOR EACH ROW EXECUTE FUNCTION "
                       "never()"}));
}

TEST(EvidenceOnPostgres, KnowsColumnsThatAreComputed) {
  const auto world = postgres_world();
  expect_lost_updates(
      *world, {"CREATE TABLE balance (id INTEGER PRIMARY KEY, twice BIGINT GENERATED ALWAYS AS "
               "(2 * amount) STORED, amount BIGINT)",
               "INSERT INTO balance (id, amount) VALUES (1, 100)"});
}

TEST(EvidenceOnPostgres, KnowsKeysAndTimesThatTheDatabaseMakes) {
  const auto world = postgres_world();
  const Scenario scenario =
      at_once({"CREATE TABLE log (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what TEXT, "
               "written TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp())"},
              {"append", "append too"});
  const OperationFactory append =
      each_alone({"/* one */ INSERT INTO log (what) VALUES ('one')",
                  "/* two */ INSERT INTO log (what) VALUES ('two') RETURNING id"});
  Experiment experiment(*world, scenario, {append, append});
  EXPECT_THAT(of_all(experiment), ElementsAre("none"));
}

TEST(EvidenceOnPostgres, QuotesWhatNeedsIt) {
  const auto world = postgres_world();
  const Scenario scenario =
      at_once({"CREATE SCHEMA \"an other\"",
               "CREATE TABLE \"an other\".\"a \"\"table\" (\"the \"\"key\" TEXT PRIMARY KEY, "
               "\"Amount\" BIGINT)",
               "INSERT INTO \"an other\".\"a \"\"table\" VALUES ('it''s \"1\"', 100)"},
              {"add", "add too"});
  const OperationFactory add = [] {
    return [](sim::Client& client) -> sim::TransactionEnd {
      sim::Session& session = *client.session().value();
      const sim::Answer<sim::Rows> read =
          session.execute("SELECT \"Amount\" FROM \"an other\".\"a \"\"table\"");
      const auto amount = std::get<std::int64_t>(read.value().rows.at(0).at(0));
      const sim::Answer<sim::Rows> written = session.execute(
          {"UPDATE \"an other\".\"a \"\"table\" SET \"Amount\" = $1", {amount + 1}});
      if (!written.ok()) return {sim::Outcome::aborted, written.error(), 1};
      return {sim::Outcome::committed, std::nullopt, 1};
    };
  };
  Experiment experiment(*world, scenario, {add, add});
  EXPECT_THAT(of_broken(experiment),
              ElementsAre("P4: a rw(the \"key = it's \"1\") b ww(the \"key = it's \"1\")",
                          "P4: b rw(the \"key = it's \"1\") a ww(the \"key = it's \"1\")"));
}

// Others change a row and change it back, after the snapshot was taken.
TEST(EvidenceOnPostgres, KnowsWhatASnapshotCannotSee) {
  const auto world = postgres_world();
  const Scenario scenario =
      at_once(one_balance_and({"INSERT INTO balance VALUES (2, 50)"}), {"look", "up", "down"});
  Experiment experiment(
      *world, scenario,
      {each_alone({"BEGIN ISOLATION LEVEL REPEATABLE READ",
                   "/* two */ SELECT amount FROM balance WHERE id = 2",
                   "/* one */ SELECT amount FROM balance WHERE id = 1", "COMMIT"}),
       each_alone({"/* up */ UPDATE balance SET amount = amount + 1 WHERE id = 1"}),
       each_alone({"/* down */ UPDATE balance SET amount = amount - 1"})});
  EXPECT_THAT(of_all(experiment), ElementsAre("none"));
}

TEST(EvidenceOnPostgres, OfRowsThatWereReadForUpdateIsNone) {
  const auto world = postgres_world();
  const Scenario scenario = at_once(one_balance, two_additions);
  const sim::TransactionOptions weak = isolated(sim::Isolation::read_committed);
  Experiment experiment(
      *world, scenario,
      {add_in_transaction(10, weak, " FOR UPDATE"), add_in_transaction(5, weak, " FOR UPDATE")});
  EXPECT_THAT(of_all(experiment), ElementsAre("none"));
}

// Two that wait for a third go on at the same moment; who is first is the server's business, and
// may be another one when the order is run again.
TEST(EvidenceOnPostgres, KeepsApartWhoGoesOnAtOnce) {
  const auto world = postgres_world();
  const Scenario scenario =
      at_once(one_balance_and({"INSERT INTO balance VALUES (2, 50)"}), {"one", "two", "both"});
  Experiment experiment(
      *world, scenario,
      {each_alone({"/* one */ UPDATE balance SET amount = amount + 1 WHERE id = 1"}),
       each_alone({"/* two */ UPDATE balance SET amount = amount + 2"}),
       in_one_transaction_at({"/* both */ UPDATE balance SET amount = amount + 3",
                              "/* look */ SELECT amount FROM balance WHERE id = 1"},
                             isolated(sim::Isolation::read_committed))});
  EXPECT_THAT(of_all(experiment), Each(StartsWith("none")));
}

TEST(EvidenceOnPostgres, OfAnUndoneSavepointIsNone) {
  const auto world = postgres_world();
  const Scenario scenario = at_once(one_balance, {"try", "add 5"});
  Experiment experiment(
      *world, scenario,
      {in_one_transaction_at({"SAVEPOINT here", "/* try */ UPDATE balance SET amount = 7",
                              "ROLLBACK TO SAVEPOINT here", "/* look */ SELECT 1"},
                             isolated(sim::Isolation::read_committed)),
       add_by_itself(5)});
  EXPECT_THAT(of_all(experiment), ElementsAre("none"));
}

}  // namespace
}  // namespace splitproof::harness
