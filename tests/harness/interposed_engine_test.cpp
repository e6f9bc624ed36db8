// What each fault does to a real database: carried out on SQLite, counted and written down.
#include "harness/inject/interposed_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "tests/harness/experiments.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* insert_1 = "/* one */ INSERT INTO t VALUES (1, 'one')";
constexpr const char* insert_2 = "/* two */ INSERT INTO t VALUES (2, 'two')";
constexpr const char* insert_3 = "/* three */ INSERT INTO t VALUES (3, 'three')";
constexpr const char* no_answer = "no answer: the connection is lost";

class Interposed : public testing::Test {
 protected:
  Interposed() {
    fill_with(world_, {"CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)"});
    plan("clean");
  }

  void plan(const std::string& line) {
    session_.reset();
    engine_.reset();
    director_.emplace(plan_of(line), sim::Dialect::sqlite);
    engine_.emplace(world_, *director_, 'a');
    director_->begin_operation('a', 0, false);
    session_ = connect();
  }

  std::unique_ptr<sim::Session> connect() { return std::move(engine_->connect()).value(); }

  // The answer in words, as the history has it.
  std::string say(const std::string& text) { return say(*session_, text); }
  static std::string say(sim::Session& session, const sim::Statement& statement) {
    return answer_text(session.execute(statement), statement.kind());
  }

  // The rows that a fresh observer sees.
  Texts held() {
    Texts ids;
    const sim::Answer<sim::Rows> rows = world_.query("SELECT v FROM t ORDER BY id");
    if (!rows.ok()) return {rows.error().message};
    for (const sim::Row& row : rows.value().rows) ids.push_back(sim::to_string(row[0]));
    return ids;
  }

  SqliteWorld world_;
  std::optional<Director> director_;
  std::optional<InterposedEngine> engine_;
  std::unique_ptr<sim::Session> session_;
};

TEST_F(Interposed, ForwardsEverythingWhereNothingStrikes) {
  EXPECT_EQ(say(insert_1), "ok, 1 rows affected");
  EXPECT_EQ(say("SELECT id, v FROM t"), "ok, 1 rows");
  EXPECT_EQ(say("BEGIN"), "ok");
  EXPECT_EQ(say("COMMIT"), "ok");
  EXPECT_EQ(say(insert_1).substr(0, 5), "error");
  EXPECT_THAT(director_->fired(), IsEmpty());
  EXPECT_EQ(director_->points().size(), 5U);
}

TEST_F(Interposed, ErrorHasNoEffectAndLeavesTheTransactionOpen) {
  plan("a3=error:SQLITE_FULL");
  EXPECT_EQ(say("BEGIN"), "ok");
  EXPECT_EQ(say(insert_1), "ok, 1 rows affected");
  EXPECT_EQ(say(insert_2), "error SQLITE_FULL: planned: the disk is full");
  EXPECT_EQ(say(insert_3), "ok, 1 rows affected");
  EXPECT_EQ(say("COMMIT"), "ok");
  EXPECT_THAT(held(), ElementsAre("one", "three"));
}

TEST_F(Interposed, ErrorWithRollbackTakesTheTransactionWithIt) {
  plan("a3=error:SQLITE_FULL+rollback");
  EXPECT_EQ(say("BEGIN"), "ok");
  EXPECT_EQ(say(insert_1), "ok, 1 rows affected");
  EXPECT_EQ(say(insert_2), "error SQLITE_FULL: planned: the disk is full");
  EXPECT_EQ(say("COMMIT").substr(0, 5), "error");
  EXPECT_FALSE(director_->points().back().transaction.open);
  EXPECT_EQ(say(insert_3), "ok, 1 rows affected");
  EXPECT_THAT(held(), ElementsAre("three"));
}

TEST_F(Interposed, FailedCommitLeavesTheTransactionOpenUnlessItIsRolledBack) {
  plan("a3=error:SQLITE_FULL");
  for (const char* text : {"BEGIN", insert_1}) say(text);
  EXPECT_EQ(say("COMMIT"), "error SQLITE_FULL: planned: the disk is full");
  EXPECT_EQ(say("COMMIT"), "ok");
  EXPECT_THAT(held(), ElementsAre("one"));
  plan("a3=error:SQLITE_FULL+rollback");
  for (const char* text : {"BEGIN", insert_2}) say(text);
  EXPECT_EQ(say("COMMIT"), "error SQLITE_FULL: planned: the disk is full");
  EXPECT_EQ(say("BEGIN"), "ok");
  EXPECT_THAT(held(), ElementsAre("one"));
}

TEST_F(Interposed, ProgramThrowsBeforeTheStatementIsSent) {
  plan("a2=throw");
  say(insert_1);
  EXPECT_THROW(say(insert_2), PlannedException);
  EXPECT_THAT(held(), ElementsAre("one"));
  EXPECT_EQ(director_->history().events.back().answer, "not sent: the program throws");
}

TEST_F(Interposed, ProgramThrowsAfterTheStatementWasExecuted) {
  plan("a2=throw-after");
  say(insert_1);
  EXPECT_THROW(say(insert_2), PlannedException);
  EXPECT_THAT(held(), ElementsAre("one", "two"));
  EXPECT_EQ(director_->history().events.back().answer, "ok, 1 rows affected");
  EXPECT_EQ(say("SELECT 1"), "ok, 1 rows") << "the session itself is whole";
}

TEST_F(Interposed, DropLosesTheSessionBeforeTheStatementAndRollsBack) {
  plan("a3=drop");
  for (const char* text : {"BEGIN", insert_1}) say(text);
  EXPECT_EQ(say(insert_2), no_answer);
  EXPECT_THAT(held(), IsEmpty());
  EXPECT_EQ(say("COMMIT"), no_answer);
  session_ = connect();
  EXPECT_EQ(say(insert_3), "ok, 1 rows affected");
  EXPECT_THAT(held(), ElementsAre("three"));
}

TEST_F(Interposed, LostReplyMeansThatTheStatementWasExecuted) {
  plan("a3=lose-reply");
  for (const char* text : {"BEGIN", insert_1}) say(text);
  EXPECT_EQ(say("COMMIT"), no_answer);
  EXPECT_THAT(held(), ElementsAre("one"));
  EXPECT_EQ(say("SELECT 1"), no_answer);
}

TEST_F(Interposed, LostReplyInsideATransactionRollsItBack) {
  plan("a2=lose-reply");
  say("BEGIN");
  EXPECT_EQ(say(insert_1), no_answer);
  EXPECT_THAT(held(), IsEmpty());
}

TEST_F(Interposed, ClientCannotTellALostReplyFromADroppedConnection) {
  Texts answers;
  for (const char* line : {"a1=drop", "a1=lose-reply"}) {
    plan(line);
    const sim::Answer<sim::Rows> answer = session_->execute("SELECT no_such_column");
    ASSERT_FALSE(answer.ok());
    answers.push_back(answer.error().native_code + answer.error().message);
    EXPECT_EQ(answer.error().kind, sim::ErrorKind::connection_lost);
  }
  EXPECT_EQ(answers[0], answers[1]);
}

TEST_F(Interposed, PersistentFaultStrikesFromThereOnWhereItCanOccur) {
  plan("a2+=error:SQLITE_FULL");
  EXPECT_EQ(say(insert_1), "ok, 1 rows affected");
  EXPECT_EQ(say(insert_2), "error SQLITE_FULL: planned: the disk is full");
  EXPECT_EQ(say("SELECT 1"), "ok, 1 rows");
  EXPECT_EQ(say(insert_3), "error SQLITE_FULL: planned: the disk is full");
  EXPECT_EQ(director_->fired().size(), 2U);
  EXPECT_EQ(director_->fired()[0].event, 1U);
  EXPECT_EQ(director_->fired()[1].event, 3U);
}

TEST_F(Interposed, StatementsAreCountedOverAllConnectionsOfTheClient) {
  plan("a3=error:SQLITE_FULL");
  const std::unique_ptr<sim::Session> other = connect();
  say(insert_1);
  say(*other, "SELECT 1");
  EXPECT_EQ(say(*other, insert_2), "error SQLITE_FULL: planned: the disk is full");
  say(insert_3);
  EXPECT_THAT(lines_of(director_->history()),
              ElementsAre("a1 one: ok, 1 rows affected", "a2 SELECT 1: ok, 1 rows",
                          "a3 two: error SQLITE_FULL: planned: the disk is full",
                          "a4 three: ok, 1 rows affected"));
  EXPECT_EQ(director_->history().events[1].connection, 2);
  EXPECT_EQ(director_->history().events[3].connection, 1);
}

TEST_F(Interposed, StatementsOnALostSessionAreWrittenDownAndNotCounted) {
  plan("a1=drop");
  say(insert_1);
  say(insert_2);
  session_ = connect();
  say(insert_3);
  EXPECT_THAT(
      lines_of(director_->history()),
      ElementsAre("a1 one: no answer: the connection is lost",
                  "- two: no answer: the connection is lost", "a2 three: ok, 1 rows affected"));
  EXPECT_EQ(director_->points().size(), 2U);
}

TEST_F(Interposed, FaultsOfTheFirstAttemptsDoNotStrikeInRetries) {
  plan("a2+=drop");
  say(insert_1);
  EXPECT_EQ(director_->begin_operation('a', 0, true), 2);
  EXPECT_EQ(say(insert_2), "ok, 1 rows affected");
  EXPECT_THAT(director_->fired(), IsEmpty());
  ASSERT_EQ(director_->points().size(), 2U);
  EXPECT_TRUE(director_->points().back().in_retry);
  EXPECT_EQ(director_->history().events.back().statement, 1) << "counted anew";
  EXPECT_TRUE(director_->history().events.back().retry);
}

TEST_F(Interposed, PointsKnowTheTransactionThatTheStatementRunsIn) {
  for (const char* text : {"BEGIN IMMEDIATE", insert_1, "COMMIT", "BEGIN", insert_2}) say(text);
  const std::vector<FaultPoint>& points = director_->points();
  EXPECT_TRUE(points[0].immediate);
  EXPECT_FALSE(points[0].transaction.open);
  EXPECT_TRUE(points[1].transaction.open);
  EXPECT_TRUE(points[1].transaction.has_write_lock);
  EXPECT_EQ(points[2].kind, sim::StatementKind::commit);
  EXPECT_FALSE(points[3].immediate);
  EXPECT_TRUE(points[4].transaction.open);
  EXPECT_FALSE(points[4].transaction.has_write_lock);
}

TEST_F(Interposed, BeginIsReadInSmallLettersToo) {
  for (const char* text : {"begin immediate", insert_1}) say(text);
  EXPECT_TRUE(director_->points()[0].immediate);
  EXPECT_TRUE(director_->points()[1].transaction.has_write_lock);
}

TEST_F(Interposed, HandBackFindsAnOpenTransactionAndEndsIt) {
  EXPECT_THAT(engine_->held(), IsEmpty());
  const std::unique_ptr<sim::Session> idle = connect();
  for (const char* text : {"BEGIN", insert_1}) say(text);
  EXPECT_THAT(engine_->held(), ElementsAre("connection 1: a transaction is open"));
  EXPECT_THAT(engine_->held(), IsEmpty());
  EXPECT_THAT(held(), IsEmpty());
}

TEST_F(Interposed, SessionClosedInsideATransactionLeavesNothingBehind) {
  for (const char* text : {"BEGIN IMMEDIATE", insert_1}) say(text);
  session_.reset();
  EXPECT_THAT(held(), IsEmpty());
  EXPECT_TRUE(world_.reset({}).ok());
}

TEST_F(Interposed, SettingsOfASessionDoNotReachTheNextBorrower) {
  const auto setting = [&] {
    return sim::to_string(session_->execute("PRAGMA recursive_triggers").value().rows.at(0).at(0));
  };
  ASSERT_EQ(setting(), "0");
  say("PRAGMA recursive_triggers = 1");
  ASSERT_EQ(setting(), "1");
  plan("clean");
  EXPECT_EQ(setting(), "0");
}

TEST_F(Interposed, TemporaryTablesOfASessionDoNotReachTheNextBorrower) {
  for (const char* line : {"clean", "a2=drop", "a2=lose-reply"}) {
    plan(line);
    EXPECT_EQ(say("CREATE TEMPORARY TABLE mine (v)").substr(0, 2), "ok") << line;
    say("SELECT * FROM mine");
    session_.reset();
    session_ = connect();
    EXPECT_EQ(say("SELECT * FROM mine").substr(0, 5), "error") << line;
  }
}

TEST_F(Interposed, WatcherSeesEachEventWithTheFaultThatStruck) {
  plan("a2=error:SQLITE_FULL");
  Texts seen;
  director_->on_event(
      [&](const Event& event) { seen.push_back(event.name + ": " + event.struck); });
  say(insert_1);
  say(insert_2);
  EXPECT_THAT(seen, ElementsAre("one: ", "two: error:SQLITE_FULL"));
}

TEST(Event, IsTheSameOnlyWithTheSameStatementAnswerAndConnection) {
  Event event;
  event.statement = 3;
  event.connection = 1;
  event.text = "SELECT 1";
  event.answer = "ok, 1 rows";
  EXPECT_TRUE(same(event, event, true));
  const auto differs = [&](auto change) {
    Event other = event;
    change(other);
    return !same(event, other, true);
  };
  EXPECT_TRUE(differs([](Event& other) { other.client = 'b'; }));
  EXPECT_TRUE(differs([](Event& other) { other.statement = 4; }));
  EXPECT_TRUE(differs([](Event& other) { other.operation = 1; }));
  EXPECT_TRUE(differs([](Event& other) { other.connection = 2; }));
  EXPECT_TRUE(differs([](Event& other) { other.text = "SELECT 2"; }));
  EXPECT_TRUE(differs([](Event& other) { other.answer = "ok, 2 rows"; }));
  EXPECT_TRUE(differs([](Event& other) { other.parameters = {sim::Value{std::int64_t{1}}}; }));
  Event dated = event;
  dated.parameters = {sim::Value{std::string("2025-10-01")}};
  EXPECT_TRUE(same(event, dated, false));
}

}  // namespace
}  // namespace splitproof::harness
