// What the transaction helper asks a database to do, on a database that answers by script.
#include "sim/sql/transaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_engine.h"

namespace splitproof::tests {
namespace {

using sim::Answer;
using sim::Body;
using sim::Done;
using sim::Error;
using sim::ErrorKind;
using sim::Outcome;
using sim::Rows;
using sim::Status;
using sim::Transaction;
using sim::TransactionEnd;
using testing::ElementsAre;
using namespace std::chrono_literals;

Status run(Transaction& transaction, const char* text) {
  const Answer<Rows> answer = transaction.execute(text);
  if (!answer.ok()) return answer.error();
  return Done{};
}

Body statement(const char* text) {
  return [text](Transaction& transaction) { return run(transaction, text); };
}

class TransactionTest : public testing::Test {
 protected:
  TransactionEnd run_body(const Body& body) { return run_transaction(client_, options_, body); }

  FakeEngine engine_;
  sim::ManualClock clock_{sim::Instant{}};
  sim::Rng rng_{1};
  sim::Client client_{engine_, clock_, rng_};
  sim::TransactionOptions options_;
};

TEST_F(TransactionTest, BeginsRunsTheBodyAndCommits) {
  const TransactionEnd end = run_body(statement("INSERT"));
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_FALSE(end.error.has_value());
  EXPECT_EQ(end.attempts, 1);
  EXPECT_THAT(engine_.log(), ElementsAre("connect", "BEGIN IMMEDIATE", "INSERT", "COMMIT"));
}

TEST_F(TransactionTest, KeepsTheSessionForTheNextTransaction) {
  (void)run_body(statement("INSERT"));
  (void)run_body(statement("INSERT"));
  EXPECT_EQ(engine_.count("connect"), 1);
}

TEST_F(TransactionTest, RollsBackWhenAStatementFails) {
  engine_.fail("INSERT", constraint());
  const TransactionEnd end = run_body(statement("INSERT"));
  EXPECT_EQ(end.outcome, Outcome::aborted);
  EXPECT_EQ(end.error->native_code, "23505");
  EXPECT_EQ(end.attempts, 1);
  EXPECT_THAT(engine_.log(), ElementsAre("connect", "BEGIN IMMEDIATE", "INSERT", "ROLLBACK"));
}

TEST_F(TransactionTest, RollsBackWhenTheBodyAnswersAnErrorOfItsOwn) {
  const TransactionEnd end = run_body([](Transaction&) -> Status {
    return Error{ErrorKind::invalid, "", "the month is not over"};
  });
  EXPECT_EQ(end.outcome, Outcome::aborted);
  EXPECT_EQ(end.error->message, "the month is not over");
  EXPECT_THAT(engine_.log(), ElementsAre("connect", "BEGIN IMMEDIATE", "ROLLBACK"));
}

TEST_F(TransactionTest, RollsBackWhenTheBodyHidesTheErrorOfAStatement) {
  engine_.fail("INSERT one", constraint());
  std::string second_answer;
  const TransactionEnd end = run_body([&](Transaction& transaction) -> Status {
    (void)run(transaction, "INSERT one");
    second_answer = run(transaction, "INSERT two").error().message;
    return Done{};
  });
  EXPECT_EQ(end.outcome, Outcome::aborted);
  EXPECT_EQ(end.error->native_code, "23505");
  EXPECT_THAT(second_answer, testing::HasSubstr("can only be rolled back: duplicate key value"));
  EXPECT_THAT(engine_.log(), ElementsAre("connect", "BEGIN IMMEDIATE", "INSERT one", "ROLLBACK"));
}

TEST_F(TransactionTest, RollsBackAndRethrowsAnExceptionOfTheBody) {
  const Body body = [](Transaction& transaction) -> Status {
    (void)run(transaction, "INSERT");
    throw std::runtime_error("between two saves");
  };
  EXPECT_THROW((void)run_body(body), std::runtime_error);
  EXPECT_THAT(engine_.log(), ElementsAre("connect", "BEGIN IMMEDIATE", "INSERT", "ROLLBACK"));
  EXPECT_EQ(run_body(statement("INSERT")).outcome, Outcome::committed);
}

TEST_F(TransactionTest, RethrowsTheExceptionOfTheBodyEvenIfTheRollbackThrowsToo) {
  engine_.throw_at("ROLLBACK");
  const Body body = [](Transaction&) -> Status { throw std::logic_error("the body's own"); };
  EXPECT_THROW((void)run_body(body), std::logic_error);
  EXPECT_EQ(engine_.log().back(), "close");
}

TEST_F(TransactionTest, LetsAnExceptionOfTheSessionThroughAndLeavesNothingOpen) {
  for (const char* const text : {"BEGIN", "COMMIT"}) {
    engine_.throw_at(text);
    EXPECT_THROW((void)run_body(statement("INSERT")), std::runtime_error) << text;
    EXPECT_EQ(engine_.log().back(), "ROLLBACK") << text;
  }
}

TEST_F(TransactionTest, ClosesTheSessionWhenTheRollbackFails) {
  engine_.fail("INSERT", constraint());
  engine_.fail("ROLLBACK", {ErrorKind::invalid, "SQLITE_ERROR", "no transaction is active"});
  EXPECT_EQ(run_body(statement("INSERT")).error->native_code, "23505");
  EXPECT_THAT(engine_.log(),
              ElementsAre("connect", "BEGIN IMMEDIATE", "INSERT", "ROLLBACK", "close"));
}

TEST_F(TransactionTest, ClosesTheSessionAndRunsNothingAgainWhenTheConnectionIsLostInTheBody) {
  engine_.fail("INSERT", connection_lost());
  const TransactionEnd end = run_body(statement("INSERT"));
  EXPECT_EQ(end.outcome, Outcome::aborted);
  EXPECT_EQ(end.error->kind, ErrorKind::connection_lost);
  EXPECT_EQ(end.attempts, 1);
  EXPECT_THAT(engine_.log(), ElementsAre("connect", "BEGIN IMMEDIATE", "INSERT", "close"));
}

TEST_F(TransactionTest, AnswersAbortedWhenNoConnectionIsToBeHad) {
  engine_.refuse_connections(connection_lost());
  const TransactionEnd end = run_body(statement("INSERT"));
  EXPECT_EQ(end.outcome, Outcome::aborted);
  EXPECT_EQ(end.error->native_code, "08006");
  EXPECT_EQ(end.attempts, 1);
}

TEST_F(TransactionTest, ClosesTheSessionWhenItCannotBegin) {
  engine_.fail("BEGIN", {ErrorKind::invalid, "SQLITE_ERROR", "within a transaction"});
  EXPECT_EQ(run_body(statement("INSERT")).outcome, Outcome::aborted);
  EXPECT_THAT(engine_.log(), ElementsAre("connect", "BEGIN IMMEDIATE", "close"));
}

TEST_F(TransactionTest, IsAbortedWhenTheDatabaseRefusesToCommit) {
  engine_.fail("COMMIT", {ErrorKind::transaction_failed, "25P02", "answered by ROLLBACK"});
  const TransactionEnd end = run_body(statement("INSERT"));
  EXPECT_EQ(end.outcome, Outcome::aborted);
  EXPECT_EQ(end.error->kind, ErrorKind::transaction_failed);
  EXPECT_EQ(engine_.log().back(), "ROLLBACK");
}

TEST_F(TransactionTest, RefusesTransactionControlInTheBody) {
  for (const char* const text : {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "RELEASE a"}) {
    const TransactionEnd end = run_body(statement(text));
    EXPECT_EQ(end.outcome, Outcome::aborted) << text;
    EXPECT_EQ(end.error->kind, ErrorKind::invalid) << text;
    EXPECT_THAT(end.error->message, testing::HasSubstr("use nested()")) << text;
  }
  EXPECT_EQ(engine_.count("COMMIT"), 0);
  EXPECT_EQ(engine_.count("SAVEPOINT"), 0);
}

TEST_F(TransactionTest, RefusesToBeginInsideItself) {
  TransactionEnd inner;
  const TransactionEnd outer = run_body([&](Transaction&) -> Status {
    inner = run_body(statement("INSERT"));
    return Done{};
  });
  EXPECT_EQ(outer.outcome, Outcome::committed);
  EXPECT_EQ(inner.outcome, Outcome::aborted);
  EXPECT_EQ(inner.attempts, 0);
  EXPECT_THAT(inner.error->message, testing::HasSubstr("use nested()"));
  EXPECT_EQ(engine_.count("INSERT"), 0);
}

class RetryTest : public TransactionTest {};

TEST_F(RetryTest, RunsTheWholeTransactionAgainAfterAConflict) {
  engine_.fail("UPDATE", conflict());
  const TransactionEnd end = run_body(statement("UPDATE"));
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_EQ(end.attempts, 2);
  EXPECT_THAT(engine_.log(), ElementsAre("connect", "BEGIN IMMEDIATE", "UPDATE", "ROLLBACK",
                                         "BEGIN IMMEDIATE", "UPDATE", "COMMIT"));
}

TEST_F(RetryTest, RunsAgainWhenBeginOrCommitMeetsAConflict) {
  engine_.fail("BEGIN", {ErrorKind::conflict, "SQLITE_BUSY", "database is locked"});
  engine_.fail("COMMIT", {ErrorKind::conflict, "SQLITE_BUSY", "database is locked"});
  EXPECT_EQ(run_body(statement("UPDATE")).attempts, 3);
  EXPECT_THAT(engine_.log(),
              ElementsAre("connect", "BEGIN IMMEDIATE", "BEGIN IMMEDIATE", "UPDATE", "COMMIT",
                          "ROLLBACK", "BEGIN IMMEDIATE", "UPDATE", "COMMIT"));
}

TEST_F(RetryTest, GivesUpAfterTheLastAttempt) {
  options_.attempts_max = 3;
  engine_.fail("UPDATE", conflict(), 100);
  const TransactionEnd end = run_body(statement("UPDATE"));
  EXPECT_EQ(end.outcome, Outcome::aborted);
  EXPECT_EQ(end.error->native_code, "40001");
  EXPECT_EQ(end.attempts, 3);
  EXPECT_EQ(engine_.count("UPDATE"), 3);
}

TEST_F(RetryTest, TriesOnceWhenFewerAttemptsAreAsked) {
  options_.attempts_max = 0;
  engine_.fail("UPDATE", conflict());
  EXPECT_EQ(run_body(statement("UPDATE")).attempts, 1);
}

TEST_F(RetryTest, RunsNothingAgainAfterAnyOtherError) {
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::invalid); ++kind) {
    const Error error{static_cast<ErrorKind>(kind), "code", "message"};
    if (error.kind == ErrorKind::conflict) continue;
    for (const char* const text : {"BEGIN", "UPDATE"}) {
      engine_.fail(text, error);
      const TransactionEnd end = run_body(statement("UPDATE"));
      EXPECT_EQ(end.outcome, Outcome::aborted) << to_string(error.kind) << text;
      EXPECT_EQ(end.attempts, 1) << to_string(error.kind) << text;
    }
  }
}

TEST_F(RetryTest, RunsAgainEvenIfTheBodyHidesTheConflict) {
  engine_.fail("UPDATE", conflict());
  const TransactionEnd end = run_body([](Transaction& transaction) -> Status {
    (void)run(transaction, "UPDATE");
    return Done{};
  });
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_EQ(end.attempts, 2);
}

TEST_F(RetryTest, WaitsLongerEachTimeWithinTheGivenBounds) {
  options_.attempts_max = 6;
  options_.backoff_first = 10ms;
  options_.backoff_max = 50ms;
  engine_.fail("UPDATE", conflict(), 100);
  std::vector<sim::Instant> begun;
  (void)run_body([&](Transaction& transaction) {
    begun.push_back(clock_.now());
    return run(transaction, "UPDATE");
  });
  const std::vector<std::chrono::milliseconds> longest{10ms, 20ms, 40ms, 50ms, 50ms};
  ASSERT_EQ(begun.size(), longest.size() + 1);
  for (std::size_t n = 0; n < longest.size(); ++n) {
    const auto wait = begun[n + 1] - begun[n];
    EXPECT_GE(wait, longest[n] / 2) << n;
    EXPECT_LE(wait, longest[n]) << n;
  }
  EXPECT_EQ(clock_.now(), begun.back()) << "no wait follows the last attempt";
}

}  // namespace
}  // namespace splitproof::tests
