// The shared database in memory: its locks, its clock, its chance, and its image.
#include "sim/sql/sqlite/sqlite_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace splitproof::tests {
namespace {

using sim::Answer;
using sim::Engine;
using sim::ErrorKind;
using sim::Rows;
using sim::Session;
using sim::SqliteMemory;
using sim::Statement;
using sim::Value;
using namespace std::chrono_literals;

constexpr sim::Instant september{1756684800000ms};  // 2025-09-01 00:00:00 UTC

std::unique_ptr<Session> open(Engine& engine) {
  Answer<std::unique_ptr<Session>> opened = engine.connect();
  if (!opened.ok()) throw std::runtime_error(opened.error().message);
  return std::move(opened).value();
}

Rows run(Session& session, const Statement& statement) {
  Answer<Rows> answer = session.execute(statement);
  if (!answer.ok()) throw std::runtime_error(statement.text() + ": " + answer.error().message);
  return std::move(answer).value();
}

std::string text_of(Session& session, const Statement& statement) {
  std::string text;
  for (const sim::Row& row : run(session, statement).rows) {
    for (const Value& value : row) text += to_string(value) + " ";
  }
  return text;
}

std::string code_of(Session& session, const Statement& statement) {
  const Answer<Rows> answer = session.execute(statement);
  return answer.ok() ? "" : answer.error().native_code;
}

class SqliteMemoryTest : public testing::Test {
 protected:
  SqliteMemoryTest() {
    run(*one_, "CREATE TABLE t (a INTEGER PRIMARY KEY, b)");
    run(*one_, "INSERT INTO t VALUES (1, 'saved')");
  }

  sim::ManualClock clock_{september};
  SqliteMemory memory_{clock_};
  std::unique_ptr<Session> one_ = open(memory_);
  std::unique_ptr<Session> two_ = open(memory_);
};

constexpr const char* all = "SELECT b FROM t ORDER BY a";

TEST_F(SqliteMemoryTest, IsSharedByItsSessions) { EXPECT_EQ(text_of(*two_, all), "saved "); }

TEST_F(SqliteMemoryTest, IsNotSharedWithAnotherObject) {
  SqliteMemory other(clock_);
  const auto session = open(other);
  EXPECT_EQ(code_of(*session, all), "SQLITE_ERROR");
}

TEST_F(SqliteMemoryTest, OutlivesItsLastSession) {
  one_.reset();
  two_.reset();
  EXPECT_EQ(text_of(*open(memory_), all), "saved ");
}

TEST_F(SqliteMemoryTest, RollsBack) {
  run(*one_, "BEGIN");
  run(*one_, "UPDATE t SET b = 'changed'");
  run(*one_, "CREATE TABLE u (a)");
  run(*one_, "ROLLBACK");
  EXPECT_EQ(text_of(*one_, all), "saved ");
  EXPECT_EQ(code_of(*two_, "SELECT * FROM u"), "SQLITE_ERROR");
}

TEST_F(SqliteMemoryTest, RollsBackTheTransactionOfASessionThatCloses) {
  run(*one_, "BEGIN");
  run(*one_, "UPDATE t SET b = 'changed'");
  one_.reset();
  EXPECT_EQ(text_of(*two_, all), "saved ");
  EXPECT_EQ(code_of(*two_, "UPDATE t SET b = 'changed'"), "") << "a lock was left behind";
}

TEST_F(SqliteMemoryTest, RollsBackAWriteThatIsLargerThanThePageCache) {
  run(*one_, "PRAGMA cache_size = 10");
  run(*one_, "BEGIN");
  run(*one_,
      "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
      "INSERT INTO t SELECT i, hex(zeroblob(200)) FROM n");
  run(*one_, "ROLLBACK");
  EXPECT_EQ(text_of(*two_, all), "saved ");
  EXPECT_EQ(text_of(*two_, "PRAGMA integrity_check"), "ok ");
}

class SqliteMemoryLocks : public SqliteMemoryTest {};

TEST_F(SqliteMemoryLocks, LetOneWriterInAndAnswerBusyAtOnceToTheOther) {
  run(*one_, "BEGIN IMMEDIATE");
  EXPECT_EQ(code_of(*two_, "UPDATE t SET b = 'two'"), "SQLITE_BUSY");
  EXPECT_EQ(code_of(*two_, "BEGIN IMMEDIATE"), "SQLITE_BUSY");
  run(*one_, "COMMIT");
  EXPECT_EQ(code_of(*two_, "UPDATE t SET b = 'two'"), "");
}

TEST_F(SqliteMemoryLocks, LetReadersSeeTheStateBeforeWhileAWriterWorks) {
  run(*one_, "BEGIN IMMEDIATE");
  run(*one_, "UPDATE t SET b = 'changed'");
  EXPECT_EQ(text_of(*two_, all), "saved ");
  run(*one_, "COMMIT");
  EXPECT_EQ(text_of(*two_, all), "changed ");
}

TEST_F(SqliteMemoryLocks, RefuseACommitUnderAReaderAndKeepNewReadersOut) {
  run(*two_, "BEGIN");
  EXPECT_EQ(text_of(*two_, all), "saved ");
  run(*one_, "BEGIN IMMEDIATE");
  run(*one_, "UPDATE t SET b = 'changed'");
  EXPECT_EQ(code_of(*one_, "COMMIT"), "SQLITE_BUSY");
  EXPECT_EQ(code_of(*open(memory_), all), "SQLITE_BUSY") << "the writer waits for readers to leave";
  EXPECT_EQ(text_of(*two_, all), "saved ") << "the reader that is inside stays inside";
  run(*two_, "COMMIT");
  run(*one_, "COMMIT");
  EXPECT_EQ(text_of(*two_, all), "changed ");
}

TEST_F(SqliteMemoryLocks, LetReadersBackInAfterTheRefusedCommitIsRolledBack) {
  run(*two_, "BEGIN");
  run(*two_, all);
  run(*one_, "BEGIN IMMEDIATE");
  run(*one_, "UPDATE t SET b = 'changed'");
  ASSERT_EQ(code_of(*one_, "COMMIT"), "SQLITE_BUSY");
  run(*one_, "ROLLBACK");
  EXPECT_EQ(text_of(*open(memory_), all), "saved ");
}

TEST_F(SqliteMemoryLocks, ForbidTheLostUpdateOfTwoDeferredTransactions) {
  for (Session* const session : {one_.get(), two_.get()}) {
    run(*session, "BEGIN");
    run(*session, all);
  }
  run(*one_, "UPDATE t SET b = 'one'");
  EXPECT_EQ(code_of(*two_, "UPDATE t SET b = 'two'"), "SQLITE_BUSY");
  EXPECT_EQ(code_of(*one_, "COMMIT"), "SQLITE_BUSY");
  run(*two_, "ROLLBACK");
  run(*one_, "COMMIT");
  EXPECT_EQ(text_of(*two_, all), "one ");
}

class SqliteMemoryTime : public SqliteMemoryTest {};

TEST_F(SqliteMemoryTime, IsTheClocks) {
  EXPECT_EQ(text_of(*one_, "SELECT CURRENT_TIMESTAMP"), "2025-09-01 00:00:00 ");
  clock_.wait(std::chrono::hours(25) + 250ms);
  EXPECT_EQ(text_of(*one_, "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')"),
            "2025-09-02 01:00:00.250 ");
  EXPECT_EQ(text_of(*one_, "SELECT unixepoch()"), "1756774800 ");
}

class SqliteMemoryChance : public SqliteMemoryTest {
 protected:
  SqliteMemoryChance() { save(); }
  void save() { ASSERT_TRUE(memory_.save().ok()); }
  void restore(std::uint64_t seed) { ASSERT_TRUE(memory_.restore(seed).ok()); }
};

constexpr const char* draw = "SELECT random(), randomblob(8), hex(randomblob(0))";

TEST_F(SqliteMemoryChance, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const auto drawn = [&](std::uint64_t seed) {
    restore(seed);
    return text_of(*one_, draw) + text_of(*one_, draw) + text_of(*open(memory_), draw);
  };
  const std::string first = drawn(1);
  EXPECT_NE(drawn(2), first);
  EXPECT_EQ(drawn(1), first);
}

TEST_F(SqliteMemoryChance, DiffersBetweenSessionsAndDoesNotDependOnTheOther) {
  restore(1);
  const std::string second_after_first = text_of(*one_, draw) + "|" + text_of(*two_, draw);
  restore(1);
  const std::string second = text_of(*two_, draw);
  EXPECT_EQ(text_of(*one_, draw) + "|" + second, second_after_first);
  EXPECT_NE(second_after_first, second + "|" + second);
}

TEST_F(SqliteMemoryChance, IsTheSameInAnotherObject) {
  SqliteMemory other(clock_);
  const auto session = open(other);
  ASSERT_TRUE(other.save().ok());
  ASSERT_TRUE(other.restore(5).ok());
  restore(5);
  EXPECT_EQ(text_of(*session, draw), text_of(*one_, draw));
}

TEST_F(SqliteMemoryChance, GivesBlobsOfTheAskedLength) {
  EXPECT_EQ(text_of(*one_, "SELECT length(randomblob(1000)), length(randomblob(-5))"), "1000 1 ");
}

class SqliteMemoryImage : public SqliteMemoryChance {};

TEST_F(SqliteMemoryImage, ComesBackForSessionsThatStayedOpenAndForOthers) {
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(text_of(*two_, all), "saved ");
    run(*one_, "UPDATE t SET b = 'changed'");
    run(*one_, "INSERT INTO t VALUES (2, 'more')");
    EXPECT_EQ(text_of(*two_, all), "changed more ");
    restore(1);
    EXPECT_EQ(text_of(*one_, all), "saved ");
    EXPECT_EQ(text_of(*two_, all), "saved ");
    EXPECT_EQ(text_of(*open(memory_), all), "saved ");
    EXPECT_EQ(text_of(*one_, "PRAGMA integrity_check"), "ok ");
  }
}

// Session two looks once in each round, so that its cache is of the round before, with the same
// number of changes since the image.
TEST_F(SqliteMemoryImage, IsNeverMistakenForAnEarlierRoundOfTheSameLength) {
  for (int round = 0; round < 5; ++round) {
    restore(1);
    run(*one_, {"UPDATE t SET b = $1", {std::int64_t{round}}});
    EXPECT_EQ(text_of(*two_, all), std::to_string(round) + " ");
  }
}

TEST_F(SqliteMemoryImage, IsNeverMistakenForAnEarlierSchemaWithTheSameCookie) {
  restore(1);
  run(*one_, "CREATE TABLE u (x)");
  run(*one_, "INSERT INTO u VALUES ('x')");
  EXPECT_EQ(text_of(*two_, "SELECT * FROM u"), "x ");
  restore(1);
  EXPECT_EQ(code_of(*one_, "SELECT * FROM u"), "SQLITE_ERROR");
  run(*one_, "CREATE TABLE u (y, z)");
  run(*one_, "INSERT INTO u VALUES ('y', 'z')");
  EXPECT_EQ(text_of(*two_, "SELECT * FROM u"), "y z ");
  restore(1);
  EXPECT_EQ(code_of(*two_, "SELECT * FROM u"), "SQLITE_ERROR");
}

TEST_F(SqliteMemoryImage, ComesBackWholeAfterTheFileGrewAndShrank) {
  run(*one_,
      "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
      "INSERT INTO t SELECT i, hex(zeroblob(100)) FROM n");
  save();
  const std::string sum = text_of(*one_, "SELECT count(*), sum(length(b)) FROM t");
  for (const char* const damage :
       {"DELETE FROM t", "INSERT INTO t SELECT a + 5000, b || b FROM t", "DROP TABLE t"}) {
    run(*one_, damage);
    run(*one_, "VACUUM");
    restore(1);
    EXPECT_EQ(text_of(*two_, "SELECT count(*), sum(length(b)) FROM t"), sum) << damage;
    EXPECT_EQ(text_of(*two_, "PRAGMA integrity_check"), "ok ") << damage;
  }
}

// The file is cut short, and a later page is written behind a gap of pages that were freed before
// they ever were: the gap reads as zeros, though nobody wrote it.
TEST_F(SqliteMemoryImage, ComesBackWholeAfterAGapInTheFile) {
  constexpr const char* fill =
      "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
      "INSERT INTO t SELECT i, hex(zeroblob(100)) FROM n";
  run(*one_, fill);
  save();
  const std::string sum = text_of(*one_, "SELECT count(*), sum(length(b)) FROM t");
  for (const char* const work : {"PRAGMA secure_delete = OFF", "DELETE FROM t", "VACUUM", "BEGIN",
                                 fill, "CREATE TABLE u (a)", "DELETE FROM t", "COMMIT"}) {
    run(*one_, work);
  }
  restore(1);
  EXPECT_EQ(text_of(*two_, "SELECT count(*), sum(length(b)) FROM t"), sum);
  EXPECT_EQ(text_of(*two_, "PRAGMA integrity_check"), "ok ");
}

TEST_F(SqliteMemoryImage, IsRefusedWhileATransactionIsOpenAndChangesNothing) {
  run(*one_, "UPDATE t SET b = 'changed'");
  for (const char* const work : {"SELECT * FROM t", "UPDATE t SET b = 'later'"}) {
    run(*two_, "BEGIN");
    run(*two_, work);
    const sim::Status restored = memory_.restore(1);
    ASSERT_FALSE(restored.ok()) << work;
    EXPECT_EQ(restored.error().kind, ErrorKind::conflict);
    EXPECT_FALSE(memory_.save().ok()) << work;
    run(*two_, "ROLLBACK");
    EXPECT_EQ(text_of(*one_, all), "changed ") << work;
  }
  restore(1);
  EXPECT_EQ(text_of(*one_, all), "saved ");
}

TEST_F(SqliteMemoryImage, CanBeReplaced) {
  run(*one_, "UPDATE t SET b = 'saved later'");
  save();
  run(*one_, "UPDATE t SET b = 'changed'");
  restore(1);
  EXPECT_EQ(text_of(*two_, all), "saved later ");
}

class SqliteMemoryClose : public SqliteMemoryTest {};

TEST_F(SqliteMemoryClose, RollsBackAndServesTheNextSessionAsANewOne) {
  run(*two_, "BEGIN IMMEDIATE");
  run(*two_, "INSERT INTO t VALUES (7, 'open')");
  memory_.close(std::move(two_), false);
  EXPECT_EQ(text_of(*one_, "SELECT b FROM t"), "saved ");
  two_ = open(memory_);
  EXPECT_EQ(text_of(*two_, "SELECT last_insert_rowid(), count(*) FROM t"), "0 1 ");
  EXPECT_EQ(code_of(*two_, "BEGIN"), "");
  EXPECT_EQ(code_of(*one_, "UPDATE t SET b = 'by one'"), "");
}

TEST_F(SqliteMemoryClose, LetsNoTemporaryTableReachTheNextSession) {
  for (const char* const end : {"SELECT 1", "DROP TABLE mine", "ROLLBACK"}) {
    run(*two_, "BEGIN");
    run(*two_, "CREATE TEMPORARY TABLE mine AS SELECT * FROM t");
    run(*two_, end);
    memory_.close(std::move(two_), false);
    two_ = open(memory_);
    EXPECT_EQ(text_of(*two_, "SELECT count(*) FROM sqlite_temp_schema"), "0 ") << end;
    EXPECT_EQ(text_of(*two_, "SELECT b FROM t"), "saved ") << end;
  }
  run(*two_, "CREATE TEMPORARY VIEW mine AS SELECT * FROM t");
  memory_.close(std::move(two_), false);
  EXPECT_EQ(text_of(*open(memory_), "SELECT count(*) FROM sqlite_temp_schema"), "0 ");
}

TEST_F(SqliteMemoryClose, LetsNoSettingReachTheNextSession) {
  run(*two_, "PRAGMA foreign_keys = OFF");
  memory_.close(std::move(two_), true);
  EXPECT_EQ(text_of(*open(memory_), "PRAGMA foreign_keys"), "1 ");
}

// Two sessions one after the other, the second on the handle of the first where `closed_before`
// left any.
TEST_F(SqliteMemoryClose, GivesTheNextSessionChanceOfItsOwnWhateverWasClosedBefore) {
  ASSERT_TRUE(memory_.save().ok());
  std::set<std::string> drawn;
  for (int closed_before = 0; closed_before < 3; ++closed_before) {
    std::vector<std::unique_ptr<Session>> sessions;
    for (int i = 0; i < closed_before; ++i) sessions.push_back(open(memory_));
    for (auto& session : sessions) memory_.close(std::move(session), false);
    ASSERT_TRUE(memory_.restore(1).ok());
    std::string both;
    for (int i = 0; i < 2; ++i) {
      std::unique_ptr<Session> session = open(memory_);
      const std::string number = text_of(*session, "SELECT random()");
      EXPECT_EQ(both.find(number), std::string::npos);
      both += number;
      memory_.close(std::move(session), false);
    }
    drawn.insert(both);
  }
  EXPECT_EQ(drawn.size(), 1U);
}

TEST(SqliteMemoryAlone, IsRefusedARestoreBeforeASave) {
  sim::ManualClock clock{september};
  SqliteMemory memory(clock);
  const sim::Status restored = memory.restore(1);
  ASSERT_FALSE(restored.ok());
  EXPECT_EQ(restored.error().kind, ErrorKind::invalid);
}

TEST(SqliteMemoryAlone, CanBeSavedEmptyAndRestored) {
  sim::ManualClock clock{september};
  SqliteMemory memory(clock);
  const auto session = open(memory);
  ASSERT_TRUE(memory.save().ok());
  for (int round = 0; round < 3; ++round) {
    run(*session, "CREATE TABLE t (a)");
    ASSERT_TRUE(memory.restore(1).ok());
    EXPECT_EQ(text_of(*session, "SELECT count(*) FROM sqlite_schema"), "0 ");
  }
}

TEST(SqliteMemoryAlone, MayBeDestroyedBeforeItsSessions) {
  sim::ManualClock clock{september};
  std::unique_ptr<Session> session;
  {
    SqliteMemory memory(clock);
    session = open(memory);
    run(*session, "CREATE TABLE t (a)");
  }
  EXPECT_EQ(text_of(*session, "SELECT count(*) FROM t"), "0 ");
}

// What one thread counts to, in a database of its own.
std::string count_in_memory(int rounds) {
  sim::ManualClock clock{september};
  SqliteMemory memory(clock);
  const auto session = open(memory);
  run(*session, "CREATE TABLE t (a INTEGER)");
  run(*session, "INSERT INTO t VALUES (0)");
  for (int round = 0; round < rounds; ++round) run(*open(memory), "UPDATE t SET a = a + 1");
  return text_of(*session, "SELECT a FROM t");
}

TEST(SqliteMemoryAlone, DoesNotMeetAnotherInAnotherThread) {
  std::string other;
  std::thread thread([&] { other = count_in_memory(300); });
  EXPECT_EQ(count_in_memory(200), "200 ");
  thread.join();
  EXPECT_EQ(other, "300 ");
}

}  // namespace
}  // namespace splitproof::tests
