// What every session promises, tried on both engines.
#include "sim/sql/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/engine/support.h"

namespace splitproof::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using SessionTest = BothEngines;

INSTANTIATE_TEST_SUITE_P(On, SessionTest, testing::Values(Dialect::sqlite, Dialect::postgres),
                         name_of);

TEST_P(SessionTest, GivesValuesBackAsTheyWent) {
  run(*session_, "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT, d DOUBLE PRECISION, s TEXT)");
  const std::vector<Row> rows{
      {std::int64_t{1}, std::numeric_limits<std::int64_t>::min(), 0.1, std::string("O'Hara \"x\"")},
      {std::int64_t{2}, std::numeric_limits<std::int64_t>::max(), -1.5e300, std::string()},
      {std::int64_t{3}, std::int64_t{0}, 5e-324, std::string("Łódź \\ %\n$1")},
      {std::int64_t{4}, Null{}, Null{}, Null{}},
  };
  for (const Row& row : rows) run(*session_, {"INSERT INTO t VALUES ($1, $2, $3, $4)", row});
  EXPECT_EQ(run(*session_, "SELECT * FROM t ORDER BY id").rows, rows);
}

TEST_P(SessionTest, NamesTheColumns) {
  EXPECT_THAT(run(*session_, "SELECT 1 AS one, 'x' AS other").columns, ElementsAre("one", "other"));
}

TEST_P(SessionTest, CountsRowsThatChangedAndOnlyThose) {
  EXPECT_EQ(run(*session_, "CREATE TABLE t (id BIGINT)").affected, 0);
  EXPECT_EQ(run(*session_, "INSERT INTO t VALUES (1), (2), (3)").affected, 3);
  EXPECT_EQ(run(*session_, "SELECT * FROM t").affected, 0);
  EXPECT_EQ(run(*session_, "UPDATE t SET id = id + 10 WHERE id > 1").affected, 2);
  EXPECT_EQ(run(*session_, "DELETE FROM t WHERE id = 99").affected, 0);
  EXPECT_EQ(run(*session_, "BEGIN").affected, 0);
  EXPECT_EQ(run(*session_, "COMMIT").affected, 0);
}

TEST_P(SessionTest, UsesAParameterMoreThanOnce) {
  run(*session_, "CREATE TABLE t (a BIGINT, b BIGINT)");
  run(*session_, {"INSERT INTO t VALUES ($2, $1), ($2, $2)", {std::int64_t{1}, std::int64_t{2}}});
  EXPECT_EQ(run(*session_, "SELECT b FROM t ORDER BY b").rows,
            (std::vector<Row>{{std::int64_t{1}}, {std::int64_t{2}}}));
}

struct Refusal {
  const char* statement;
  ErrorKind kind;
  const char* sqlite_code;
  const char* postgres_code;
};

TEST_P(SessionTest, TellsWhatKindOfErrorItWas) {
  run(*session_, "CREATE TABLE p (id BIGINT PRIMARY KEY)");
  run(*session_,
      "CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, n BIGINT CHECK (n > 0), p BIGINT "
      "REFERENCES p (id))");
  run(*session_, "INSERT INTO t VALUES (1, 1, NULL)");
  const auto constraint = ErrorKind::constraint;
  for (const Refusal& refusal : {
           Refusal{"INSERT INTO t VALUES (1, 1, NULL)", constraint, "SQLITE_CONSTRAINT_PRIMARYKEY",
                   "23505"},
           Refusal{"INSERT INTO t VALUES (2, 0, NULL)", constraint, "SQLITE_CONSTRAINT_CHECK",
                   "23514"},
           Refusal{"INSERT INTO t VALUES (NULL, 1, NULL)", constraint, "SQLITE_CONSTRAINT_NOTNULL",
                   "23502"},
           Refusal{"INSERT INTO t VALUES (3, 1, 77)", constraint, "SQLITE_CONSTRAINT_FOREIGNKEY",
                   "23503"},
           Refusal{"SELEKT 1", ErrorKind::invalid, "SQLITE_ERROR", "42601"},
           Refusal{"SELECT * FROM nowhere", ErrorKind::invalid, "SQLITE_ERROR", "42P01"},
       }) {
    const Error error = refuse(*session_, refusal.statement);
    EXPECT_EQ(error.kind, refusal.kind) << refusal.statement;
    EXPECT_EQ(error.native_code, on_postgres() ? refusal.postgres_code : refusal.sqlite_code);
    EXPECT_THAT(error.message, Not(IsEmpty()));
    EXPECT_THAT(error.message, Not(HasSubstr(refusal.statement)));
    EXPECT_THAT(error.message, Not(HasSubstr("\n")));
  }
  EXPECT_EQ(number(*session_, "SELECT count(*) FROM t"), 1);
}

TEST_P(SessionTest, HidesWhatIsNotCommitted) {
  run(*session_, "CREATE TABLE t (id BIGINT)");
  const std::unique_ptr<Session> other = connect(database_.engine());
  run(*session_, "BEGIN");
  run(*session_, "INSERT INTO t VALUES (1)");
  EXPECT_EQ(number(*other, "SELECT count(*) FROM t"), 0);
  run(*session_, "COMMIT");
  EXPECT_EQ(number(*other, "SELECT count(*) FROM t"), 1);
}

TEST_P(SessionTest, RollsBackWhatItHadOpenWhenItIsClosed) {
  run(*session_, "CREATE TABLE t (id BIGINT)");
  run(*session_, "BEGIN");
  run(*session_, "INSERT INTO t VALUES (1)");
  session_.reset();
  const std::unique_ptr<Session> other = connect(database_.engine());
  // Also a proof that no lock is left: on SQLite it would be BUSY.
  run(*other, "INSERT INTO t VALUES (2)");
  EXPECT_EQ(number(*other, "SELECT count(*) FROM t"), 1);
}

TEST_P(SessionTest, GoesBackToASavepointAfterAnError) {
  run(*session_, "CREATE TABLE t (id BIGINT PRIMARY KEY)");
  run(*session_, "BEGIN");
  run(*session_, "INSERT INTO t VALUES (1)");
  run(*session_, "SAVEPOINT here");
  run(*session_, "INSERT INTO t VALUES (2)");
  refuse(*session_, "INSERT INTO t VALUES (1)");
  run(*session_, "ROLLBACK TO SAVEPOINT here");
  run(*session_, "RELEASE SAVEPOINT here");
  run(*session_, "INSERT INTO t VALUES (3)");
  run(*session_, "COMMIT");
  EXPECT_EQ(run(*session_, "SELECT id FROM t ORDER BY id").rows,
            (std::vector<Row>{{std::int64_t{1}}, {std::int64_t{3}}}));
}

// Engines differ in what stays open after the refusal; a ROLLBACK ends it on both.
TEST_P(SessionTest, RefusesACommitThatBreaksADeferredConstraint) {
  run(*session_, "CREATE TABLE p (id BIGINT PRIMARY KEY)");
  run(*session_, "CREATE TABLE c (p BIGINT REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)");
  run(*session_, "BEGIN");
  run(*session_, "INSERT INTO c VALUES (7)");
  const Error error = refuse(*session_, "COMMIT");
  EXPECT_EQ(error.kind, ErrorKind::constraint);
  EXPECT_FALSE(leaves_commit_in_doubt(error));
  EXPECT_EQ(error.native_code, on_postgres() ? "23503" : "SQLITE_CONSTRAINT_FOREIGNKEY");
  run(*session_, "ROLLBACK");
  EXPECT_EQ(number(*session_, "SELECT count(*) FROM c"), 0);
  run(*session_, "INSERT INTO p VALUES (7)");
}

TEST_P(SessionTest, BeginsATransactionOfEveryKind) {
  run(*session_, "CREATE TABLE t (id BIGINT)");
  for (const Isolation isolation :
       {Isolation::read_committed, Isolation::repeatable_read, Isolation::serializable}) {
    for (const Access access : {Access::read_write, Access::read_only}) {
      run(*session_, begin_statement(GetParam(), isolation, access));
      EXPECT_EQ(number(*session_, "SELECT count(*) FROM t"), 0);
      if (access == Access::read_write) run(*session_, "DELETE FROM t");
      run(*session_, "COMMIT");
    }
  }
}

}  // namespace
}  // namespace splitproof::sim
