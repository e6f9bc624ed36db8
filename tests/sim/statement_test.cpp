#include "sim/sql/statement.h"

#include <gtest/gtest.h>

#include "sim/sql/engine.h"

namespace splitproof::tests {
namespace {

using sim::Access;
using sim::Dialect;
using sim::Isolation;
using sim::Statement;
using sim::StatementKind;

struct KindCase {
  const char* text;
  StatementKind kind;
};

class StatementKinds : public testing::TestWithParam<KindCase> {};

TEST_P(StatementKinds, AreFoundFromTheFirstKeywords) {
  EXPECT_EQ(to_string(Statement(GetParam().text).kind()), to_string(GetParam().kind))
      << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Control, StatementKinds,
    testing::Values(KindCase{"BEGIN", StatementKind::begin},
                    KindCase{"begin immediate", StatementKind::begin},
                    KindCase{"BEGIN;", StatementKind::begin},
                    KindCase{"Start  Transaction ISOLATION LEVEL SERIALIZABLE",
                             StatementKind::begin},
                    KindCase{"COMMIT", StatementKind::commit},
                    KindCase{"end transaction", StatementKind::commit},
                    KindCase{"COMMIT PREPARED 'x'", StatementKind::write},
                    KindCase{"ROLLBACK", StatementKind::rollback},
                    KindCase{"rollback work", StatementKind::rollback},
                    KindCase{"ABORT", StatementKind::rollback},
                    KindCase{"ROLLBACK TO a", StatementKind::rollback_to},
                    KindCase{"ROLLBACK WORK TO SAVEPOINT a", StatementKind::rollback_to},
                    KindCase{"Rollback /* far */ Transaction to a", StatementKind::rollback_to},
                    KindCase{"SAVEPOINT a", StatementKind::savepoint},
                    KindCase{"RELEASE a", StatementKind::release}));

INSTANTIATE_TEST_SUITE_P(
    Leading, StatementKinds,
    testing::Values(KindCase{"  \n\t COMMIT", StatementKind::commit},
                    KindCase{"-- first\n-- second\nROLLBACK", StatementKind::rollback},
                    KindCase{"/* a /* nested */ COMMIT */ SELECT 1", StatementKind::read},
                    KindCase{"/* never closed SELECT 1", StatementKind::write},
                    KindCase{"(SELECT 1)", StatementKind::read}, KindCase{"", StatementKind::write},
                    KindCase{"BEGINNING", StatementKind::write}));

INSTANTIATE_TEST_SUITE_P(
    Data, StatementKinds,
    testing::Values(
        KindCase{"SELECT * FROM t FOR UPDATE", StatementKind::read},
        KindCase{"VALUES (1)", StatementKind::read}, KindCase{"PRAGMA x", StatementKind::read},
        KindCase{"EXPLAIN SELECT 1", StatementKind::read},
        KindCase{"INSERT INTO t VALUES (1)", StatementKind::write},
        KindCase{"CREATE TABLE t (a)", StatementKind::write},
        KindCase{"WITH a AS (SELECT 1) SELECT * FROM a", StatementKind::read},
        KindCase{"WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", StatementKind::write},
        KindCase{"with a as (delete from t returning *) select * from a", StatementKind::write},
        KindCase{"WITH a AS (SELECT 1) UPDATE t SET b = 1", StatementKind::write},
        KindCase{"WITH a AS (SELECT 1) REPLACE INTO t SELECT 1", StatementKind::write},
        KindCase{"WITH a AS (SELECT replace(b, 'x', 'y') FROM t) SELECT * FROM a",
                 StatementKind::read},
        KindCase{"WITH a AS (SELECT 1) SELECT * FROM t FOR UPDATE", StatementKind::read},
        KindCase{"WITH a AS (SELECT 1) SELECT * FROM t FOR NO KEY UPDATE", StatementKind::read}));

INSTANTIATE_TEST_SUITE_P(
    Quoted, StatementKinds,
    testing::Values(KindCase{"WITH a AS (SELECT 'DELETE it''s') SELECT 1", StatementKind::read},
                    KindCase{"WITH a AS (SELECT \"insert\" FROM t) SELECT 1", StatementKind::read},
                    KindCase{"WITH a AS (SELECT `delete` FROM t) SELECT 1", StatementKind::read},
                    KindCase{"WITH a AS (SELECT E'\\' DELETE') SELECT 1", StatementKind::read},
                    KindCase{"WITH a AS (SELECT $t$ DELETE $$ $t$) SELECT 1", StatementKind::read},
                    KindCase{"WITH a AS (SELECT $1) DELETE FROM t", StatementKind::write},
                    KindCase{"WITH a AS (SELECT 1 -- DELETE\n) SELECT 1", StatementKind::read},
                    KindCase{"WITH a AS (SELECT deleted FROM t) SELECT 1", StatementKind::read}));

TEST(StatementName, IsTheLeadingComment) {
  EXPECT_EQ(Statement("/* save   campaign\n metrics */ INSERT INTO t VALUES (1)").name(),
            "save campaign metrics");
  EXPECT_EQ(Statement("-- read the total\nSELECT 1").name(), "read the total");
  EXPECT_EQ(Statement("/**/ /* second */ SELECT 1").name(), "second");
}

TEST(StatementName, IsTheSqlInOneLineWithoutAComment) {
  EXPECT_EQ(Statement("  SELECT a,\n       b\nFROM t ").name(), "SELECT a, b FROM t");
  EXPECT_EQ(Statement("").name(), "(empty statement)");
}

TEST(StatementName, IsShortenedToSixtyCharacters) {
  const std::string name = Statement("SELECT " + std::string(100, 'a')).name();
  EXPECT_EQ(name, "SELECT " + std::string(50, 'a') + "...");
}

TEST(StatementName, IsNeverCutInsideACharacter) {
  const std::string name =
      Statement("SELECT '" + std::string(48, 'a') + "\u20ac\u20ac\u20ac'").name();
  EXPECT_EQ(name, "SELECT '" + std::string(48, 'a') + "...");
}

TEST(Values, ArePrintedForPeople) {
  EXPECT_EQ(to_string(sim::Value{sim::Null{}}), "NULL");
  EXPECT_EQ(to_string(sim::Value{std::int64_t{-7}}), "-7");
  EXPECT_EQ(to_string(sim::Value{0.1}), "0.1");
  EXPECT_EQ(to_string(sim::Value{std::string("text")}), "text");
}

TEST(BeginStatement, TakesTheWriteLockAtOnceOnSqliteOnlyForSerializableWriters) {
  const auto text = [](Isolation isolation, Access access) {
    return begin_statement(Dialect::sqlite, isolation, access).text();
  };
  EXPECT_EQ(text(Isolation::serializable, Access::read_write), "BEGIN IMMEDIATE");
  EXPECT_EQ(text(Isolation::serializable, Access::read_only), "BEGIN");
  EXPECT_EQ(text(Isolation::repeatable_read, Access::read_write), "BEGIN");
  EXPECT_EQ(text(Isolation::read_committed, Access::read_write), "BEGIN");
}

TEST(BeginStatement, NamesLevelAndAccessOnPostgres) {
  const auto text = [](Isolation isolation, Access access) {
    return begin_statement(Dialect::postgres, isolation, access).text();
  };
  EXPECT_EQ(text(Isolation::serializable, Access::read_write),
            "BEGIN ISOLATION LEVEL SERIALIZABLE");
  EXPECT_EQ(text(Isolation::repeatable_read, Access::read_only),
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  EXPECT_EQ(text(Isolation::read_committed, Access::read_write),
            "BEGIN ISOLATION LEVEL READ COMMITTED");
}

}  // namespace
}  // namespace splitproof::tests
