// A program that owns servers is killed; a second later nothing of them may be there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>

#include "tests/crash/support.h"

namespace splitproof::sim {
namespace {

using std::chrono::milliseconds;
using testing::IsEmpty;
using testing::Not;

class KilledOwner : public testing::TestWithParam<bool> {
 protected:
  static bool ordinary_user() { return GetParam(); }
  std::set<std::string> before_ = orphaned_shared_memory();
};

TEST_P(KilledOwner, LeavesNothingOfAnIdleServer) {
  Owner owner("idle", ordinary_user());
  ASSERT_THAT(owner.report(), Not(IsEmpty()));
  EXPECT_THAT(leftovers_of(owner.pid(), before_), Not(IsEmpty())) << "The look finds nothing.";
  owner.kill();
  EXPECT_THAT(leftovers_after_a_second(owner.pid(), before_), IsEmpty());
}

TEST_P(KilledOwner, LeavesNothingOfAServerWithAnOpenTransaction) {
  Owner owner("open transaction", ordinary_user());
  ASSERT_THAT(owner.report(), Not(IsEmpty()));
  owner.kill();
  EXPECT_THAT(leftovers_after_a_second(owner.pid(), before_), IsEmpty());
}

TEST_P(KilledOwner, LeavesNothingOfTwoServers) {
  Owner owner("two servers", ordinary_user());
  ASSERT_THAT(owner.report(), Not(IsEmpty()));
  owner.kill();
  EXPECT_THAT(leftovers_after_a_second(owner.pid(), before_), IsEmpty());
}

// Nobody restarts it, so nobody but the guardian can remove the dead server's shared memory.
TEST_P(KilledOwner, LeavesNothingOfAServerThatHadCrashedBefore) {
  Owner owner("crashed", ordinary_user());
  ASSERT_THAT(owner.report(), Not(IsEmpty()));
  const std::set<std::string> after_crash = orphaned_shared_memory();
  EXPECT_NE(after_crash, before_) << "A crash leaves a segment; the look does not find it.";
  owner.kill();
  EXPECT_THAT(leftovers_after_a_second(owner.pid(), before_), IsEmpty());
}

TEST_P(KilledOwner, LeavesNothingOfAServerThatDoesNotAnswerSignals) {
  Owner owner("idle", ordinary_user());
  const std::vector<std::string> report = owner.report();
  ASSERT_GE(report.size(), 2U);
  ASSERT_EQ(::kill(std::stoi(report[1]), SIGSTOP), 0);
  owner.kill();
  EXPECT_THAT(leftovers_after_a_second(owner.pid(), before_), IsEmpty());
}

// Among the moments are initdb, the copy, and the server's own start.
TEST_P(KilledOwner, LeavesNothingWhateverTheMomentOfItsDeath) {
  for (const int moment : {0, 5, 15, 30, 60, 100, 150, 210, 280, 360, 450, 550, 650, 800}) {
    Owner owner("idle", ordinary_user());
    owner.let_live(milliseconds(moment));
    owner.kill();
    EXPECT_THAT(leftovers_after_a_second(owner.pid(), before_), IsEmpty())
        << "killed after " << moment << " ms";
  }
}

INSTANTIATE_TEST_SUITE_P(As, KilledOwner, testing::Values(false, true),
                         [](const testing::TestParamInfo<bool>& user) {
                           return user.param ? "AnOrdinaryUser" : "TheSameUser";
                         });

}  // namespace
}  // namespace splitproof::sim
