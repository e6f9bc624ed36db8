// Errors that only PostgreSQL gives, each provoked on a real server and found again by its code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "sim/sql/postgres/postgres_engine.h"
#include "tests/engine/support.h"

namespace splitproof::sim {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

class PostgresErrors : public OnPostgres {
 protected:
  PostgresErrors() {
    run(*session_, "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)");
    run(*session_, "INSERT INTO t VALUES (1, 0), (2, 0)");
  }
};

TEST_F(PostgresErrors, AreToldInOneLineWithTheirDetails) {
  EXPECT_EQ(refuse(*session_, "INSERT INTO t VALUES (1, 5)").message,
            "duplicate key value violates unique constraint \"t_pkey\": Key (id)=(1) already "
            "exists.");
  EXPECT_EQ(refuse(*session_, "SELECT\nnothing FROM t").message,
            "column \"nothing\" does not exist");
  EXPECT_EQ(
      refuse(*session_, "DO $$ BEGIN RAISE 'first:  second' USING HINT = 'x'; END $$").message,
      "first:  second");
}

TEST_F(PostgresErrors, KeepTheCodeOfADeferredUniqueConstraintAtCommit) {
  run(*session_, "CREATE TABLE d (id BIGINT UNIQUE DEFERRABLE INITIALLY DEFERRED)");
  run(*session_, "BEGIN");
  run(*session_, "INSERT INTO d VALUES (1), (1)");
  const Error error = refuse(*session_, "COMMIT");
  EXPECT_EQ(error.native_code, "23505");
  EXPECT_EQ(error.kind, ErrorKind::constraint);
  EXPECT_EQ(number(*session_, "SELECT count(*) FROM d"), 0);
}

TEST_F(PostgresErrors, CallAnUpdateOfAnOldSnapshotAConflict) {
  const std::unique_ptr<PostgresSession> rival = open();
  run(*session_, "BEGIN ISOLATION LEVEL REPEATABLE READ");
  run(*session_, "SELECT * FROM t");
  run(*rival, "UPDATE t SET n = 1 WHERE id = 1");
  const Error error = refuse(*session_, "UPDATE t SET n = 2 WHERE id = 1");
  EXPECT_EQ(error.native_code, "40001");
  EXPECT_EQ(error.kind, ErrorKind::conflict);
  EXPECT_EQ(error.message, "could not serialize access due to concurrent update");
}

TEST_F(PostgresErrors, CallWriteSkewAtCommitAConflict) {
  const std::unique_ptr<PostgresSession> rival = open();
  for (Session* const each : {session_.get(), rival.get()}) {
    run(*each, "BEGIN ISOLATION LEVEL SERIALIZABLE");
    run(*each, "SELECT sum(n) FROM t");
  }
  run(*session_, "UPDATE t SET n = 1 WHERE id = 1");
  run(*rival, "UPDATE t SET n = 1 WHERE id = 2");
  run(*session_, "COMMIT");
  const Error error = refuse(*rival, "COMMIT");
  EXPECT_EQ(error.native_code, "40001");
  EXPECT_FALSE(leaves_commit_in_doubt(error));
  EXPECT_EQ(number(*rival, "SELECT n FROM t WHERE id = 2"), 0);
}

TEST_F(PostgresErrors, CallADeadlockAConflictOfTheOneThatLooksFirst) {
  const std::unique_ptr<PostgresSession> rival = open();
  run(*session_, "SET deadlock_timeout = '20ms'");
  run(*rival, "SET deadlock_timeout = '1h'");
  run(*session_, "BEGIN");
  run(*rival, "BEGIN");
  run(*session_, "UPDATE t SET n = 1 WHERE id = 1");
  run(*rival, "UPDATE t SET n = 1 WHERE id = 2");
  std::future<Answer<Rows>> waiting = std::async(
      std::launch::async, [&] { return rival->execute("UPDATE t SET n = 1 WHERE id = 1"); });
  const Error error = refuse(*session_, "UPDATE t SET n = 1 WHERE id = 2");
  EXPECT_EQ(error.native_code, "40P01");
  EXPECT_EQ(error.kind, ErrorKind::conflict);
  EXPECT_EQ(error.message, "deadlock detected");
  EXPECT_TRUE(waiting.get().ok());
}

TEST_F(PostgresErrors, TellATimeLimitFromALockThatIsTaken) {
  const std::unique_ptr<PostgresSession> rival = open();
  run(*rival, "BEGIN");
  run(*rival, "UPDATE t SET n = 1 WHERE id = 1");
  const Error taken = refuse(*session_, "SELECT * FROM t WHERE id = 1 FOR UPDATE NOWAIT");
  EXPECT_EQ(taken.native_code, "55P03");
  run(*session_, "SET statement_timeout = '20ms'");
  const Error late = refuse(*session_, "UPDATE t SET n = 2 WHERE id = 1");
  EXPECT_EQ(late.native_code, "57014");
  EXPECT_EQ(late.kind, ErrorKind::interrupted);
}

TEST_F(PostgresErrors, KeepTheCodesThatLibpqxxDrops) {
  run(*session_, "CREATE ROLE visitor");
  run(*session_, "SET ROLE visitor");
  EXPECT_EQ(refuse(*session_, "SELECT * FROM t").native_code, "42501");
  run(*session_, "RESET ROLE");
  run(*session_, "DROP ROLE visitor");
  const auto raise = [](const std::string& code) {
    return "DO $$ BEGIN RAISE 'made up' USING ERRCODE = '" + code + "'; END $$";
  };
  for (const char* const code :
       {"40000", "40001", "40P01", "53100", "53200", "0A000", "22012", "P0001", "72000", "58030"}) {
    const Error error = refuse(*session_, raise(code));
    EXPECT_EQ(error.native_code, code);
    EXPECT_EQ(error.kind, kind_of_code(code)) << code;
  }
}

// libpqxx takes 53300 for a broken connection; raised by a function it breaks nothing.
TEST_F(PostgresErrors, CallTooManyConnectionsAShortage) {
  const Error error =
      refuse(*session_, "DO $$ BEGIN RAISE 'made up' USING ERRCODE = '53300'; END $$");
  EXPECT_EQ(error.native_code, "53300");
  EXPECT_EQ(error.kind, ErrorKind::resource);
  EXPECT_TRUE(session_->execute("SELECT 1").ok());
}

TEST_F(PostgresErrors, NameTheZeroByteThatNoTextCanHold) {
  const std::string text("a\0b", 3);
  EXPECT_EQ(refuse(*session_, {"SELECT $1::text", {text}}).native_code, "22021");
  EXPECT_EQ(refuse(*session_, Statement(std::string("SELECT 1\0;", 10))).native_code, "22021");
  EXPECT_TRUE(session_->execute("SELECT 1").ok());
}

TEST_F(PostgresErrors, OfBadTextLeaveTheSessionUsable) {
  EXPECT_EQ(refuse(*session_, {"SELECT $1::text", {std::string("\xff")}}).native_code, "22021");
  EXPECT_EQ(refuse(*session_, {"SELECT $2::text", {std::string("x")}}).kind, ErrorKind::invalid);
  EXPECT_EQ(refuse(*session_, {"SELECT 1; SELECT $1::text", {std::string("x")}}).native_code,
            "42601");
  EXPECT_TRUE(run(*session_, "").rows.empty());
  EXPECT_TRUE(session_->execute("SELECT 1").ok());
}

TEST_F(PostgresErrors, SayWhyNoConnectionCouldBeMade) {
  PostgresEngine nowhere("host=/no/such/folder dbname=x");
  const Error error = nowhere.connect().error();
  EXPECT_EQ(error.native_code, "08001");
  EXPECT_EQ(error.kind, ErrorKind::connection_lost);
  EXPECT_THAT(error.message, HasSubstr("/no/such/folder"));
  EXPECT_THAT(error.message, Not(HasSubstr("\n")));
  PostgresEngine unknown(database_.connection() + " dbname=no_such_database");
  EXPECT_THAT(unknown.connect().error().message, HasSubstr("\"no_such_database\" does not exist"));
  PostgresEngine nonsense("this is not a connection string");
  EXPECT_EQ(nonsense.connect().error().native_code, "08001");
}

TEST_F(PostgresErrors, ThatAreOnlyNoticesAreNotPrinted) {
  testing::internal::CaptureStderr();
  run(*session_, "DO $$ BEGIN RAISE WARNING 'look at me'; END $$");
  run(*session_, "DROP TABLE IF EXISTS never_was");
  run(*session_, "COMMIT");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(PostgresErrors, DoNotHideTheServersOwnTypes) {
  const Rows rows = run(*session_,
                        "SELECT 7::int2, 7::int4, 1.5::float4, 'NaN'::float8, 1.50::numeric, true, "
                        "DATE '2025-08-31', NULL::int4");
  const Row& row = rows.rows.at(0);
  EXPECT_EQ(row[0], Value(std::int64_t{7}));
  EXPECT_EQ(row[1], Value(std::int64_t{7}));
  EXPECT_EQ(row[2], Value(1.5));
  EXPECT_NE(std::get<double>(row[3]), std::get<double>(row[3]));
  EXPECT_EQ(row[4], Value(std::string("1.50")));
  EXPECT_EQ(row[5], Value(std::string("t")));
  EXPECT_EQ(row[6], Value(std::string("2025-08-31")));
  EXPECT_EQ(row[7], Value(Null{}));
  const Answer<std::string> version = postgres_version(*session_);
  ASSERT_TRUE(version.ok());
  EXPECT_THAT(version.value(), MatchesRegex("[0-9]+\\.[0-9]+"));
}

}  // namespace
}  // namespace splitproof::sim
