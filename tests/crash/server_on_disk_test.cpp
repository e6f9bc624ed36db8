// A PostgreSQL server whose data directory lies on a simulated disk.
#include <gtest/gtest.h>

#include "sim/disk/persona.h"
#include "sim/disk/power_loss.h"
#include "tests/crash/on_disk.h"

namespace splitproof::tests {
namespace {

sim::ServerSettings on_disk() {
  return {.fsync = true, .synchronous_commit = true, .full_page_writes = true, .disk = "honest"};
}

class ServerOnDiskTest : public testing::Test {
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

TEST_F(ServerOnDiskTest, KeepsWhatWasToldCommittedAndNothingElse) {
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

}  // namespace
}  // namespace splitproof::tests
