// What the units of a client's messages amount to: which statement commits, and which does not.
#include "harness/program/wire_steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splitproof::harness {
namespace {

using sim::StatementKind;
using testing::ElementsAre;
using testing::IsEmpty;

WireUnit query(const std::string& sql) { return {{{1, sql, true, {}}}, 'Q'}; }

WireUnit batch(const std::vector<std::string>& statements, char ends_with = 'S') {
  WireUnit unit;
  unit.ends_with = ends_with;
  for (const std::string& sql : statements) {
    unit.statements.push_back({static_cast<int>(unit.statements.size()) + 1, sql, false, {}});
  }
  return unit;
}

TransactionState in_transaction() {
  TransactionState state;
  state.open = true;
  return state;
}

class Steps : public testing::Test {
 protected:
  // Each step with "*" where it makes something durable.
  std::vector<std::string> of(const WireUnit& unit, const TransactionState& state = {},
                              int executed = 0) {
    WireStepsOfUnit found = steps_.of(unit, state, executed);
    left_ = found.executed;
    std::vector<std::string> texts;
    for (const WireStep& step : found.steps) {
      FaultPoint point;
      point.kind = step.statement.kind();
      point.dialect = sim::Dialect::postgres;
      point.place = PointKind::wire;
      point.transaction = step.transaction;
      texts.push_back(step.statement.text() + (commits(point) ? " *" : ""));
    }
    return texts;
  }

  WireSteps steps_{{"BOOK"}};
  int left_ = 0;
};

TEST_F(Steps, OfOneStatementCommitOutsideOfATransactionAlone) {
  EXPECT_THAT(of(query("INSERT INTO t VALUES (1)")), ElementsAre("INSERT INTO t VALUES (1) *"));
  EXPECT_THAT(of(query("INSERT INTO t VALUES (1)"), in_transaction()),
              ElementsAre("INSERT INTO t VALUES (1)"));
  EXPECT_THAT(of(query("COMMIT"), in_transaction()), ElementsAre("COMMIT *"));
  EXPECT_THAT(of(query("SELECT 1")), ElementsAre("SELECT 1"));
  EXPECT_THAT(of(batch({"INSERT INTO t VALUES (1)"})), ElementsAre("INSERT INTO t VALUES (1) *"));
}

TEST_F(Steps, OfSeveralStatementsInOneQueryCommitAtItsEnd) {
  EXPECT_THAT(of(query("INSERT INTO t VALUES (1); INSERT INTO u VALUES (1)")),
              ElementsAre("INSERT INTO t VALUES (1); INSERT INTO u VALUES (1) *"));
  EXPECT_EQ(steps_.kind_of("BEGIN; INSERT INTO t VALUES (1)", false), StatementKind::begin);
  EXPECT_EQ(steps_.kind_of("BEGIN; INSERT INTO t VALUES (1); COMMIT", false), StatementKind::write);
  EXPECT_EQ(steps_.kind_of("INSERT INTO t VALUES (1); COMMIT", true), StatementKind::commit);
  EXPECT_EQ(steps_.kind_of("INSERT INTO t VALUES (1); SELECT 1", true), StatementKind::write);
  EXPECT_EQ(steps_.kind_of("SELECT 1; ROLLBACK", true), StatementKind::rollback);
  EXPECT_EQ(steps_.kind_of("", false), StatementKind::read);
  EXPECT_EQ(steps_.kind_of(" ; -- nothing", false), StatementKind::read);
}

TEST_F(Steps, OfABatchCommitAtItsSync) {
  EXPECT_THAT(of(batch({"INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"})),
              ElementsAre("INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)", "Sync *"));
  EXPECT_EQ(left_, 0);
}

TEST_F(Steps, OfABatchThatBeginsATransactionDoNotCommit) {
  EXPECT_THAT(of(batch({"BEGIN", "INSERT INTO t VALUES (1)"})),
              ElementsAre("BEGIN", "INSERT INTO t VALUES (1)"));
  EXPECT_THAT(of(batch({"INSERT INTO t VALUES (2)", "COMMIT"}), in_transaction()),
              ElementsAre("INSERT INTO t VALUES (2)", "COMMIT *"));
}

TEST_F(Steps, BehindAFlushWaitForTheSync) {
  EXPECT_THAT(of(batch({"INSERT INTO t VALUES (1)"}, 'H')),
              ElementsAre("INSERT INTO t VALUES (1)"));
  EXPECT_EQ(left_, 1);
  EXPECT_THAT(of(batch({}), {}, 1), ElementsAre("Sync *"));
  EXPECT_THAT(of(batch({}), {}, 0), IsEmpty());
}

TEST_F(Steps, TakeAFunctionThatMayWriteForAWrite) {
  EXPECT_EQ(steps_.kind_of("SELECT book(1)", false), StatementKind::write);
  EXPECT_EQ(steps_.kind_of("SELECT 'book'", false), StatementKind::read);
}

TEST_F(Steps, TakeWhatOnlyTheSessionKeepsForARead) {
  EXPECT_EQ(steps_.kind_of("SET TimeZone = 'UTC'", false), StatementKind::read);
  EXPECT_EQ(steps_.kind_of("LISTEN news", false), StatementKind::read);
  EXPECT_EQ(steps_.kind_of("COPY t (a, b) TO STDOUT", false), StatementKind::read);
  EXPECT_EQ(steps_.kind_of("COPY (SELECT 1 FROM t) TO STDOUT", false), StatementKind::read);
  EXPECT_EQ(steps_.kind_of("copy t from stdin", false), StatementKind::write);
}

TEST_F(Steps, FindAWriteInsideOfWhatReads) {
  EXPECT_EQ(steps_.kind_of("SELECT \"book\"(1)", false), StatementKind::write);
  EXPECT_EQ(steps_.kind_of("SELECT a INTO u FROM t", false), StatementKind::write);
  EXPECT_EQ(steps_.kind_of("EXPLAIN ANALYZE INSERT INTO t VALUES (1)", false),
            StatementKind::write);
  EXPECT_EQ(steps_.kind_of("EXPLAIN INSERT INTO t VALUES (1)", false), StatementKind::read);
  EXPECT_EQ(steps_.kind_of("COPY (DELETE FROM t RETURNING a) TO STDOUT", false),
            StatementKind::write);
  EXPECT_EQ(steps_.kind_of("COPY (SELECT a FROM t FOR UPDATE) TO STDOUT", false),
            StatementKind::read);
}

TEST(Statements, AreTakenApart) {
  EXPECT_THAT(statements_in("BEGIN;INSERT INTO t VALUES (';'); /* ; */ COMMIT ;"),
              ElementsAre("BEGIN", "INSERT INTO t VALUES (';')", "COMMIT"));
  EXPECT_THAT(statements_in("DO $$BEGIN PERFORM 1; END$$"),
              ElementsAre("DO $$BEGIN PERFORM 1; END$$"));
}

}  // namespace
}  // namespace splitproof::harness
