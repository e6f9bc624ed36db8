// A connection that is lost stays lost: the session never comes back on another server process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "sim/sql/client.h"
#include "sim/sql/transaction.h"
#include "tests/engine/support.h"

namespace splitproof::sim {
namespace {

class LostSession : public OnPostgres {
 protected:
  LostSession() { run(*session_, "CREATE TABLE t (id BIGINT PRIMARY KEY)"); }

  // Returns when the server process has gone.
  void terminate(int backend) {
    run(*killer_, {"SELECT pg_terminate_backend($1::int, 60000)", {std::int64_t{backend}}});
  }

  std::int64_t sessions_on_database() {
    return number(*killer_,
                  "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()");
  }

  void expect_dead_for_ever(Session& session) {
    for (int attempt = 0; attempt < 5; ++attempt) {
      const Error error = refuse(session, "SELECT 1");
      EXPECT_EQ(error.native_code, "08006");
      EXPECT_EQ(error.kind, ErrorKind::connection_lost);
    }
    EXPECT_EQ(sessions_on_database(), 1) << "Somebody has reconnected.";
  }

  std::unique_ptr<PostgresSession> killer_ = open();
};

TEST_F(LostSession, IsDeadForEverAfterItsBackendWasEndedWhileIdle) {
  terminate(session_->backend_pid());
  expect_dead_for_ever(*session_);
}

TEST_F(LostSession, IsDeadForEverAfterItsBackendWasEndedInAStatement) {
  const int backend = session_->backend_pid();
  std::future<Answer<Rows>> sleeping =
      std::async(std::launch::async, [&] { return session_->execute("SELECT pg_sleep(600)"); });
  const Statement active(
      "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND state = 'active'",
      {std::int64_t{backend}});
  while (number(*killer_, active) == 0) {
  }
  terminate(backend);
  const Answer<Rows> answer = sleeping.get();
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::connection_lost);
  EXPECT_EQ(answer.error().message, "the connection to the server was lost; no answer came");
  expect_dead_for_ever(*session_);
}

TEST_F(LostSession, LeavesACommitInDoubt) {
  run(*session_, "BEGIN");
  run(*session_, "INSERT INTO t VALUES (1)");
  terminate(session_->backend_pid());
  const Error error = refuse(*session_, "COMMIT");
  EXPECT_EQ(error.kind, ErrorKind::connection_lost);
  EXPECT_TRUE(leaves_commit_in_doubt(error));
  expect_dead_for_ever(*session_);
  EXPECT_EQ(number(*killer_, "SELECT count(*) FROM t"), 0);
}

TEST_F(LostSession, IsRecognisedWhenAFunctionRaisesTheErrorOfALostConnection) {
  run(*session_, "BEGIN");
  run(*session_, "INSERT INTO t VALUES (1)");
  const Error error = refuse(*session_, "DO $$ BEGIN RAISE 'gone' USING ERRCODE = '08006'; END $$");
  EXPECT_EQ(error.kind, ErrorKind::connection_lost);
  EXPECT_EQ(error.message, "gone");
  const Statement left("SELECT count(*) FROM pg_stat_activity WHERE pid = $1",
                       {std::int64_t{session_->backend_pid()}});
  while (number(*killer_, left) != 0) {
  }
  expect_dead_for_ever(*session_);
}

TEST_F(LostSession, IsReplacedByTheClientBetweenTransactionsOnly) {
  ManualClock clock{Instant()};
  Rng rng(1);
  Client client(database_.engine(), clock, rng);
  const auto insert = [&](std::int64_t id, bool lose) {
    return run_transaction(client, {}, [&, id, lose](Transaction& transaction) -> Status {
      const Answer<Rows> own = transaction.execute("SELECT pg_backend_pid()");
      if (!own.ok()) return own.error();
      if (lose) terminate(static_cast<int>(std::get<std::int64_t>(own.value().rows[0][0])));
      const Answer<Rows> done = transaction.execute({"INSERT INTO t VALUES ($1)", {id}});
      if (!done.ok()) return done.error();
      return Done{};
    });
  };
  EXPECT_EQ(insert(1, false).outcome, Outcome::committed);
  const TransactionEnd lost = insert(2, true);
  EXPECT_EQ(lost.outcome, Outcome::aborted);
  EXPECT_EQ(lost.attempts, 1) << "A lost connection is not a conflict.";
  EXPECT_EQ(insert(3, false).outcome, Outcome::committed);
  EXPECT_EQ(number(*killer_, "SELECT sum(id)::bigint FROM t"), 4);
}

}  // namespace
}  // namespace splitproof::sim
