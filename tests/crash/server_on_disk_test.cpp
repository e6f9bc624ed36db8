// A PostgreSQL server whose data directory lies on a simulated disk.
#include <gtest/gtest.h>

#include <vector>

#include "sim/disk/persona.h"
#include "sim/disk/power_loss.h"
#include "sim/server/mounted_disk.h"
#include "tests/crash/on_disk.h"

namespace splitproof::tests {
namespace {

sim::ServerSettings on_disk() {
  return {.fsync = true, .synchronous_commit = true, .full_page_writes = true, .disk = "honest"};
}

// Once where a disk can be mounted, else not at all.
std::vector<bool> where_it_can_be_mounted() {
  return std::vector<bool>(sim::MountedDisk::objection().empty() ? 1 : 0, true);
}

class ServerOnDiskTest : public testing::TestWithParam<bool> {
 protected:
  // Of what was not synced nothing survives.
  void lose_power_and_all_unsynced() {
    server_->lose_power();
    const sim::PowerLoss loss(disk_.state(), disk_.persona());
    disk_.restore(loss.image({std::vector<bool>(loss.items(), false), {}}));
    const auto again = server_->restart();
    ASSERT_TRUE(again.ok()) << again.error().message;
  }

  sim::Disk disk_{sim::personas().front()};
  std::unique_ptr<sim::PostgresServer> server_ = start_on(disk_, on_disk());
};

TEST_P(ServerOnDiskTest, KeepsWhatWasToldCommittedAndNothingElse) {
  {
    const auto session = session_on(*server_);
    ask(*session, "CREATE TABLE held (number int)");
    ask(*session, "CHECKPOINT");
    const auto lock = server_->hold_disk();
    disk_.settle();
  }
  const auto first = session_on(*server_);
  ask(*first, "INSERT INTO held VALUES (1)");
  ask(*first, "BEGIN");
  ask(*first, "INSERT INTO held VALUES (2)");
  lose_power_and_all_unsynced();
  EXPECT_EQ(ask(*session_on(*server_), "SELECT string_agg(number::text, ' ') FROM held"), "1");
}

INSTANTIATE_TEST_SUITE_P(Mounted, ServerOnDiskTest, testing::ValuesIn(where_it_can_be_mounted()),
                         [](const auto&) { return "Here"; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ServerOnDiskTest);

}  // namespace
}  // namespace splitproof::tests
