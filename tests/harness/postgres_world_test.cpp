// The world of PostgreSQL: set back, broken and asked on a real server.
#include "harness/run/postgres_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/inject/interposed_engine.h"
#include "harness/oracle/calibration.h"
#include "tests/harness/experiments.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class PostgresWorldOf : public testing::Test {
 protected:
  void fill(const Texts& statements) { fill_with(*world_, statements); }

  std::unique_ptr<sim::Session> lend() { return std::move(world_->lend()).value(); }

  static std::string say(sim::Session& session, const sim::Statement& statement) {
    return answer_text(session.execute(statement), statement.kind());
  }

  // The only cell of a query's answer, in words.
  static std::string cell(sim::Session& session, const sim::Statement& statement) {
    const sim::Answer<sim::Rows> rows = session.execute(statement);
    return rows.ok() ? sim::to_string(rows.value().rows.at(0).at(0)) : rows.error().message;
  }
  std::string seen(const sim::Statement& statement) {
    return sim::to_string(world_->query(statement).value().rows.at(0).at(0));
  }

  State read() { return world_->read().value(); }

  std::unique_ptr<PostgresWorld> world_ = postgres_world();
};

TEST_F(PostgresWorldOf, PutsTablesSequencesAndDeletedRowsBack) {
  fill({"CREATE TABLE kept (v int)", "INSERT INTO kept VALUES (1)",
        "CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)",
        "CREATE TABLE lines (order_id int REFERENCES orders ON DELETE CASCADE, n int, "
        "doubled int GENERATED ALWAYS AS (n * 2) STORED)",
        "INSERT INTO orders (v) VALUES ('one'), ('two')", "INSERT INTO lines VALUES (1, 7)",
        "CREATE SCHEMA other", "CREATE TABLE other.\"odd name\" (\"a\"\"b\" text)",
        "INSERT INTO other.\"odd name\" VALUES ('x')", "CREATE SEQUENCE \"it's\" START 5"});
  const State before = read();
  EXPECT_EQ(before.size(), 4U);
  EXPECT_TRUE(before.contains("other.odd name"));
  const std::unique_ptr<sim::Session> session = lend();
  for (int round = 0; round < 2; ++round) {
    for (const char* text :
         {"DELETE FROM orders WHERE id = 1", "INSERT INTO orders (v) VALUES ('three')",
          "UPDATE orders SET v = 'TWO' WHERE id = 2", "TRUNCATE other.\"odd name\"",
          "SELECT nextval('\"it''s\"')"}) {
      EXPECT_EQ(say(*session, text).substr(0, 2), "ok") << text;
    }
    const State changed = read();
    EXPECT_EQ(changed.at("kept"), before.at("kept")) << "an unchanged table is the same object";
    EXPECT_NE(changed.at("orders"), before.at("orders"));
    EXPECT_THAT(changed.at("lines")->rows, IsEmpty());
    ASSERT_TRUE(world_->reset({}).ok());
    EXPECT_EQ(read(), before) << "every table is its image again";
    EXPECT_EQ(seen("SELECT string_agg(order_id || ':' || doubled, ' ') FROM lines"), "1:14");
    EXPECT_EQ(cell(*session, "SELECT nextval('\"it''s\"')"), "5");
    EXPECT_EQ(cell(*session, "INSERT INTO orders (v) VALUES ('x') RETURNING id"), "3");
  }
}

TEST_F(PostgresWorldOf, PutsBackTablesWhateverTheirColumnsAreCalled) {
  fill({"CREATE TABLE t (known int, present text, shift int)", "INSERT INTO t VALUES (1, 'a', 2)",
        "CREATE TABLE present (t int)", "CREATE TABLE known (c int, n int)"});
  const State before = read();
  const std::unique_ptr<sim::Session> session = lend();
  for (const char* text : {"UPDATE t SET present = 'b'", "INSERT INTO known VALUES (1, 2)"}) {
    EXPECT_EQ(say(*session, text), "ok, 1 rows affected");
  }
  ASSERT_TRUE(world_->reset({}).ok());
  EXPECT_EQ(read(), before);
  EXPECT_EQ(seen("SELECT t::text FROM t"), "(1,a,2)");
}

TEST_F(PostgresWorldOf, StaysTheSameOverManyResets) {
  fill({"CREATE TABLE t (id int PRIMARY KEY, v int)", "INSERT INTO t VALUES (1, 0), (2, 0)"});
  const std::unique_ptr<sim::Session> session = lend();
  const State before = read();
  // More than it takes for the dead rows to be cleared away twice.
  for (int i = 1; i <= 150; ++i) {
    say(*session, "UPDATE t SET v = " + std::to_string(i) + " WHERE id = 1");
    EXPECT_NE(read(), before);
    ASSERT_TRUE(world_->reset({}).ok());
    ASSERT_EQ(read(), before) << "after reset " << i;
  }
  EXPECT_EQ(seen("SELECT string_agg(id || '=' || v, ' ' ORDER BY id) FROM t"), "1=0 2=0");
}

TEST_F(PostgresWorldOf, ShiftsSequencesAndClocks) {
  fill({"CREATE TABLE t (id serial, v int)", "INSERT INTO t (v) VALUES (1)",
        "CREATE SEQUENCE fresh"});
  const std::unique_ptr<sim::Session> session = lend();
  Shift shift;
  shift.sequences = 1000;
  shift.clock = std::chrono::hours(24);
  const sim::Instant usual = world_->clock().now();
  ASSERT_TRUE(world_->reset(shift).ok());
  EXPECT_EQ(world_->clock().now() - usual, std::chrono::hours(24));
  EXPECT_EQ(cell(*session, "INSERT INTO t (v) VALUES (2) RETURNING id"), "1002");
  EXPECT_EQ(cell(*session, "SELECT nextval('fresh')"), "1001");
  ASSERT_TRUE(world_->reset({}).ok());
  EXPECT_EQ(cell(*session, "INSERT INTO t (v) VALUES (2) RETURNING id"), "2");
}

TEST_F(PostgresWorldOf, RefusesARunThatCreatesOrDropsTables) {
  fill({"CREATE TABLE t (v int)"});
  const std::unique_ptr<sim::Session> session = lend();
  say(*session, "CREATE TABLE u (v int)");
  const sim::Answer<State> state = world_->read();
  ASSERT_FALSE(state.ok());
  EXPECT_THAT(state.error().message, HasSubstr("tables were created or dropped during the run"));
  EXPECT_FALSE(world_->reset({}).ok());
  say(*session, "DROP TABLE u");
  EXPECT_TRUE(world_->reset({}).ok());
}

TEST_F(PostgresWorldOf, CutReturnsWhenTheLocksAreGone) {
  fill({"CREATE TABLE t (v int)", "INSERT INTO t VALUES (1)"});
  for (int round = 0; round < 20; ++round) {
    std::unique_ptr<sim::Session> session = lend();
    say(*session, "BEGIN");
    say(*session, "LOCK TABLE t");
    say(*session, "UPDATE t SET v = 2");
    say(*session, "SELECT pg_advisory_lock(7)");
    ASSERT_TRUE(world_->cut(std::move(session)).ok());
    EXPECT_EQ(seen("SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass OR locktype = "
                   "'advisory'"),
              "0");
    EXPECT_EQ(seen("SELECT v FROM t"), "1");
  }
}

TEST_F(PostgresWorldOf, CutWaitsForABackendThatIsSlowToEnd) {
  fill({"CREATE TABLE t (v int)"});
  std::unique_ptr<sim::Session> session = lend();
  // A backend drops its temporary tables before it releases the locks of its session.
  EXPECT_EQ(say(*session,
                "DO $$BEGIN FOR i IN 1..300 LOOP EXECUTE 'CREATE TEMP TABLE slow_' || i || ' (v "
                "text)'; END LOOP; END$$")
                .substr(0, 2),
            "ok");
  say(*session, "SELECT pg_advisory_lock(7)");
  ASSERT_TRUE(world_->cut(std::move(session)).ok());
  EXPECT_EQ(seen("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), "0");
}

TEST_F(PostgresWorldOf, RaisesTheChosenCodeAndFailsTheTransaction) {
  fill({"CREATE TABLE t (v int)"});
  const std::unique_ptr<sim::Session> session = lend();
  for (const char* code : {"23505", "40001", "40P01", "53100", "57014"}) {
    say(*session, "BEGIN");
    say(*session, "INSERT INTO t VALUES (1)");
    const sim::Error raised =
        world_->raise(*session, "INSERT INTO t VALUES (2)", RaiseError{code}, {.open = true});
    EXPECT_EQ(raised.native_code, code);
    EXPECT_EQ(raised.kind, sim::kind_of_code(code));
    EXPECT_THAT(say(*session, "INSERT INTO t VALUES (3)"), HasSubstr("error 25P02"));
    EXPECT_EQ(say(*session, "ROLLBACK"), "ok");
  }
  EXPECT_EQ(seen("SELECT count(*) FROM t"), "0");
}

TEST_F(PostgresWorldOf, RaisedErrorCanBeUndoneByASavepoint) {
  fill({"CREATE TABLE t (v int)"});
  const std::unique_ptr<sim::Session> session = lend();
  for (const char* text : {"BEGIN", "INSERT INTO t VALUES (1)", "SAVEPOINT s"}) say(*session, text);
  world_->raise(*session, "INSERT INTO t VALUES (2)", RaiseError{"53100"}, {.open = true});
  EXPECT_EQ(say(*session, "ROLLBACK TO s"), "ok");
  EXPECT_EQ(say(*session, "COMMIT"), "ok");
  EXPECT_EQ(seen("SELECT count(*) FROM t"), "1");
}

TEST_F(PostgresWorldOf, ErrorRaisedAtCommitEndsTheTransaction) {
  fill({"CREATE TABLE t (v int)"});
  const std::unique_ptr<sim::Session> session = lend();
  say(*session, "BEGIN ISOLATION LEVEL SERIALIZABLE");
  say(*session, "INSERT INTO t VALUES (1)");
  const sim::Error raised = world_->raise(*session, "COMMIT", RaiseError{"40001"}, {.open = true});
  EXPECT_EQ(raised.native_code, "40001");
  EXPECT_THAT(world_->held_by(*session), IsEmpty());
  EXPECT_EQ(say(*session, "INSERT INTO t VALUES (2)"), "ok, 1 rows affected");
  EXPECT_EQ(seen("SELECT string_agg(v::text, ' ') FROM t"), "2");
}

TEST_F(PostgresWorldOf, HeldByFindsWhatASessionHoldsAndEndsIt) {
  fill({"CREATE TABLE t (v int)"});
  const std::unique_ptr<sim::Session> session = lend();
  EXPECT_THAT(world_->held_by(*session), IsEmpty());
  say(*session, "BEGIN");
  EXPECT_THAT(world_->held_by(*session), ElementsAre("a transaction is open"));
  EXPECT_THAT(world_->held_by(*session), IsEmpty());
  say(*session, "BEGIN");
  say(*session, "SELECT 1 / 0");
  EXPECT_THAT(world_->held_by(*session), ElementsAre("a failed transaction is open"));
  EXPECT_THAT(world_->held_by(*session), IsEmpty());
  say(*session, "SELECT pg_advisory_lock(1), pg_advisory_lock(2)");
  EXPECT_THAT(world_->held_by(*session), ElementsAre("2 advisory locks are held"));
  EXPECT_THAT(world_->held_by(*session), IsEmpty());
  say(*session, "BEGIN");
  say(*session, "SELECT pg_advisory_lock(1)");
  EXPECT_THAT(world_->held_by(*session),
              ElementsAre("a transaction is open", "1 advisory locks are held"));
  EXPECT_THAT(world_->held_by(*session), IsEmpty());
}

TEST_F(PostgresWorldOf, StateOfASessionDoesNotReachTheNextBorrower) {
  fill({"CREATE TABLE t (v int)"});
  const std::string usual = cell(*lend(), "SHOW work_mem");
  for (const char* text :
       {"SET work_mem = '7MB'", "SELECT set_config('work_mem', '7MB', false)",
        "CREATE TEMP TABLE left_over (v int)", "SELECT 1 AS v INTO TEMP left_over",
        "PREPARE left_over AS INSERT INTO t VALUES (1)",
        "CREATE TEMP TABLE left_over AS SELECT 'INSERT' AS v", "SELECT pg_advisory_lock(8)",
        "WITH w AS (SELECT set_config('work_mem', '7MB', false)) "
        "SELECT * FROM w",
        "DECLARE left_over CURSOR WITH HOLD FOR SELECT 1"}) {
    Director director(Plan{}, sim::Dialect::postgres);
    InterposedEngine engine(*world_, director, 'a');
    {
      const auto session = std::move(engine.connect()).value();
      EXPECT_EQ(say(*session, text).substr(0, 2), "ok") << text;
    }
    std::unique_ptr<sim::Session> next = lend();
    EXPECT_EQ(cell(*next, "SHOW work_mem"), usual) << text;
    EXPECT_EQ(cell(*next,
                   "SELECT (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') + "
                   "(SELECT count(*) FROM pg_prepared_statements) + (SELECT count(*) FROM "
                   "pg_cursors WHERE name = 'left_over') + (SELECT count(*) FROM pg_class WHERE "
                   "relname = 'left_over')"),
              "0")
        << text;
    world_->take_back(std::move(next), true);
  }
}

TEST_F(PostgresWorldOf, DescribesItsTables) {
  fill(
      {"CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code uuid DEFAULT "
       "gen_random_uuid(), at timestamptz DEFAULT now(), v int DEFAULT 0)",
       "CREATE TABLE lines (order_id int REFERENCES orders, n serial, day date DEFAULT "
       "CURRENT_DATE)"});
  const Shape shape = world_->shape().value();
  ASSERT_EQ(shape.size(), 2U);
  EXPECT_THAT(shape.at("orders").columns, ElementsAre("id", "code", "at", "v"));
  EXPECT_THAT(shape.at("orders").generated, UnorderedElementsAre("id", "code"));
  EXPECT_THAT(shape.at("orders").clocks, ElementsAre("at"));
  EXPECT_THAT(shape.at("lines").generated, ElementsAre("n"));
  EXPECT_THAT(shape.at("lines").clocks, ElementsAre("day"));
  ASSERT_EQ(shape.at("lines").foreign_keys.size(), 1U);
  EXPECT_EQ(shape.at("lines").foreign_keys[0].column, "order_id");
  EXPECT_EQ(shape.at("lines").foreign_keys[0].table, "orders");
  EXPECT_EQ(shape.at("lines").foreign_keys[0].referred_column, "id");
}

TEST_F(PostgresWorldOf, CleanRunsWithGeneratedKeysAndClocksAreCalibrated) {
  fill(
      {"CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz "
       "DEFAULT now(), v text)",
       "CREATE TABLE lines (order_id bigint REFERENCES orders, n int)"});
  const auto run = [&](const Shift& shift) {
    EXPECT_TRUE(world_->reset(shift).ok());
    const std::unique_ptr<sim::Session> session = lend();
    for (const char* order : {"one", "two"}) {
      const std::string id =
          cell(*session, {"INSERT INTO orders (v) VALUES ($1) RETURNING id", {std::string(order)}});
      say(*session, "INSERT INTO lines VALUES (" + id + ", 5)");
    }
    return read();
  };
  const State first = run({});
  Shift shift;
  shift.sequences = 1000;
  const State second = run(shift);
  const Calibration calibration = calibrate(first, second, world_->shape().value(), {});
  EXPECT_THAT(calibration.unexplained, IsEmpty());
  EXPECT_THAT(calibration.notes,
              UnorderedElementsAre("orders.at: written by a clock, left out of the comparison",
                                   "orders.id: generated key, compared up to renaming",
                                   "lines.order_id: refers to orders.id, compared up to renaming"));
  StateDigests digests(calibration.comparison);
  EXPECT_EQ(digests.of(first), digests.of(second));
}

TEST_F(PostgresWorldOf, FaultsOnARunAreCarriedOutByTheServer) {
  const Scenario scenario = scenario_of({"CREATE TABLE t (id int PRIMARY KEY)"});
  Experiment experiment(
      *world_, scenario,
      {in_one_transaction({"INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"})});
  const auto outcome = [&](const char* plan) {
    const RunRecord run = experiment.run(plan_of(plan), {});
    EXPECT_EQ(run.finally->state.at("t")->rows.size(), 2U) << plan;
    return outcomes_of(run.first).at(0) + " " +
           std::to_string(run.after->state.at("t")->rows.size());
  };
  EXPECT_EQ(outcome("clean"), "committed 2");
  EXPECT_EQ(outcome("a3=error:53100"), "aborted 0");
  EXPECT_EQ(outcome("a3=throw-after"), "aborted 0");
  EXPECT_EQ(outcome("a3=drop"), "aborted 0");
  EXPECT_EQ(outcome("a1=lose-reply"), "aborted 0");
}

TEST(PostgresWorld, SaysWhyItCannotBeMade) {
  const sim::Answer<std::unique_ptr<PostgresWorld>> world =
      PostgresWorld::create("host=/nonexistent dbname=postgres", "test_none");
  ASSERT_FALSE(world.ok());
  EXPECT_THAT(world.error().message, HasSubstr("/nonexistent"));
}

}  // namespace
}  // namespace splitproof::harness
