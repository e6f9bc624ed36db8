// A transaction that has failed: PostgreSQL answers its COMMIT with ROLLBACK, and the client must
// hear of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/support.h"

namespace splitproof::sim {
namespace {

class FailedTransaction : public OnPostgres {
 protected:
  FailedTransaction() { run(*session_, "CREATE TABLE t (id BIGINT PRIMARY KEY)"); }

  void begin_and_fail() {
    run(*session_, "BEGIN");
    run(*session_, "INSERT INTO t VALUES (1)");
    refuse(*session_, "INSERT INTO t VALUES (1)");
  }

  // Outside a transaction each statement is one of its own, so the number moves on.
  void expect_idle() {
    const std::int64_t first = number(*session_, "SELECT pg_current_xact_id()::text::bigint");
    EXPECT_NE(number(*session_, "SELECT pg_current_xact_id()::text::bigint"), first);
  }
};

TEST_F(FailedTransaction, IsNotCommittedAndItsClientIsTold) {
  begin_and_fail();
  const Error error = refuse(*session_, "COMMIT");
  EXPECT_EQ(error.native_code, "25P02");
  EXPECT_EQ(error.kind, ErrorKind::transaction_failed);
  EXPECT_FALSE(leaves_commit_in_doubt(error));
  EXPECT_FALSE(is_retryable(error));
  expect_idle();
  EXPECT_EQ(number(*session_, "SELECT count(*) FROM t"), 0);
}

TEST_F(FailedTransaction, TakesNothingButItsEnd) {
  begin_and_fail();
  EXPECT_EQ(refuse(*session_, "SELECT 1").native_code, "25P02");
  EXPECT_EQ(refuse(*session_, "BEGIN").native_code, "25P02");
  EXPECT_EQ(refuse(*session_, "SAVEPOINT s").native_code, "25P02");
  run(*session_, "ROLLBACK");
  expect_idle();
}

TEST_F(FailedTransaction, IsCommittedAfterGoingBackToASavepoint) {
  run(*session_, "BEGIN");
  run(*session_, "INSERT INTO t VALUES (1)");
  run(*session_, "SAVEPOINT s");
  refuse(*session_, "INSERT INTO t VALUES (1)");
  run(*session_, "ROLLBACK TO s");
  run(*session_, "COMMIT");
  EXPECT_EQ(number(*session_, "SELECT count(*) FROM t"), 1);
}

TEST_F(FailedTransaction, DoesNotCloudTheNextOne) {
  begin_and_fail();
  refuse(*session_, "COMMIT");
  run(*session_, "BEGIN");
  run(*session_, "INSERT INTO t VALUES (1)");
  run(*session_, "COMMIT");
  refuse(*session_, "INSERT INTO t VALUES (1)");
  run(*session_, "COMMIT");  // A warning of the server, but not a failed transaction.
}

TEST_F(FailedTransaction, IsNoticedAfterCommitAndChain) {
  run(*session_, "BEGIN");
  run(*session_, "COMMIT AND CHAIN");
  refuse(*session_, "SELEKT");
  EXPECT_EQ(refuse(*session_, "COMMIT").native_code, "25P02");
  expect_idle();
}

TEST_F(FailedTransaction, IsNoticedInATextOfSeveralStatements) {
  // A text with a syntax error is refused whole. The session cannot know that nothing was begun; to
  // say that nothing was saved is true all the same.
  refuse(*session_, "BEGIN; INSERT INTO t VALUES (1); SELEKT");
  EXPECT_EQ(refuse(*session_, "COMMIT").native_code, "25P02");
  expect_idle();
  refuse(*session_, "BEGIN; INSERT INTO t VALUES (1); INSERT INTO t VALUES (1)");
  EXPECT_EQ(refuse(*session_, "COMMIT").native_code, "25P02");
  expect_idle();
}

}  // namespace
}  // namespace splitproof::sim
