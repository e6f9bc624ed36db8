// The rules of prediction: each with a history that it fires on and some on which it is silent.
#include "harness/predict/predict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/experiments.h"

namespace splitproof::harness {
namespace {

using sim::Dialect;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Said {
  const char* sql = "";
  const char* answer = "ok";
  int connection = 1;
};

// What one client said, numbered from 1.
History history_of(const std::vector<Said>& statements) {
  History history;
  for (const Said& said : statements) {
    const sim::Statement statement(said.sql);
    Event event;
    event.statement = static_cast<int>(history.events.size()) + 1;
    event.attempt = 1;
    event.connection = said.connection;
    event.name = statement.name();
    event.text = statement.text();
    event.kind = statement.kind();
    event.answer = said.answer;
    history.events.push_back(std::move(event));
  }
  return history;
}

// "writes-apart 1-2", one for each prediction.
Texts predicted(const History& history, Dialect dialect = Dialect::postgres) {
  Texts lines;
  for (const Prediction& one : predict(history, dialect)) {
    lines.push_back(one.kind + " " + std::to_string(one.after) + "-" +
                    std::to_string(one.statement));
    EXPECT_FALSE(one.confirmed);
    EXPECT_GT(one.danger, 0);
  }
  return lines;
}

Texts predicted(const std::vector<Said>& statements, Dialect dialect = Dialect::postgres) {
  return predicted(history_of(statements), dialect);
}

const char* const save_rows = "INSERT INTO daily VALUES (1)";
const char* const save_log = "INSERT INTO collection_log VALUES (1)";

TEST(WritesApart, ArePredictedBetweenTwoThatCommitByThemselves) {
  EXPECT_THAT(predicted({{save_rows}, {save_log}}), ElementsAre("writes-apart 1-2"));
  EXPECT_THAT(predicted({{"SELECT 1"}, {save_rows}, {"SELECT 2"}, {save_log}}),
              ElementsAre("writes-apart 2-4"));
  EXPECT_EQ(predict(history_of({{save_rows}, {save_log}}), Dialect::postgres).front().because,
            "What statement 1 ('INSERT INTO daily VALUES (1)') writes to daily is committed by "
            "itself, what statement 2 ('INSERT INTO collection_log VALUES (1)') writes to "
            "collection_log only later, by itself: whatever strikes between them leaves the one "
            "without the other.");
}

TEST(WritesApart, ArePredictedBetweenTwoTransactionsUpToTheSecondsCommit) {
  EXPECT_THAT(
      predicted(
          {{"BEGIN"}, {save_rows}, {"COMMIT"}, {"BEGIN"}, {"SELECT 1"}, {save_log}, {"COMMIT"}}),
      ElementsAre("writes-apart 3-7"));
}

TEST(WritesApart, AreMoreDangerousInSeveralTables) {
  const std::vector<Prediction> found =
      predict(history_of({{save_rows}, {save_rows}, {save_log}}), Dialect::postgres);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].after, 2);
  EXPECT_EQ(found[1].after, 1);
  EXPECT_GT(found[0].danger, found[1].danger);
}

TEST(WritesApart, AreNotPredictedWithinOneTransactionOrText) {
  EXPECT_THAT(predicted({{"BEGIN"}, {save_rows}, {save_log}, {"COMMIT"}}), IsEmpty());
  EXPECT_THAT(
      predicted({{"BEGIN IMMEDIATE"}, {save_rows}, {save_log}, {"COMMIT"}}, Dialect::sqlite),
      IsEmpty());
  EXPECT_THAT(predicted({{"INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)"}}), IsEmpty());
  EXPECT_THAT(predicted({{"BEGIN; INSERT INTO a VALUES (1); INSERT INTO b VALUES (1); COMMIT"}}),
              IsEmpty());
  EXPECT_THAT(predicted({{save_rows}}), IsEmpty());
  EXPECT_THAT(predicted({{"SET search_path = app"}, {save_rows}, {"SELECT 1"}}), IsEmpty());
}

TEST(WritesApart, AreNotPredictedWithinWhatOneSyncCommits) {
  History history = history_of({{save_rows}, {save_log}, {"Sync"}, {"DELETE FROM queue"}});
  history.events[2].kind = sim::StatementKind::commit;
  std::vector<FaultPoint> points(4);
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].event = i;
    points[i].transaction.open = i < 3;
  }
  const std::vector<Prediction> found = predict(history, Dialect::postgres, points);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found.front().after, 3);
  EXPECT_EQ(found.front().statement, 4);
  EXPECT_THAT(found.front().because, HasSubstr("is committed by statement 3 ('Sync'), what"));
  history.events[1].answer = "error 23505: duplicate key";
  EXPECT_EQ(predict(history, Dialect::postgres, points).front().kind, "swallowed-error");
}

TEST(WritesApart, CountOnlyWhatIsCommitted) {
  EXPECT_THAT(predicted({{save_rows}, {"BEGIN"}, {save_log}, {"ROLLBACK"}}), IsEmpty());
  EXPECT_THAT(predicted({{save_rows}, {"BEGIN"}, {save_log}}), IsEmpty());
  // A failed transaction of PostgreSQL is rolled back by its COMMIT.
  EXPECT_THAT(predicted({{"BEGIN"}, {save_rows}, {"SELECT 1/0", "error 22012: x"}, {"COMMIT"}}),
              IsEmpty());
}

TEST(WritesApart, AreNotPredictedBetweenOperationsOrClients) {
  History history = history_of({{save_rows}, {save_log}});
  history.events[1].attempt = 2;
  EXPECT_THAT(predicted(history), IsEmpty());
  history.events[1].attempt = 1;
  history.events[1].client = 'b';
  EXPECT_THAT(predicted(history), IsEmpty());
}

TEST(WritesApart, AreNotPredictedForRetriesAndLostConnections) {
  History history = history_of({{save_rows}, {save_log}});
  history.events[1].retry = true;
  EXPECT_THAT(predicted(history), IsEmpty());
  history.events[1].retry = false;
  history.events[1].statement = 0;
  EXPECT_THAT(predicted(history), IsEmpty());
}

TEST(SeveralConnections, ArePredictedForAWriteBesideTheOpenTransaction) {
  const std::vector<Said> pool{
      {"BEGIN"}, {save_rows}, {save_log, "ok, 1 rows affected", 2}, {"COMMIT"}};
  EXPECT_THAT(predicted(pool), ElementsAre("several-connections 3-4"));
  EXPECT_EQ(predict(history_of(pool), Dialect::postgres).front().because,
            "While the transaction of connection 1 is open, statement 3 ('INSERT INTO "
            "collection_log VALUES (1)') writes to collection_log on connection 2: that is "
            "committed by itself, whatever becomes of the transaction and of daily.");
}

TEST(SeveralConnections, ArePredictedOnceForTwoTransactionsAtATime) {
  EXPECT_THAT(predicted({{"BEGIN"},
                         {"BEGIN", "ok", 2},
                         {save_rows},
                         {save_log, "ok", 2},
                         {"COMMIT"},
                         {"COMMIT", "ok", 2}}),
              ElementsAre("several-connections 5-6"));
}

TEST(SeveralConnections, AreNotPredictedOneAfterTheOtherNorForReads) {
  EXPECT_THAT(predicted({{"BEGIN"}, {save_rows}, {"SELECT a FROM b", "ok", 2}, {"COMMIT"}}),
              IsEmpty());
  EXPECT_THAT(predicted({{"BEGIN"}, {save_rows}, {"COMMIT"}, {save_log, "ok", 2}}),
              ElementsAre("writes-apart 3-4"));
}

const char* const read_balance = "SELECT balance FROM accounts WHERE id = 1";
const char* const set_balance = "UPDATE accounts SET balance = $1 WHERE id = 1";

TEST(ReadModifyWrite, IsPredictedWithoutALock) {
  EXPECT_THAT(predicted({{read_balance}, {set_balance}}), ElementsAre("read-modify-write 1-2"));
  const std::vector<Said> together{
      {"BEGIN"}, {read_balance}, {"SELECT 1"}, {set_balance}, {"COMMIT"}};
  EXPECT_THAT(predicted(together), ElementsAre("read-modify-write 2-4"));
  EXPECT_EQ(predict(history_of(together), Dialect::postgres).front().because,
            "What another session writes to accounts between statement 2 ('SELECT balance FROM "
            "accounts WHERE id = 1'), which takes no lock on it, and statement 4 ('UPDATE accounts "
            "SET balance = $1 WHERE id = 1'), which sets it to a value that the program brings, is "
            "lost.");
}

TEST(ReadModifyWrite, IsPredictedAcrossTransactionsAtAnyLevel) {
  EXPECT_THAT(predicted({{"BEGIN ISOLATION LEVEL SERIALIZABLE"},
                         {"SELECT balance FROM accounts FOR UPDATE"},
                         {"COMMIT"},
                         {"BEGIN ISOLATION LEVEL SERIALIZABLE"},
                         {set_balance},
                         {"COMMIT"}}),
              ElementsAre("read-modify-write 2-5"));
  EXPECT_THAT(
      predicted({{read_balance}, {"BEGIN IMMEDIATE"}, {set_balance}, {"COMMIT"}}, Dialect::sqlite),
      ElementsAre("read-modify-write 1-3"));
}

TEST(ReadModifyWrite, IsNotPredictedWhereALockOrTheLevelProtectsIt) {
  for (const char* begin : {"BEGIN ISOLATION LEVEL SERIALIZABLE",
                            "BEGIN ISOLATION LEVEL REPEATABLE "
                            "READ"}) {
    EXPECT_THAT(predicted({{begin}, {read_balance}, {set_balance}, {"COMMIT"}}), IsEmpty());
  }
  EXPECT_THAT(predicted({{"BEGIN"},
                         {"SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"},
                         {read_balance},
                         {set_balance},
                         {"COMMIT"}}),
              IsEmpty());
  EXPECT_THAT(
      predicted({{"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE"},
                 {"BEGIN"},
                 {read_balance},
                 {set_balance},
                 {"COMMIT"}}),
      IsEmpty());
  EXPECT_THAT(predicted({{"SET default_transaction_isolation = 'serializable'"},
                         {"BEGIN"},
                         {read_balance},
                         {set_balance},
                         {"COMMIT"}}),
              IsEmpty());
  EXPECT_THAT(predicted({{"BEGIN"},
                         {"SELECT balance FROM accounts FOR UPDATE"},
                         {read_balance},
                         {set_balance},
                         {"COMMIT"}}),
              IsEmpty());
  EXPECT_THAT(
      predicted(
          {{"BEGIN"}, {"SELECT balance FROM accounts FOR UPDATE"}, {set_balance}, {"COMMIT"}}),
      IsEmpty());
  EXPECT_THAT(predicted({{"BEGIN"}, {read_balance}, {set_balance}, {"COMMIT"}}, Dialect::sqlite),
              IsEmpty());
}

TEST(ReadModifyWrite, IsNotPredictedForOtherTablesRelativeValuesAndGuards) {
  EXPECT_THAT(predicted({{"SELECT a FROM rates"}, {set_balance}}), IsEmpty());
  EXPECT_THAT(predicted({{read_balance},
                         {"UPDATE accounts SET balance = $1, version = 2 WHERE version = 1"}}),
              IsEmpty());
  EXPECT_THAT(predicted({{read_balance}, {"UPDATE accounts SET balance = balance + $1"}}),
              ElementsAre("doubling-retry 2-2"));
  EXPECT_THAT(predicted({{"BEGIN"}, {read_balance}, {set_balance}, {"ROLLBACK"}}), IsEmpty());
}

TEST(SwallowedError, IsPredictedInsideASavepoint) {
  const std::vector<Said> swallowing{{"BEGIN"},         {save_rows},
                                     {"SAVEPOINT s"},   {save_log, "error 23505: duplicate key"},
                                     {"ROLLBACK TO s"}, {"COMMIT"}};
  EXPECT_THAT(predicted(swallowing), ElementsAre("swallowed-error 4-4"));
  EXPECT_THAT(predict(history_of(swallowing), Dialect::postgres).front().because,
              HasSubstr("'error 23505: duplicate key', and the work went on"));
}

TEST(SwallowedError, IsPredictedWhereAnotherTransactionGoesOn) {
  EXPECT_THAT(predicted({{save_rows, "error 23505: duplicate key"}, {save_log}}),
              ElementsAre("swallowed-error 1-1"));
  EXPECT_THAT(
      predicted(
          {{"BEGIN"}, {save_rows, "error SQLITE_CONSTRAINT: duplicate"}, {save_log}, {"COMMIT"}},
          Dialect::sqlite),
      ElementsAre("swallowed-error 2-2"));
}

TEST(SwallowedError, IsNotPredictedWhereNothingIsCommittedOrItIsSentAgain) {
  EXPECT_THAT(predicted({{"BEGIN"}, {save_log}, {save_rows, "error 23505: x"}, {"ROLLBACK"}}),
              IsEmpty());
  EXPECT_THAT(predicted({{save_log}, {save_rows, "error 23505: x"}}), IsEmpty());
  EXPECT_THAT(predicted({{"BEGIN"},
                         {save_rows, "error 40001: could not serialize"},
                         {"ROLLBACK"},
                         {"BEGIN"},
                         {save_rows},
                         {"COMMIT"}}),
              IsEmpty());
}

TEST(SurvivedError, IsPredictedWhereASavepointIsReleased) {
  const std::vector<Said> saving{{"BEGIN"},     {"SAVEPOINT s"}, {save_rows}, {"SELECT 1"},
                                 {"RELEASE s"}, {save_log},      {"COMMIT"}};
  EXPECT_THAT(predicted(saving), ElementsAre("swallowed-error 2-3"));
  EXPECT_EQ(
      predict(history_of(saving), Dialect::postgres).front().because,
      "Behind statement 2 ('SAVEPOINT s') the transaction survives an error up to statement 5 "
      "('RELEASE s'): it may be passed over, and the rest be committed without what statement "
      "3 ('INSERT INTO daily VALUES (1)') writes to daily.");
}

TEST(SurvivedError, IsNotPredictedWhereNothingIsWrittenOrCommitted) {
  EXPECT_THAT(predicted({{"BEGIN"},
                         {save_rows},
                         {"SAVEPOINT s"},
                         {"SELECT 1"},
                         {"RELEASE s"},
                         {save_log},
                         {"COMMIT"}}),
              IsEmpty());
  EXPECT_THAT(predicted({{"BEGIN"}, {"SAVEPOINT s"}, {save_rows}, {"RELEASE s"}, {"ROLLBACK"}}),
              IsEmpty());
}

const char* const add_to_balance = "UPDATE accounts SET balance = balance + 10 WHERE id = 1";

TEST(DoublingRetry, IsPredictedAtTheCommitOfWhatIsCountedOn) {
  EXPECT_THAT(predicted({{"BEGIN"}, {add_to_balance}, {"COMMIT"}}),
              ElementsAre("doubling-retry 3-3"));
  EXPECT_THAT(predicted({{add_to_balance}}), ElementsAre("doubling-retry 1-1"));
  EXPECT_EQ(predict(history_of({{add_to_balance}}), Dialect::sqlite).front().because,
            "If the answer to statement 1 ('UPDATE accounts SET balance = balance + 10 WHERE id = "
            "1') is lost, doing it again counts twice: statement 1 ('UPDATE accounts SET balance = "
            "balance + 10 WHERE id = 1') counts on from what accounts holds, and nothing that is "
            "committed with it shows that it was done.");
}

TEST(DoublingRetry, IsNotPredictedBesideARowThatMayShowIt) {
  EXPECT_THAT(predicted({{"BEGIN"},
                         {"INSERT INTO done (id) VALUES ($1) ON CONFLICT DO NOTHING"},
                         {add_to_balance},
                         {"COMMIT"}}),
              IsEmpty());
  EXPECT_THAT(predicted({{set_balance}}), IsEmpty());
  EXPECT_THAT(predicted({{"BEGIN"}, {add_to_balance}, {"ROLLBACK"}}), IsEmpty());
}

TEST(Predictions, NameTheClientWhereThereAreSeveral) {
  History history = history_of({{save_rows}, {save_log}});
  EXPECT_THAT(predict(history, Dialect::postgres).front().because,
              testing::StartsWith("What statement 1"));
  Event other = history.events.front();
  other.client = 'b';
  history.events.push_back(other);
  EXPECT_THAT(predict(history, Dialect::postgres).front().because,
              testing::StartsWith("Client a: What statement 1"));
}

TEST(Predictions, AreInTheOrderOfTheirDanger) {
  EXPECT_THAT(predicted({{add_to_balance},
                         {save_rows, "error 23505: x"},
                         {read_balance},
                         {set_balance},
                         {save_log}}),
              ElementsAre("writes-apart 4-5", "writes-apart 1-4", "read-modify-write 3-4",
                          "swallowed-error 2-2", "doubling-retry 1-1"));
}

}  // namespace
}  // namespace splitproof::harness
