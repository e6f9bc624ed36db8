// The world of SQLite in a file: set back, shared with other sessions, broken and removed.
#include "harness/run/sqlite_file_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/run/worlds.h"
#include "tests/harness/experiments.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string cell(sim::Session& session, const sim::Statement& statement) {
  return sim::to_string(session.execute(statement).value().rows.at(0).at(0));
}

class SqliteFile : public testing::Test {
 protected:
  SqliteFile() {
    Worlds worlds(shared_guardian());
    world_ = std::move(worlds.make_sqlite_file()).value();
  }

  std::unique_ptr<sim::Session> lend() { return std::move(world_->lend()).value(); }
  std::size_t rows() { return world_->read().value().at("t")->rows.size(); }
  std::string path() const { return world_->address().substr(std::string("sqlite:").size()); }

  std::unique_ptr<World> world_;
};

TEST_F(SqliteFile, IsSetBackAgainAndAgainWhateverWasDone) {
  fill_with(*world_, {"CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT)",
                      "INSERT INTO t (v) VALUES ('one')"});
  const std::string before = cell(*lend(), "SELECT v FROM t");
  for (int round = 1; round <= 3; ++round) {
    // As many transactions each time, so that the file's change counter alone tells nothing.
    for (const char* text : {"UPDATE t SET v = 'changed'", "INSERT INTO t (v) VALUES ('two')"}) {
      EXPECT_TRUE(lend()->execute(text).ok());
    }
    EXPECT_EQ(rows(), 2U);
    EXPECT_TRUE(lend()->execute("UPDATE t SET v = v || " + std::to_string(round)).ok());
    ASSERT_TRUE(world_->reset({}).ok());
    EXPECT_EQ(rows(), 1U);
    EXPECT_EQ(cell(*lend(), "SELECT v FROM t"), before);
  }
}

// What a process that was killed leaves: the file and its journal as they were in the middle of a
// transaction, and no lock.
class AfterADeath : public SqliteFile {
 protected:
  AfterADeath() {
    fill_with(*world_, {"CREATE TABLE t (v INTEGER)", "INSERT INTO t VALUES (0)"});
    std::unique_ptr<sim::Session> session = lend();
    for (const char* text : {"PRAGMA cache_size = 1", "BEGIN IMMEDIATE",
                             "WITH RECURSIVE n (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n "
                             "WHERE v < 20000) INSERT INTO t SELECT v FROM n"}) {
      EXPECT_TRUE(session->execute(text).ok());
    }
    const auto overwrite = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(path(), path() + ".copy");
    std::filesystem::copy_file(journal(), path() + ".journal-copy");
    session.reset();
    std::filesystem::copy_file(path() + ".copy", path(), overwrite);
    std::filesystem::copy_file(path() + ".journal-copy", journal(), overwrite);
  }
  std::string journal() const { return path() + "-journal"; }
};

TEST_F(AfterADeath, TheHotJournalIsRolledBackByTheReader) {
  EXPECT_GT(std::filesystem::file_size(path()), 100000U);
  EXPECT_EQ(rows(), 1U);
  EXPECT_FALSE(std::filesystem::exists(journal()));
}

TEST_F(AfterADeath, TheWorldIsSetBackWithoutTheJournal) {
  ASSERT_TRUE(world_->reset({}).ok());
  EXPECT_FALSE(std::filesystem::exists(journal()));
  EXPECT_EQ(rows(), 1U);
}

TEST_F(SqliteFile, ShiftsSequencesAndItsClock) {
  fill_with(*world_, {"CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT)",
                      "INSERT INTO t (v) VALUES ('one')"});
  const char* const next = "INSERT INTO t (v) VALUES ('x') RETURNING id";
  ASSERT_TRUE(world_->reset({.clock = std::chrono::hours(24), .sequences = 1000}).ok());
  EXPECT_EQ(cell(*lend(), next), "1002");
  EXPECT_EQ(cell(*lend(), "SELECT CURRENT_TIMESTAMP"), "2025-10-02 00:00:00");
  ASSERT_TRUE(world_->reset({}).ok());
  EXPECT_EQ(cell(*lend(), next), "2");
  EXPECT_EQ(cell(*lend(), "SELECT datetime('now')"), "2025-10-01 00:00:00");
}

TEST_F(SqliteFile, BehavesAsTheWorldInMemoryDoes) {
  fill_with(*world_, {"CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)"});
  EXPECT_THAT(world_->shape().value().at("t").columns, ElementsAre("id", "v"));
  std::unique_ptr<sim::Session> session = lend();
  EXPECT_TRUE(session->execute("BEGIN").ok());
  EXPECT_TRUE(session->execute("INSERT INTO t VALUES (1, 'x')").ok());
  EXPECT_EQ(world_->raise(*session, "INSERT", RaiseError{"SQLITE_FULL", true}, {}).native_code,
            "SQLITE_FULL");
  EXPECT_THAT(world_->held_by(*session), IsEmpty()) << "the error rolled back";
  EXPECT_TRUE(session->execute("BEGIN").ok());
  EXPECT_THAT(world_->held_by(*session), ElementsAre("a transaction is open"));
  EXPECT_TRUE(session->execute("BEGIN IMMEDIATE").ok());
  EXPECT_TRUE(session->execute("INSERT INTO t VALUES (1, 'x')").ok());
  EXPECT_TRUE(world_->cut(std::move(session)).ok());
  EXPECT_EQ(rows(), 0U);
  EXPECT_EQ(world_->version(), SqliteWorld().version());
}

// Whoever closes a write-ahead log last cleans up behind it, and it is not the world.
TEST(SqliteFileOfPrograms, IsLookedAtUnnoticed) {
  Worlds worlds(shared_guardian());
  const std::unique_ptr<World> world =
      std::move(worlds.make_sqlite_file(SqliteSharing::write_ahead_log)).value();
  fill_with(*world, {"CREATE TABLE t (v INTEGER)"});
  const std::string log = world->address().substr(std::string("sqlite:").size()) + "-wal";
  const auto is_left_behind = [&] {
    std::unique_ptr<sim::Session> session = std::move(world->lend()).value();
    EXPECT_TRUE(session->execute("INSERT INTO t VALUES (1)").ok());
    EXPECT_TRUE(world->read().ok());
    EXPECT_TRUE(world->query("SELECT v FROM t").ok());
    EXPECT_TRUE(world->shape().ok());
    session.reset();
    return std::filesystem::exists(log);
  };
  EXPECT_TRUE(is_left_behind());
  world->stay_unnoticed();
  EXPECT_FALSE(is_left_behind());
  ASSERT_TRUE(world->reset({.sequences = 1000}).ok());
  EXPECT_FALSE(is_left_behind());
}

TEST_F(SqliteFile, IsGoneWithItsWorld) {
  const std::filesystem::path folder = std::filesystem::path(path()).parent_path();
  EXPECT_TRUE(std::filesystem::exists(folder));
  world_.reset();
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(SqliteFile, SaysThatItCannotBeSetBack) {
  fill_with(*world_, {"CREATE TABLE t (v INTEGER)"});
  std::filesystem::remove_all(std::filesystem::path(path()).parent_path());
  const sim::Status set_back = world_->reset({});
  ASSERT_FALSE(set_back.ok());
  EXPECT_THAT(set_back.error().message, HasSubstr("cannot be written"));
}

TEST(SqliteFileWorlds, NeedTheGuardian) {
  Worlds worlds(nullptr);
  const auto none = worlds.make_sqlite_file();
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message, HasSubstr("guardian"));
}

}  // namespace
}  // namespace splitproof::harness
