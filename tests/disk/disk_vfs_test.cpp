// The VFS as SQLite asks it: file controls, device characteristics, names with parameters, and a
// gate in front of locks and shared memory.
#include "sim/disk/disk_vfs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/disk/support.h"

namespace splitproof::tests {
namespace {

class DiskVfsTest : public testing::Test {
 protected:
  ~DiskVfsTest() override { sqlite3_close(database_); }

  int open_raw(const char* name) {
    return sqlite3_open_v2(name, &database_,
                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI,
                           vfs_.name());
  }
  int run_raw(const char* sql) { return sqlite3_exec(database_, sql, nullptr, nullptr, nullptr); }
  template <class T>
  T controlled(int operation, T argument) {
    code_ = sqlite3_file_control(database_, "main", operation, &argument);
    return argument;
  }
  sqlite3_file* file() {
    sqlite3_file* found = nullptr;
    sqlite3_file_control(database_, "main", SQLITE_FCNTL_FILE_POINTER, &found);
    return found;
  }

  sim::ManualClock clock_{sim::Instant{}};
  sim::Disk disk_{persona("honest")};
  sim::DiskVfs vfs_{disk_, clock_};
  sqlite3* database_ = nullptr;
  int code_ = SQLITE_OK;
};

TEST_F(DiskVfsTest, TellsOfLocks) {
  ASSERT_EQ(open_raw("/db"), SQLITE_OK);
  EXPECT_EQ(controlled(SQLITE_FCNTL_LOCKSTATE, -1), SQLITE_LOCK_NONE);
  ASSERT_EQ(run_raw("CREATE TABLE t (a); BEGIN IMMEDIATE"), SQLITE_OK);
  EXPECT_EQ(controlled(SQLITE_FCNTL_LOCKSTATE, -1), SQLITE_LOCK_RESERVED);
}

TEST_F(DiskVfsTest, GrowsByChunks) {
  ASSERT_EQ(open_raw("/db"), SQLITE_OK);
  controlled(SQLITE_FCNTL_CHUNK_SIZE, 1 << 16);
  ASSERT_EQ(run_raw("CREATE TABLE t (a)"), SQLITE_OK);
  EXPECT_EQ(disk_.state().seen().files.at("/db").size(), 1U << 16U);
  ASSERT_EQ(run_raw("INSERT INTO t VALUES (zeroblob(70000)); DELETE FROM t; VACUUM"), SQLITE_OK);
  EXPECT_EQ(disk_.state().seen().files.at("/db").size(), 1U << 16U);
}

TEST_F(DiskVfsTest, KeepsAWalWhereItIsTold) {
  ASSERT_EQ(open_raw("/db"), SQLITE_OK);
  EXPECT_EQ(controlled(SQLITE_FCNTL_PERSIST_WAL, -1), 0);
  controlled(SQLITE_FCNTL_PERSIST_WAL, 1);
  EXPECT_EQ(controlled(SQLITE_FCNTL_PERSIST_WAL, -1), 1);
  ASSERT_EQ(run_raw("PRAGMA journal_mode = wal; CREATE TABLE t (a)"), SQLITE_OK);
  sqlite3_close(database_);
  database_ = nullptr;
  EXPECT_TRUE(disk_.state().seen().files.contains("/db-wal"));
}

TEST_F(DiskVfsTest, TellsWhatTheDeviceIs) {
  ASSERT_EQ(open_raw("/db"), SQLITE_OK);
  EXPECT_EQ(file()->pMethods->xSectorSize(file()), 4096);
  EXPECT_EQ(file()->pMethods->xDeviceCharacteristics(file()), SQLITE_IOCAP_POWERSAFE_OVERWRITE);
  controlled(SQLITE_FCNTL_POWERSAFE_OVERWRITE, 0);
  EXPECT_EQ(file()->pMethods->xDeviceCharacteristics(file()), 0);
}

TEST_F(DiskVfsTest, ReadsTheParametersBehindAName) {
  ASSERT_EQ(open_raw("file:/db?psow=0"), SQLITE_OK);
  EXPECT_EQ(controlled(SQLITE_FCNTL_POWERSAFE_OVERWRITE, -1), 0);
  ASSERT_EQ(run_raw("CREATE TABLE t (a)"), SQLITE_OK);
  EXPECT_TRUE(disk_.state().seen().files.contains("/db"));
}

TEST_F(DiskVfsTest, SeesWhenItsFileIsNoLongerThere) {
  ASSERT_EQ(open_raw("/db"), SQLITE_OK);
  ASSERT_EQ(run_raw("CREATE TABLE t (a)"), SQLITE_OK);
  EXPECT_EQ(controlled(SQLITE_FCNTL_HAS_MOVED, -1), 0);
  ASSERT_EQ(disk_.rename("/db", "/elsewhere", sim::FileRole::database), SQLITE_OK);
  EXPECT_EQ(controlled(SQLITE_FCNTL_HAS_MOVED, -1), 1);
}

TEST_F(DiskVfsTest, AnswersTexts) {
  ASSERT_EQ(open_raw("/db"), SQLITE_OK);
  for (const int operation : {SQLITE_FCNTL_VFSNAME, SQLITE_FCNTL_TEMPFILENAME}) {
    char* const text = controlled<char*>(operation, nullptr);
    ASSERT_NE(text, nullptr);
    EXPECT_EQ(std::string(text),
              operation == SQLITE_FCNTL_VFSNAME ? vfs_.name() : std::string("/temporary"));
    sqlite3_free(text);
  }
}

TEST_F(DiskVfsTest, SaysWhatItDoesNotKnow) {
  ASSERT_EQ(open_raw("/db"), SQLITE_OK);
  controlled(SQLITE_FCNTL_SYNC, 0);
  EXPECT_EQ(code_, SQLITE_NOTFOUND);
  controlled(123456, 0);
  EXPECT_EQ(code_, SQLITE_NOTFOUND);
}

TEST_F(DiskVfsTest, DrawsChanceFromItsSeed) {
  sqlite3_vfs* const vfs = sqlite3_vfs_find(vfs_.name());
  const auto draw = [&](std::uint64_t seed) {
    vfs_.reseed(seed);
    std::string bytes(16, '\0');
    EXPECT_EQ(vfs->xRandomness(vfs, 16, bytes.data()), 16);
    return bytes;
  };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1), draw(2));
}

// Says of all operations of one kind that they are done.
class Pretender : public sim::DiskGate {
 public:
  explicit Pretender(sim::DiskAct act) : act_(act) {}
  sim::DiskVerdict judge(const sim::DiskOperation& operation) override {
    sim::DiskVerdict verdict;
    if (operation.act == act_) verdict.kind = sim::DiskVerdict::Kind::pretend;
    return verdict;
  }
  void done(const sim::DiskOperation& /*operation*/, sim::DiskCode /*code*/) override {}

 private:
  sim::DiskAct act_;
};

TEST_F(DiskVfsTest, SurvivesEveryPretence) {
  ASSERT_EQ(open_raw("/db"), SQLITE_OK);
  ASSERT_EQ(run_raw("PRAGMA journal_mode = wal; CREATE TABLE t (a)"), SQLITE_OK);
  const sim::DiskImage image = disk_.state().seen();
  for (int act = 0; act <= static_cast<int>(sim::DiskAct::map_shared); ++act) {
    sqlite3_close(database_);
    database_ = nullptr;
    disk_.restore(image);
    Pretender gate(static_cast<sim::DiskAct>(act));
    disk_.set_gate(&gate);
    open_raw("/db");
    run_raw("INSERT INTO t VALUES (1); SELECT * FROM t; PRAGMA wal_checkpoint");
    disk_.set_gate(nullptr);
    disk_.cut_power();
  }
  EXPECT_EQ(run_raw("SELECT 1 FROM t"), SQLITE_IOERR);
}

}  // namespace
}  // namespace splitproof::tests
