// Memory that runs out under SQLite: each allocation of a transaction fails, once and from there
// on.
#include "sim/disk/memory_faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "tests/disk/support.h"

namespace splitproof::tests {
namespace {

using testing::AnyOf;

const std::vector<std::string> transaction_short_of_memory = {
    "BEGIN", "INSERT INTO t VALUES (1, 'one')", "INSERT INTO t VALUES (2, zeroblob(9000))",
    "COMMIT"};

class MemoryFaults : public testing::TestWithParam<std::tuple<sim::JournalMode, bool>> {
 protected:
  MemoryFaults() {
    sim::DiskDatabaseOptions options;
    options.journal = std::get<0>(GetParam());
    world_.emplace(persona("honest"), options);
    run(*open(world_->database), "CREATE TABLE t (a INTEGER PRIMARY KEY, b)");
    image_ = world_->disk.state().seen();
  }

  // What was told, and what the next session finds; `failed` allocations of `asked`.
  std::string outcome(sim::MemoryFault fault) {
    world_->disk.restore(image_);
    auto session = open(world_->database);
    std::string told = "told";
    sim::plan_memory_fault(fault);
    for (const std::string& sql : transaction_short_of_memory) {
      const std::string answer = answer_of(*session, sql);
      if (answer.empty()) continue;
      EXPECT_THAT(answer, AnyOf("SQLITE_NOMEM", "SQLITE_IOERR_NOMEM")) << sql;
      told = sql == "COMMIT" ? "in doubt" : "refused";
      answer_of(*session, "ROLLBACK");
      break;
    }
    session.reset();
    asked_ = sim::allocations();
    failed_ = sim::failed_allocations();
    sim::plan_memory_fault({});
    const auto next = open(world_->database);
    std::string found = answer_of(*next, "PRAGMA integrity_check");
    if (found == "ok ") found = answer_of(*next, "SELECT count(*) FROM t");
    return told + ", " + found;
  }

  std::optional<DiskWorld> world_;
  sim::DiskImage image_;
  std::uint64_t asked_ = 0;
  std::uint64_t failed_ = 0;
};

TEST_P(MemoryFaults, LeaveAllOrNothing) {
  const bool persistent = std::get<1>(GetParam());
  std::uint64_t last = 0;
  for (std::uint64_t at = 1;; ++at) {
    const std::string found = outcome({.at = at, .persistent = persistent});
    if (failed_ == 0) {
      EXPECT_EQ(found, "told, 2 ");
      last = at;
      break;
    }
    EXPECT_EQ(failed_ == 1 || persistent, true);
    EXPECT_THAT(found, AnyOf("told, 2 ", "refused, 0 ", "in doubt, 0 ", "in doubt, 2 ")) << at;
  }
  EXPECT_EQ(last, asked_ + 1) << "an allocation was never failed";
  EXPECT_GT(last, 50U);
}

INSTANTIATE_TEST_SUITE_P(Disk, MemoryFaults,
                         testing::Combine(testing::Values(sim::JournalMode::remove,
                                                          sim::JournalMode::wal),
                                          testing::Bool()));

TEST(MemoryFault, IsOfTheThreadThatPlannedIt) {
  DiskWorld world;
  const auto session = open(world.database);
  sim::plan_memory_fault({.at = 1, .persistent = true});
  std::string other;
  std::thread thread([&] { other = answer_of(*session, "SELECT 'there'"); });
  thread.join();
  EXPECT_EQ(other, "there ");
  EXPECT_EQ(answer_of(*session, "SELECT 'not there'"), "SQLITE_NOMEM");
  sim::plan_memory_fault({});
}

}  // namespace
}  // namespace splitproof::tests
