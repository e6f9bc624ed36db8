// Memory that runs out under SQLite: each allocation of a transaction fails, once and from there
// on.
#include "sim/disk/memory_faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <thread>

#include "tests/disk/support.h"

namespace splitproof::tests {
namespace {

using testing::AnyOf;

const std::vector<std::string> transaction_short_of_memory = {
    "BEGIN", "INSERT INTO t VALUES (1, 'one')", "INSERT INTO t VALUES (2, zeroblob(9000))",
    "COMMIT"};

constexpr std::uint64_t for_ever = std::numeric_limits<std::uint64_t>::max();

class MemoryFaults : public testing::TestWithParam<std::tuple<sim::JournalMode, bool>> {
 protected:
  MemoryFaults() {
    sim::DiskDatabaseOptions options;
    options.journal = std::get<0>(GetParam());
    world_.emplace(persona("honest"), options);
    run(*open(world_->database), "CREATE TABLE t (a INTEGER PRIMARY KEY, b)");
    image_ = world_->disk.state().seen();
  }

  // What was told, and what the next session finds.
  std::string outcome(sim::CountedMemory& memory) {
    world_->disk.restore(image_);
    const std::string told = told_under(memory);
    const auto next = open(world_->database);
    std::string found = answer_of(*next, "PRAGMA integrity_check");
    if (found == "ok ") found = answer_of(*next, "SELECT count(*) FROM t");
    return told + ", " + found;
  }

  std::string told_under(sim::CountedMemory& memory) {
    auto session = open(world_->database);
    const sim::MemoryScope scope(&memory);
    std::string told = "told";
    for (const std::string& sql : transaction_short_of_memory) {
      const std::string answer = answer_of(*session, sql);
      if (answer.empty()) continue;
      EXPECT_THAT(answer, AnyOf("SQLITE_NOMEM", "SQLITE_IOERR_NOMEM")) << sql;
      told = sql == "COMMIT" ? "in doubt" : "refused";
      answer_of(*session, "ROLLBACK");
      break;
    }
    session.reset();
    return told;
  }

  std::optional<DiskWorld> world_;
  sim::DiskImage image_;
};

TEST_P(MemoryFaults, LeaveAllOrNothing) {
  const bool persistent = std::get<1>(GetParam());
  for (std::uint64_t at = 1;; ++at) {
    sim::CountedMemory memory(at, persistent ? for_ever : 0);
    const std::string found = outcome(memory);
    if (memory.refused() == 0) {
      EXPECT_EQ(found, "told, 2 ");
      EXPECT_EQ(at, memory.asked() + 1) << "an allocation was never refused";
      EXPECT_GT(at, 50U);
      return;
    }
    EXPECT_EQ(memory.refused() == 1 || persistent, true);
    EXPECT_THAT(found, AnyOf("told, 2 ", "refused, 0 ", "in doubt, 0 ", "in doubt, 2 ")) << at;
  }
}

INSTANTIATE_TEST_SUITE_P(Disk, MemoryFaults,
                         testing::Combine(testing::Values(sim::JournalMode::remove,
                                                          sim::JournalMode::wal),
                                          testing::Bool()));

TEST(MemoryGate, IsOfTheThreadThatHasIt) {
  DiskWorld world;
  const auto session = open(world.database);
  sim::CountedMemory none(1, for_ever);
  const sim::MemoryScope scope(&none);
  std::string other;
  std::thread thread([&] { other = answer_of(*session, "SELECT 'there'"); });
  thread.join();
  EXPECT_EQ(other, "there ");
  EXPECT_EQ(answer_of(*session, "SELECT 'not there'"), "SQLITE_NOMEM");
}

TEST(MemoryGate, IsOutOfTheWayWhereThereIsMemory) {
  DiskWorld world;
  const auto session = open(world.database);
  sim::CountedMemory none(1, for_ever);
  const sim::MemoryScope scope(&none);
  {
    const sim::MemoryScope plenty(nullptr);
    EXPECT_EQ(answer_of(*session, "SELECT 'there'"), "there ");
  }
  EXPECT_EQ(none.asked(), 0U);
  EXPECT_EQ(answer_of(*session, "SELECT 'not there'"), "SQLITE_NOMEM");
}

}  // namespace
}  // namespace splitproof::tests
