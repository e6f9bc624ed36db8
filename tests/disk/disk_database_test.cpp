// SQLite on the simulated disk: what it expects of files, locks, shared memory and controls.
#include "sim/disk/disk_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "tests/disk/support.h"

namespace splitproof::tests {
namespace {

using sim::JournalMode;
using sim::Synchronous;

sim::DiskDatabaseOptions in_mode(JournalMode journal, Synchronous synchronous = Synchronous::full) {
  sim::DiskDatabaseOptions options;
  options.journal = journal;
  options.synchronous = synchronous;
  return options;
}

constexpr const char* thousand_rows =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
    "INSERT INTO t SELECT i, randomblob(200) FROM n";

class EveryMode : public testing::TestWithParam<std::tuple<JournalMode, Synchronous>> {};

TEST_P(EveryMode, KeepsWhatIsCommittedAndNothingElse) {
  const auto [journal, synchronous] = GetParam();
  DiskWorld world(persona("honest"), in_mode(journal, synchronous));
  auto session = open(world.database);
  EXPECT_EQ(answer_of(*session, "PRAGMA journal_mode"), std::string(to_string(journal)) + " ");
  EXPECT_EQ(answer_of(*session, "PRAGMA synchronous"),
            std::to_string(static_cast<int>(synchronous)) + " ");
  run(*session, "CREATE TABLE t (a INTEGER PRIMARY KEY, b)");
  run(*session, "PRAGMA cache_size = 5");
  run(*session, thousand_rows);
  if (journal != JournalMode::off) {
    run(*session, "BEGIN");
    run(*session, "UPDATE t SET b = randomblob(300)");  // More than the cache holds.
    run(*session, "DELETE FROM t WHERE a % 2 = 0");
    run(*session, "ROLLBACK");
  }
  run(*session, "DELETE FROM t WHERE a > 600");
  run(*session, "VACUUM");
  session.reset();
  const auto other = open(world.database);
  EXPECT_EQ(answer_of(*other, "SELECT count(*), sum(length(b)) FROM t"), "600 120000 ");
  EXPECT_EQ(answer_of(*other, "PRAGMA integrity_check"), "ok ");
}

INSTANTIATE_TEST_SUITE_P(Disk, EveryMode,
                         testing::Combine(testing::Values(JournalMode::remove,
                                                          JournalMode::truncate,
                                                          JournalMode::persist, JournalMode::memory,
                                                          JournalMode::off, JournalMode::wal),
                                          testing::Values(Synchronous::off, Synchronous::normal,
                                                          Synchronous::full, Synchronous::extra)));

class WalTest : public testing::Test {
 protected:
  WalTest() {
    run(*one_, "CREATE TABLE t (a INTEGER PRIMARY KEY, b)");
    run(*one_, "INSERT INTO t VALUES (1, 'one')");
  }

  DiskWorld world_{persona("honest"), in_mode(JournalMode::wal)};
  std::unique_ptr<sim::Session> one_ = open(world_.database);
  std::unique_ptr<sim::Session> two_ = open(world_.database);
};

TEST_F(WalTest, LetsOneReadWhatWasWhileAnotherWrites) {
  run(*two_, "BEGIN");
  EXPECT_EQ(answer_of(*two_, "SELECT count(*) FROM t"), "1 ");
  run(*one_, "INSERT INTO t VALUES (2, 'two')");
  EXPECT_EQ(answer_of(*two_, "SELECT count(*) FROM t"), "1 ");
  EXPECT_EQ(answer_of(*two_, "INSERT INTO t VALUES (3, 'three')"), "SQLITE_BUSY_SNAPSHOT");
  run(*two_, "COMMIT");
  EXPECT_EQ(answer_of(*two_, "SELECT count(*) FROM t"), "2 ");
}

TEST_F(WalTest, HasOneWriterAtATime) {
  run(*one_, "BEGIN IMMEDIATE");
  EXPECT_EQ(answer_of(*two_, "BEGIN IMMEDIATE"), "SQLITE_BUSY");
  run(*one_, "ROLLBACK");
  EXPECT_EQ(answer_of(*two_, "BEGIN IMMEDIATE"), "");
}

TEST_F(WalTest, ChecksPointsInto) {
  EXPECT_EQ(answer_of(*one_, "PRAGMA wal_checkpoint(TRUNCATE)"), "0 0 0 ");
  EXPECT_EQ(world_.disk.state().seen().files.at("/db-wal").size(), 0U);
  run(*one_, "INSERT INTO t VALUES (2, 'two')");
  EXPECT_EQ(answer_of(*two_, "PRAGMA wal_checkpoint(PASSIVE)"), "0 1 1 ");
  EXPECT_EQ(answer_of(*two_, "SELECT b FROM t ORDER BY a"), "one two ");
}

TEST_F(WalTest, IsToldByTheCheckpointThatAReaderIsInTheWay) {
  run(*two_, "BEGIN");
  run(*two_, "SELECT * FROM t");
  run(*one_, "INSERT INTO t VALUES (2, 'two')");
  EXPECT_EQ(answer_of(*one_, "PRAGMA wal_checkpoint(TRUNCATE)").substr(0, 2), "1 ");
}

TEST_F(WalTest, IsGoneWithTheLastSessionInGoodOrder) {
  one_.reset();
  EXPECT_TRUE(world_.disk.state().seen().files.contains("/db-wal"));
  two_.reset();
  EXPECT_FALSE(world_.disk.state().seen().files.contains("/db-wal"));
}

TEST_F(WalTest, IsReadAgainWhenNobodyCouldCloseIt) {
  const sim::DiskImage left = world_.disk.state().seen();
  world_.disk.cut_power();
  EXPECT_EQ(answer_of(*one_, "SELECT * FROM t"), "SQLITE_IOERR");
  one_.reset();
  two_.reset();
  world_.disk.restore(left);
  EXPECT_EQ(answer_of(*open(world_.database), "SELECT b FROM t"), "one ");
}

class DiskDatabaseTest : public testing::Test {
 protected:
  DiskDatabaseTest() { run(*one_, "CREATE TABLE t (a INTEGER PRIMARY KEY, b)"); }

  DiskWorld world_;
  std::unique_ptr<sim::Session> one_ = open(world_.database);
  std::unique_ptr<sim::Session> two_ = open(world_.database);
};

TEST_F(DiskDatabaseTest, LocksAsFilesDo) {
  run(*one_, "BEGIN IMMEDIATE");
  EXPECT_EQ(answer_of(*two_, "SELECT count(*) FROM t"), "0 ") << "a writer keeps readers out";
  EXPECT_EQ(answer_of(*two_, "BEGIN IMMEDIATE"), "SQLITE_BUSY");
  run(*one_, "INSERT INTO t VALUES (1, 'one')");
  run(*two_, "BEGIN");
  run(*two_, "SELECT * FROM t");
  EXPECT_EQ(answer_of(*one_, "COMMIT"), "SQLITE_BUSY") << "it commits under a reader";
  run(*two_, "COMMIT");
  EXPECT_EQ(answer_of(*one_, "COMMIT"), "");
  EXPECT_EQ(answer_of(*two_, "SELECT b FROM t"), "one ");
}

TEST_F(DiskDatabaseTest, RollsBackWhatWasOpenWhenASessionEnds) {
  run(*one_, "BEGIN");
  run(*one_, "INSERT INTO t VALUES (1, 'one')");
  one_.reset();
  EXPECT_EQ(answer_of(*two_, "SELECT count(*) FROM t"), "0 ");
  EXPECT_EQ(answer_of(*two_, "BEGIN IMMEDIATE"), "") << "a lock was left behind";
}

TEST_F(DiskDatabaseTest, RollsBackAHotJournal) {
  run(*one_, "PRAGMA cache_size = 5");
  run(*one_, thousand_rows);
  run(*one_, "BEGIN");
  run(*one_, "UPDATE t SET b = zeroblob(200)");
  const sim::DiskImage left = world_.disk.state().seen();
  ASSERT_TRUE(left.files.contains("/db-journal"));
  world_.disk.cut_power();
  one_.reset();
  two_.reset();
  world_.disk.restore(left);
  const auto session = open(world_.database);
  EXPECT_EQ(answer_of(*session, "SELECT count(*) FROM t WHERE b = zeroblob(200)"), "0 ");
  EXPECT_EQ(answer_of(*session, "PRAGMA integrity_check"), "ok ");
  EXPECT_FALSE(world_.disk.state().seen().files.contains("/db-journal"));
}

std::ptrdiff_t nameless_files(const sim::Disk& disk) {
  return std::ranges::count_if(disk.state().files,
                               [](const auto& file) { return file.second.nameless; });
}

TEST_F(DiskDatabaseTest, KeepsTemporaryFilesApart) {
  run(*one_, "PRAGMA cache_size = 5");
  run(*one_, thousand_rows);
  run(*one_, "PRAGMA temp_store = FILE");
  run(*one_, "CREATE TEMP TABLE u AS SELECT * FROM t");
  run(*one_, "PRAGMA temp.cache_size = 5");
  run(*one_, "UPDATE u SET b = b || b");
  EXPECT_EQ(answer_of(*one_, "SELECT count(*) FROM (SELECT b FROM t ORDER BY b)"), "1000 ");
  EXPECT_GT(nameless_files(world_.disk), 0) << "the temporary table is nowhere";
  EXPECT_EQ(world_.disk.state().seen().files.size(), 1U);
  EXPECT_EQ(answer_of(*two_, "SELECT * FROM u"), "SQLITE_ERROR");
  one_.reset();
  two_.reset();
  EXPECT_EQ(nameless_files(world_.disk), 0);
}

TEST_F(DiskDatabaseTest, AttachesAnotherFileOfTheDisk) {
  run(*one_, "ATTACH '/other' AS other");
  run(*one_, "CREATE TABLE other.u (a)");
  run(*one_, "BEGIN");
  run(*one_, "INSERT INTO t VALUES (1, 'one')");
  run(*one_, "INSERT INTO u VALUES (1)");
  run(*one_, "COMMIT");
  EXPECT_EQ(world_.disk.state().seen().files.size(), 2U) << "a super-journal was left";
  run(*two_, "ATTACH 'other' AS other");
  EXPECT_EQ(answer_of(*two_, "SELECT count(*) FROM t, u"), "1 ");
}

TEST_F(DiskDatabaseTest, ReadsTheTimeFromItsClockAndWaitsOnIt) {
  EXPECT_EQ(answer_of(*one_, "SELECT CURRENT_TIMESTAMP"), "2025-09-01 00:00:00 ");
  run(*two_, "PRAGMA busy_timeout = 90000");
  run(*one_, "BEGIN IMMEDIATE");
  EXPECT_EQ(answer_of(*two_, "BEGIN IMMEDIATE"), "SQLITE_BUSY");
  EXPECT_EQ(answer_of(*one_, "SELECT strftime('%M', 'now')"), "01 ");
}

TEST_F(DiskDatabaseTest, EnforcesForeignKeys) {
  run(*one_, "CREATE TABLE u (a REFERENCES t)");
  EXPECT_EQ(answer_of(*one_, "INSERT INTO u VALUES (7)"), "SQLITE_CONSTRAINT_FOREIGNKEY");
}

// The whole of what stands on the disk after a few transactions in every mode.
std::uint64_t digest_after(std::uint64_t seed, JournalMode journal) {
  DiskWorld world(persona("honest"), in_mode(journal));
  world.database.reseed(seed);
  const auto session = open(world.database);
  run(*session, "CREATE TABLE t (a INTEGER PRIMARY KEY, b)");
  run(*session, thousand_rows);
  run(*session, "DELETE FROM t WHERE b < randomblob(1)");
  return world.disk.state().seen().digest();
}

TEST(DiskDatabase, LeavesTheSameBytesForTheSameSeed) {
  for (const JournalMode journal : {JournalMode::wal, JournalMode::persist}) {
    EXPECT_EQ(digest_after(3, journal), digest_after(3, journal));
    EXPECT_NE(digest_after(3, journal), digest_after(4, journal));
  }
}

}  // namespace
}  // namespace splitproof::tests
