// A program that owns servers is killed; soon nothing of them may be there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>

#include "sim/server/mounted_disk.h"
#include "tests/crash/support.h"

namespace splitproof::sim {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class KilledOwner : public testing::TestWithParam<bool> {
 protected:
  static bool ordinary_user() { return GetParam(); }
};

TEST_P(KilledOwner, LeavesNothingOfAnIdleServer) {
  Owner owner("idle", ordinary_user());
  ASSERT_THAT(owner.report(), Not(IsEmpty()));
  EXPECT_THAT(owner.left(), Not(IsEmpty())) << "The look finds nothing.";
  owner.kill();
  EXPECT_THAT(owner.left_in_the_end(), IsEmpty());
}

TEST_P(KilledOwner, LeavesNothingOfAServerWithAnOpenTransaction) {
  Owner owner("open transaction", ordinary_user());
  ASSERT_THAT(owner.report(), Not(IsEmpty()));
  owner.kill();
  EXPECT_THAT(owner.left_in_the_end(), IsEmpty());
}

TEST_P(KilledOwner, LeavesNothingOfTwoServers) {
  Owner owner("two servers", ordinary_user());
  ASSERT_THAT(owner.report(), Not(IsEmpty()));
  owner.kill();
  EXPECT_THAT(owner.left_in_the_end(), IsEmpty());
}

// The file system that it lies on has died with the owner, who served it.
class KilledOwnerOfADisk : public testing::TestWithParam<bool> {};

TEST_P(KilledOwnerOfADisk, LeavesNothingOfAServerOnIt) {
  Owner owner("on a disk", false);
  const std::vector<std::string> report = owner.report();
  ASSERT_GE(report.size(), 4U);
  const auto is_mounted = [&] {
    return read_file("/proc/mounts").find(report[2]) != std::string::npos;
  };
  EXPECT_TRUE(is_mounted());
  owner.kill();
  EXPECT_THAT(owner.left_in_the_end(), IsEmpty());
  EXPECT_FALSE(is_mounted());
}

// Once where a disk can be mounted, else not at all.
INSTANTIATE_TEST_SUITE_P(
    Mounted, KilledOwnerOfADisk,
    testing::ValuesIn(std::vector<bool>(sim::MountedDisk::objection().empty() ? 1 : 0, true)),
    [](const auto&) { return "Here"; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(KilledOwnerOfADisk);

// Nobody restarts it, so nobody but the guardian can remove the dead server's shared memory.
TEST_P(KilledOwner, LeavesNothingOfAServerThatHadCrashedBefore) {
  Owner owner("crashed", ordinary_user());
  ASSERT_THAT(owner.report(), Not(IsEmpty()));
  EXPECT_THAT(owner.left(), Contains(HasSubstr("segment ")))
      << "A crash leaves a segment; the look does not find it.";
  owner.kill();
  EXPECT_THAT(owner.left_in_the_end(), IsEmpty());
}

TEST_P(KilledOwner, LeavesNothingOfAServerThatDoesNotAnswerSignals) {
  Owner owner("idle", ordinary_user());
  const std::vector<std::string> report = owner.report();
  ASSERT_GE(report.size(), 2U);
  ASSERT_EQ(::kill(std::stoi(report[1]), SIGSTOP), 0);
  owner.kill();
  EXPECT_THAT(owner.left_in_the_end(), IsEmpty());
}

// Among the moments are initdb, the copy, and the server's own start.
TEST_P(KilledOwner, LeavesNothingWhateverTheMomentOfItsDeath) {
  for (const int moment : {0, 5, 15, 30, 60, 100, 150, 210, 280, 360, 450, 550, 650, 800}) {
    Owner owner("idle", ordinary_user());
    owner.let_live(milliseconds(moment));
    owner.kill();
    EXPECT_THAT(owner.left_in_the_end(), IsEmpty()) << "killed after " << moment << " ms";
  }
}

INSTANTIATE_TEST_SUITE_P(As, KilledOwner, testing::Values(false, true),
                         [](const testing::TestParamInfo<bool>& user) {
                           return user.param ? "AnOrdinaryUser" : "TheSameUser";
                         });

}  // namespace
}  // namespace splitproof::sim
