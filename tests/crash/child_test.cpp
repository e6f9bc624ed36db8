#include "sim/process/child.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>

#include "tests/crash/support.h"

namespace splitproof::sim {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class ChildTest : public testing::Test {
 protected:
  ChildOptions shell(const std::string& script) const {
    return {.command = {"sh", "-c", script},
            .environment = {{"PATH", "/usr/bin:/bin"}},
            .folder = scratch_.path(),
            .output = output_,
            .account = std::nullopt};
  }

  Child start(const ChildOptions& options) const {
    Result<Child, ChildError> child = Child::start(options);
    if (!child.ok()) throw std::runtime_error(child.error().message);
    return std::move(child).value();
  }

  ScratchFolder scratch_;
  std::string output_ = scratch_.path() + "/output";
};

TEST_F(ChildTest, TellsACodeFromASignal) {
  const ExitStatus code = start(shell("exit 9")).wait();
  EXPECT_EQ(code.code, 9);
  EXPECT_EQ(code.signal, 0);
  EXPECT_EQ(to_string(code), "exit code 9");
  const ExitStatus signal = start(shell("kill -9 $$")).wait();
  EXPECT_EQ(signal.code, 0);
  EXPECT_EQ(signal.signal, 9);
  EXPECT_FALSE(signal.success());
  EXPECT_EQ(to_string(signal), "signal 9 (Killed)");
}

TEST_F(ChildTest, SeesOnlyTheEnvironmentItIsGiven) {
  ChildOptions options = shell("");
  options.command = {"/usr/bin/env"};
  options.environment = {{"COLOUR", "a b"}, {"EMPTY", ""}};
  EXPECT_TRUE(start(options).wait().success());
  EXPECT_EQ(read_file(output_), "COLOUR=a b\nEMPTY=\n");
}

TEST_F(ChildTest, AppendsBothOutputsToOneFileAndReadsNothing) {
  EXPECT_TRUE(start(shell("echo out; echo err >&2")).wait().success());
  EXPECT_TRUE(start(shell("cat; pwd")).wait().success());
  EXPECT_EQ(read_file(output_), "out\nerr\n" + scratch_.path() + "\n");
}

TEST_F(ChildTest, InheritsNoneOfOurFiles) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  EXPECT_TRUE(start(shell("ls -l /proc/self/fd")).wait().success());
  EXPECT_THAT(read_file(output_), testing::Not(HasSubstr("pipe:")));
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_F(ChildTest, InheritsNeitherIgnoredNorBlockedSignals) {
  const auto previous = ::signal(SIGTERM, SIG_IGN);
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGINT);
  sigaddset(&blocked, SIGTERM);
  ASSERT_EQ(::sigprocmask(SIG_BLOCK, &blocked, &before), 0);
  Child child = start(shell("exec sleep 600"));
  child.signal(SIGTERM);
  const ExitStatus status = child.wait();
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  ::signal(SIGTERM, previous);
  EXPECT_EQ(status.signal, SIGTERM);
}

TEST_F(ChildTest, LeadsASessionOfItsOwn) {
  Child child = start(shell("exec sleep 600"));
  EXPECT_EQ(::getsid(child.pid()), child.pid());
  EXPECT_EQ(::getpgid(child.pid()), child.pid());
  child.signal_group(SIGKILL);
  EXPECT_EQ(child.wait().signal, SIGKILL);
}

TEST_F(ChildTest, IsWaitedForNoLongerThanAsked) {
  Child child = start(shell("exec sleep 600"));
  EXPECT_FALSE(child.wait_for(milliseconds(20)));
  child.signal(SIGKILL);
  const std::optional<ExitStatus> status = child.wait_for(std::chrono::seconds(60));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->signal, SIGKILL);
  EXPECT_EQ(child.wait().signal, SIGKILL) << "The second answer is the first one.";
}

TEST_F(ChildTest, IsEndedWithItsGroupWhenNobodyWaitsForIt) {
  std::optional<ProcessHandle> handle;
  {
    const Child child = start(shell("sleep 600 & exec sleep 600"));
    handle = ProcessHandle::open(child.pid());
    ASSERT_TRUE(handle);
  }
  EXPECT_TRUE(handle->ended());
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), 0) << "A zombie is left; only the guardian may live.";
}

TEST_F(ChildTest, SaysWhichProgramCannotBeStarted) {
  ChildOptions options = shell("");
  options.command = {"splitproof-no-such-program"};
  Result<Child, ChildError> child = Child::start(options);
  ASSERT_FALSE(child.ok());
  EXPECT_EQ(child.error().message,
            "Cannot start splitproof-no-such-program: No such file or directory.");
  options.command = {"/dev/null"};
  EXPECT_THAT(Child::start(options).error().message, HasSubstr("Permission denied"));
}

TEST_F(ChildTest, SaysSoWhenItsFolderOrOutputCannotBeUsed) {
  ChildOptions options = shell("true");
  options.folder = "/no/such/folder";
  EXPECT_THAT(Child::start(options).error().message, HasSubstr("No such file or directory"));
  options = shell("true");
  options.output = "/no/such/folder/output";
  EXPECT_THAT(Child::start(options).error().message, HasSubstr("/no/such/folder/output"));
}

// As an ordinary user the account can only be one's own, which is the same test with less to lose.
TEST_F(ChildTest, RunsWithTheRightsOfTheAccount) {
  const bool root = ::geteuid() == 0;
  const Account account{
      .name = "", .user = root ? 65534 : ::getuid(), .group = root ? 65534 : ::getgid()};
  ChildOptions options = shell("id -u; id -g");
  options.folder = "/";
  if (root) options.account = account;
  EXPECT_TRUE(start(options).wait().success());
  EXPECT_EQ(read_file(output_),
            std::to_string(account.user) + "\n" + std::to_string(account.group) + "\n");
}

}  // namespace
}  // namespace splitproof::sim
