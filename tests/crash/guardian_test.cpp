#include "sim/process/guardian.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <set>
#include <stdexcept>

#include "sim/process/shared_memory.h"
#include "tests/crash/support.h"

namespace splitproof::sim {
namespace {

using testing::HasSubstr;

std::string proc_file(pid_t pid, const std::string& name) {
  return "/proc/" + std::to_string(pid) + "/" + name;
}

Child sleeper(const std::string& script) {
  Result<Child, ChildError> child = Child::start({.command = {"sh", "-c", script},
                                                  .environment = {{"PATH", "/usr/bin:/bin"}},
                                                  .folder = "/",
                                                  .output = "/dev/null",
                                                  .account = std::nullopt});
  if (!child.ok()) throw std::runtime_error(child.error().message);
  return std::move(child).value();
}

TEST(Guardian, RemovesAWatchedFolderWhenItsOwnerEnds) {
  const ScratchFolder scratch;
  const std::string folder = scratch.path() + "/splitproof-watched";
  std::filesystem::create_directories(folder + "/deep/er");
  std::unique_ptr<Guardian> guardian = Guardian::start();
  guardian->watch_folder(folder);
  guardian.reset();
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST(Guardian, KeepsAForgottenFolder) {
  const ScratchFolder scratch;
  const std::string folder = scratch.path() + "/splitproof-forgotten";
  std::filesystem::create_directory(folder);
  std::unique_ptr<Guardian> guardian = Guardian::start();
  guardian->watch_folder(folder);
  guardian->forget_folder(folder);
  guardian.reset();
  EXPECT_TRUE(std::filesystem::exists(folder));
}

TEST(Guardian, RefusesToRemoveWhatIsNotClearlyOurs) {
  for (const char* const path :
       {"", "/", "/tmp", "splitproof-relative", "/tmp/other", "/tmp/splitproof-a/..",
        "/tmp/splitproof-a/../other", "/tmp/splitproof-a/", "/tmp/./splitproof-a"}) {
    EXPECT_THROW(test_guardian().watch_folder(path), std::invalid_argument) << path;
  }
}

TEST(Guardian, EndsAWatchedGroupWithEverythingInIt) {
  std::unique_ptr<Guardian> guardian = Guardian::start();
  Child child = sleeper("sleep 600 & sleep 600");
  guardian->watch_group(child.pid());
  guardian.reset();
  EXPECT_EQ(child.wait().signal, SIGKILL);
  // The group is gone when no signal can be sent to it.
  EXPECT_TRUE(::kill(-child.pid(), 0) == 0 || errno == ESRCH);
}

TEST(Guardian, EndsWhatWorksInAWatchedFolderThoughNobodyRegisteredIt) {
  const ScratchFolder scratch;
  const std::string folder = scratch.path() + "/splitproof-busy";
  std::filesystem::create_directory(folder);
  std::unique_ptr<Guardian> guardian = Guardian::start();
  guardian->watch_folder(folder);
  Result<Child, ChildError> child = Child::start({.command = {"sleep", "600"},
                                                  .environment = {},
                                                  .folder = folder,
                                                  .output = "/dev/null",
                                                  .account = std::nullopt});
  ASSERT_TRUE(child.ok()) << child.error().message;
  guardian.reset();
  EXPECT_NE(child.value().wait().signal, 0);
  EXPECT_FALSE(std::filesystem::exists(folder));
}

// Stands for a server's shared memory: made by a process that has ended, for a folder of its own.
class AbandonedSegment {
 public:
  explicit AbandonedSegment(ino_t key) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    maker_ = ::fork();
    if (maker_ == 0) {
      const int made = ::shmget(static_cast<key_t>(key), 4096, IPC_CREAT | IPC_EXCL | 0600);
      ::_exit(::write(ends[1], &made, sizeof made) == sizeof made ? 0 : 1);
    }
    ::waitpid(maker_, nullptr, 0);
    if (::read(ends[0], &id_, sizeof id_) != sizeof id_ || id_ < 0) {
      throw std::runtime_error("no segment");
    }
    ::close(ends[0]);
    ::close(ends[1]);
  }

  ~AbandonedSegment() { ::shmctl(id_, IPC_RMID, nullptr); }

  AbandonedSegment(const AbandonedSegment&) = delete;
  AbandonedSegment& operator=(const AbandonedSegment&) = delete;

  pid_t maker() const { return maker_; }

  bool exists() const {
    return std::ranges::any_of(list_segments(),
                               [&](const Segment& segment) { return segment.id == id_; });
  }

 private:
  pid_t maker_ = 0;
  int id_ = -1;
};

ino_t inode(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw std::runtime_error("no " + path);
  return status.st_ino;
}

// A server that starts after one that was killed takes over the lock file, and only then removes
// the segment of the dead one. An end in between left a segment that nothing named.
TEST(Guardian, RemovesTheSegmentOfAServerThatAnotherOneHasReplaced) {
  const ScratchFolder scratch;
  const AbandonedSegment segment(inode(scratch.path()));
  std::unique_ptr<Guardian> guardian = Guardian::start();
  guardian->watch_server(segment.maker(), scratch.path());
  guardian->watch_server(0, scratch.path());
  guardian.reset();
  EXPECT_FALSE(segment.exists());
}

TEST(Guardian, KeepsASegmentThatItsServersMadeForAnotherFolderOrOthersMadeForTheirs) {
  const ScratchFolder scratch;
  const ScratchFolder other;
  const AbandonedSegment elsewhere(inode(other.path()));
  const AbandonedSegment of_a_stranger(inode(scratch.path()));
  std::unique_ptr<Guardian> guardian = Guardian::start();
  guardian->watch_server(elsewhere.maker(), scratch.path());
  guardian.reset();
  EXPECT_TRUE(elsewhere.exists());
  EXPECT_TRUE(of_a_stranger.exists());
}

TEST(Guardian, IsNotEndedBySignalsMeantForTheProgram) {
  const ScratchFolder scratch;
  const std::string folder = scratch.path() + "/splitproof-signalled";
  std::filesystem::create_directory(folder);
  std::unique_ptr<Guardian> guardian = Guardian::start();
  guardian->watch_folder(folder);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT}) {
    ASSERT_EQ(::kill(guardian->pid(), number), 0);
  }
  guardian.reset();
  EXPECT_FALSE(std::filesystem::exists(folder));
}

// It needs a moment after fork() to change what it got from us.
bool comes_true(const std::function<bool()>& condition) {
  const Deadline deadline(std::chrono::seconds(10));
  while (!condition() && !deadline.passed()) {
  }
  return condition();
}

TEST(Guardian, IsNotMatchedByAKillOfTheProgramByName) {
  const pid_t pid = test_guardian().pid();
  EXPECT_TRUE(comes_true([&] {
    return std::string(read_file(proc_file(pid, "cmdline")).c_str()) == "sp-guardian";
  })) << read_file(proc_file(pid, "cmdline"));
  EXPECT_EQ(read_file(proc_file(pid, "comm")), "sp-guardian\n");
}

TEST(Guardian, KeepsNoneOfOurFilesOpen) {
  const std::string files = proc_file(test_guardian().pid(), "fd");
  const auto kept = [&] {
    std::multiset<std::string> targets;
    for (const auto& entry : std::filesystem::directory_iterator(files)) {
      std::error_code ignored;
      const std::string target = std::filesystem::read_symlink(entry, ignored).string();
      targets.insert(target.substr(0, target.find('[')));
    }
    return targets;
  };
  const std::multiset<std::string> expected{"/dev/null", "/dev/null", "/dev/null", "socket:"};
  EXPECT_TRUE(comes_true([&] { return kept() == expected; })) << testing::PrintToString(kept());
}

TEST(Guardian, SaysSoWhenItIsGone) {
  std::unique_ptr<Guardian> guardian = Guardian::start();
  ASSERT_EQ(::kill(guardian->pid(), SIGKILL), 0);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(guardian->pid()), &info, WEXITED | WNOWAIT), 0);
  EXPECT_THROW(guardian->watch_folder("/tmp/splitproof-nobody-cares"), GuardianGone);
  guardian->forget_folder("/tmp/splitproof-nobody-cares");
  Result<std::unique_ptr<PostgresServer>, ServerError> server = PostgresServer::start(*guardian);
  ASSERT_FALSE(server.ok());
  EXPECT_THAT(server.error().message, HasSubstr("guardian"));
}

}  // namespace
}  // namespace splitproof::sim
