// What the transaction helper makes of a COMMIT whose answer was lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/sql/transaction.h"
#include "tests/support/fake_engine.h"

namespace splitproof::tests {
namespace {

using sim::Answer;
using sim::Dialect;
using sim::Error;
using sim::ErrorKind;
using sim::Null;
using sim::Outcome;
using sim::Row;
using sim::Session;
using sim::Status;
using sim::Transaction;
using sim::TransactionEnd;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* remember = "remember the transaction id";
constexpr const char* status = "ask for the transaction's status";

class LostCommitTest : public testing::Test {
 protected:
  TransactionEnd run_update(FakeEngine& engine) {
    sim::Client client(engine, clock_, rng_);
    return run_transaction(client, options_, [](Transaction& transaction) -> Status {
      const auto answer = transaction.execute("UPDATE");
      if (!answer.ok()) return answer.error();
      return sim::Done{};
    });
  }

  // PostgreSQL, on which transaction 724 loses the answer of its COMMIT.
  TransactionEnd run_postgres() { return run_update(postgres_); }

  void lose_commit() {
    postgres_.answer(remember, {Row{"724", "start", "reset"}});
    postgres_.fail("COMMIT", connection_lost());
  }

  void probe_answers(bool row_is_there) {
    options_.was_committed = [this, row_is_there](Session& session) -> Answer<bool> {
      ++probes_;
      const auto answer = session.execute("probe");
      if (!answer.ok()) return answer.error();
      return row_is_there;
    };
  }

  FakeEngine postgres_{Dialect::postgres};
  FakeEngine sqlite_{Dialect::sqlite};
  sim::ManualClock clock_{sim::Instant{}};
  sim::Rng rng_{1};
  sim::TransactionOptions options_;
  int probes_ = 0;
};

TEST_F(LostCommitTest, IsCommittedWhenTheSameServerSaysSo) {
  lose_commit();
  postgres_.answer(status, {Row{"committed", "start", "reset"}});
  const TransactionEnd end = run_postgres();
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_FALSE(end.error.has_value());
  EXPECT_EQ(end.attempts, 1);
  EXPECT_THAT(postgres_.log(),
              ElementsAre("connect", "BEGIN ISOLATION LEVEL SERIALIZABLE", "UPDATE", remember,
                          "COMMIT", "close", "connect", status, "close"));
}

TEST_F(LostCommitTest, IsAbortedWhenTheSameServerSaysSoAndIsNotRunAgain) {
  lose_commit();
  postgres_.answer(status, {Row{"aborted", "start", "reset"}});
  const TransactionEnd end = run_postgres();
  EXPECT_EQ(end.outcome, Outcome::aborted);
  EXPECT_EQ(end.error->kind, ErrorKind::connection_lost);
  EXPECT_EQ(postgres_.count("UPDATE"), 1);
}

TEST_F(LostCommitTest, DoesNotBelieveAnotherLifeOfTheServer) {
  const std::vector<Row> other_lives{
      {"committed", "restarted", "reset"}, {"committed", "start", "reset by crash recovery"},
      {"aborted", "restarted", "reset"},   {"in progress", "restarted", "reset"},
      {Null{}, "start", "reset"},          {"committed", "start", Null{}}};
  for (const Row& row : other_lives) {
    lose_commit();
    postgres_.answer(status, {row});
    const TransactionEnd end = run_postgres();
    EXPECT_EQ(end.outcome, Outcome::indeterminate) << to_string(row[0]) << to_string(row[1]);
    EXPECT_EQ(end.error->native_code, "08006");
    EXPECT_THAT(end.error->message, HasSubstr("whether it was committed is unknown"));
  }
  EXPECT_EQ(postgres_.count("UPDATE"), static_cast<int>(other_lives.size()));
}

TEST_F(LostCommitTest, AsksTheCallersRowAcrossARestart) {
  for (const bool row_is_there : {true, false}) {
    lose_commit();
    postgres_.answer(status, {Row{"committed", "restarted", "reset"}});
    probe_answers(row_is_there);
    const TransactionEnd end = run_postgres();
    EXPECT_EQ(end.outcome, row_is_there ? Outcome::committed : Outcome::aborted);
  }
  EXPECT_EQ(probes_, 2);
}

TEST_F(LostCommitTest, AsksTheCallersRowWhenTheServerForgotTheIdInACrash) {
  for (const bool row_is_there : {true, false}) {
    lose_commit();
    postgres_.fail(status, {ErrorKind::invalid, "22023", "transaction ID 724 is in the future"});
    probe_answers(row_is_there);
    EXPECT_EQ(run_postgres().outcome, row_is_there ? Outcome::committed : Outcome::aborted);
  }
  EXPECT_EQ(postgres_.count(status), 2);
}

TEST_F(LostCommitTest, DoesNotAskTheCallersRowWhenTheServerDecides) {
  lose_commit();
  probe_answers(false);
  postgres_.answer(status, {Row{"committed", "start", "reset"}});
  EXPECT_EQ(run_postgres().outcome, Outcome::committed);
  EXPECT_EQ(probes_, 0);
}

TEST_F(LostCommitTest, WaitsWhileTheServerHoldsTheTransactionOpen) {
  lose_commit();
  postgres_.answer(status, {Row{"in progress", "start", "reset"}}, 3);
  postgres_.answer(status, {Row{"committed", "start", "reset"}});
  EXPECT_EQ(run_postgres().outcome, Outcome::committed);
  EXPECT_EQ(postgres_.count(status), 4);
  EXPECT_GT(clock_.now(), sim::Instant{});
}

TEST_F(LostCommitTest, IsIndeterminateWhenTheTransactionStaysOpenWhateverTheCallersRowSays) {
  lose_commit();
  probe_answers(false);
  postgres_.answer(status, {Row{"in progress", "start", "reset"}}, 1000);
  const TransactionEnd end = run_postgres();
  EXPECT_EQ(end.outcome, Outcome::indeterminate);
  EXPECT_THAT(end.error->message, HasSubstr("still counts it as in progress"));
  EXPECT_EQ(probes_, 0) << "an absent row proves nothing while the transaction may yet commit";
  EXPECT_LE(postgres_.count(status), 20);
}

TEST_F(LostCommitTest, TriesAgainWhenTheQuestionFails) {
  lose_commit();
  postgres_.fail(status, connection_lost());
  postgres_.answer(status, {}, 1);
  postgres_.answer(status, {Row{"committed", "start", "reset"}});
  EXPECT_EQ(run_postgres().outcome, Outcome::committed);
  EXPECT_EQ(postgres_.count("connect"), 4);
}

TEST_F(LostCommitTest, IsIndeterminateWhenTheServerStaysAway) {
  lose_commit();
  sim::Client client(postgres_, clock_, rng_);
  const TransactionEnd end = run_transaction(client, options_, [&](Transaction&) -> Status {
    postgres_.refuse_connections({ErrorKind::connection_lost, "08001", "no server"}, 1000);
    return sim::Done{};
  });
  EXPECT_EQ(end.outcome, Outcome::indeterminate);
  EXPECT_EQ(end.error->native_code, "08006") << "the error of the COMMIT, not of the question";
  EXPECT_THAT(end.error->message, HasSubstr("no server"));
  EXPECT_LE(postgres_.count("connection refused"), 20);
}

TEST_F(LostCommitTest, IsAbortedWhenTheTransactionIdCannotBeRemembered) {
  postgres_.fail(remember, connection_lost());
  const TransactionEnd end = run_postgres();
  EXPECT_EQ(end.outcome, Outcome::aborted);
  EXPECT_EQ(postgres_.count("COMMIT"), 0);
}

TEST_F(LostCommitTest, IsCommittedWhenNothingWasWrittenBelowSerializable) {
  postgres_.answer(remember, {Row{Null{}, "start", "reset"}});
  postgres_.fail("COMMIT", connection_lost());
  options_.isolation = sim::Isolation::repeatable_read;
  EXPECT_EQ(run_postgres().outcome, Outcome::committed);
  EXPECT_EQ(postgres_.count(status), 0);
}

TEST_F(LostCommitTest, IsAbortedWhenNothingWasWrittenAtSerializable) {
  postgres_.answer(remember, {Row{Null{}, "start", "reset"}});
  postgres_.fail("COMMIT", connection_lost());
  EXPECT_EQ(run_postgres().outcome, Outcome::aborted) << "the lost answer may have been 40001";
  EXPECT_EQ(postgres_.count("UPDATE"), 1);
}

TEST_F(LostCommitTest, AsksNothingBeforeTheCommitOfAReader) {
  options_.access = sim::Access::read_only;
  options_.isolation = sim::Isolation::repeatable_read;
  postgres_.fail("COMMIT", connection_lost());
  EXPECT_EQ(run_postgres().outcome, Outcome::committed);
  EXPECT_EQ(postgres_.count(remember), 0);
}

TEST_F(LostCommitTest, OnSqliteIsIndeterminateWithoutARowToAskFor) {
  for (const Error& error :
       {connection_lost(), Error{ErrorKind::io, "SQLITE_IOERR_FSYNC", "disk I/O error"}}) {
    sqlite_.fail("COMMIT", error);
    const TransactionEnd end = run_update(sqlite_);
    EXPECT_EQ(end.outcome, Outcome::indeterminate);
    EXPECT_EQ(end.error->native_code, error.native_code);
  }
  EXPECT_EQ(sqlite_.count("UPDATE"), 2);
}

TEST_F(LostCommitTest, OnSqliteTheRowDecidesOnAnotherSession) {
  for (const bool row_is_there : {true, false}) {
    sqlite_.fail("COMMIT", connection_lost());
    probe_answers(row_is_there);
    EXPECT_EQ(run_update(sqlite_).outcome, row_is_there ? Outcome::committed : Outcome::aborted);
  }
  EXPECT_THAT(std::vector<std::string>(sqlite_.log().begin(), sqlite_.log().begin() + 8),
              ElementsAre("connect", "BEGIN IMMEDIATE", "UPDATE", "COMMIT", "close", "connect",
                          "probe", "close"));
}

// SQLite ends the transaction itself where a COMMIT meets a full disk; whether it is carried out
// then depends on what the disk still took.
TEST_F(LostCommitTest, OnSqliteAFullDiskLeavesADoubtWhereNothingIsLeftToRollBack) {
  const Error full{ErrorKind::resource, "SQLITE_FULL", "database or disk is full"};
  for (const bool row_is_there : {true, false}) {
    sqlite_.fail("COMMIT", full);
    sqlite_.fail("ROLLBACK", {ErrorKind::invalid, "SQLITE_ERROR", "no transaction is active"});
    probe_answers(row_is_there);
    EXPECT_EQ(run_update(sqlite_).outcome, row_is_there ? Outcome::committed : Outcome::aborted);
  }
  EXPECT_EQ(probes_, 2);
  sqlite_.fail("COMMIT", full);
  EXPECT_EQ(run_update(sqlite_).outcome, Outcome::aborted) << "it was rolled back";
  EXPECT_EQ(probes_, 2);
}

TEST_F(LostCommitTest, AsksForTheRowAgainWhenTheQuestionFails) {
  sqlite_.fail("COMMIT", connection_lost());
  sqlite_.fail("probe", {ErrorKind::conflict, "SQLITE_BUSY", "database is locked"}, 2);
  probe_answers(true);
  EXPECT_EQ(run_update(sqlite_).outcome, Outcome::committed);
  EXPECT_EQ(probes_, 3);
}

TEST_F(LostCommitTest, IsIndeterminateWhenTheRowCannotBeAskedFor) {
  sqlite_.fail("COMMIT", connection_lost());
  sqlite_.fail("probe", {ErrorKind::io, "SQLITE_IOERR", "disk I/O error"}, 1000);
  probe_answers(true);
  const TransactionEnd end = run_update(sqlite_);
  EXPECT_EQ(end.outcome, Outcome::indeterminate);
  EXPECT_THAT(end.error->message, HasSubstr("disk I/O error"));
}

}  // namespace
}  // namespace splitproof::tests
