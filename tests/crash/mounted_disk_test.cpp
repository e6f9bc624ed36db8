// The simulated disk as a file system: what PostgreSQL asks of one.
#include "sim/server/mounted_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "sim/disk/persona.h"
#include "sim/disk/power_loss.h"
#include "sim/server/server_folder.h"
#include "tests/crash/on_disk.h"

namespace splitproof::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Once where a disk can be mounted, else not at all.
std::vector<bool> where_a_disk_can_be() {
  return std::vector<bool>(sim::MountedDisk::objection().empty() ? 1 : 0, true);
}

class MountedDiskTest : public testing::TestWithParam<bool> {
 protected:
  void mount() {
    auto mounted = sim::MountedDisk::mount(disk_, root_, std::nullopt);
    if (!mounted.ok()) throw std::runtime_error(mounted.error().message);
    mounted_ = std::move(mounted).value();
  }
  void SetUp() override { mount(); }

  std::string at(const std::string& name) const { return root_ + "/" + name; }

  int create(const std::string& name) const {
    return ::open(at(name).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  }
  void write_file(const std::string& name, const std::string& text) const {
    const int file = create(name);
    ASSERT_GE(file, 0) << name << ": " << errno;
    ASSERT_EQ(::pwrite(file, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    ASSERT_EQ(::fsync(file), 0);
    ASSERT_EQ(::close(file), 0);
  }
  std::string read_file(const std::string& name) const {
    const int file = ::open(at(name).c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return "error " + std::to_string(errno);
    const std::string text = read_open(file);
    ::close(file);
    return text;
  }
  static std::string read_open(int file) {
    std::string text(100, ' ');
    const ssize_t count = ::pread(file, text.data(), text.size(), 0);
    text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return text;
  }
  void sync_folder(const std::string& name) const {
    const int folder = ::open(at(name).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ASSERT_GE(folder, 0);
    EXPECT_EQ(::fsync(folder), 0);
    ::close(folder);
  }
  std::vector<std::string> list(const std::string& name) const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(at(name))) {
      names.insert(entry.path().filename().string());
    }
    return {names.begin(), names.end()};
  }
  // The power fails, and nothing of what was not synced is left.
  void lose_power() {
    mounted_.reset();
    const sim::PowerLoss loss(disk_.state(), disk_.persona());
    disk_.restore(loss.image(loss.first(0)));
    mount();
  }

  static sim::ServerFolder folder() {
    auto made =
        sim::ServerFolder::make(sim::test_guardian(), sim::server_folder_parents(), std::nullopt);
    if (!made.ok()) throw std::runtime_error(made.error().message);
    return std::move(made).value();
  }

  sim::ServerFolder folder_ = folder();
  std::string root_ = folder_.path() + "/disk";
  sim::Disk disk_{sim::personas().front()};
  std::unique_ptr<sim::MountedDisk> mounted_;
};

TEST_P(MountedDiskTest, WritesReadsAndTruncates) {
  const int file = create("one");
  ASSERT_GE(file, 0);
  EXPECT_EQ(create("one"), -1);
  EXPECT_EQ(errno, EEXIST);
  ASSERT_EQ(::pwrite(file, "abcdef", 6, 3), 6);
  EXPECT_EQ(read_open(file), std::string("\0\0\0abcdef", 9));
  ASSERT_EQ(::ftruncate(file, 5), 0);
  EXPECT_EQ(read_open(file), std::string("\0\0\0ab", 5));
  ASSERT_EQ(::posix_fallocate(file, 0, 10), 0);
  struct stat status {};
  ASSERT_EQ(::fstat(file, &status), 0);
  EXPECT_EQ(status.st_size, 10);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ::close(file);
  ASSERT_EQ(::truncate(at("one").c_str(), 2), 0);
  ASSERT_EQ(::stat(at("one").c_str(), &status), 0);
  EXPECT_EQ(status.st_size, 2);
  const int cut = ::open(at("one").c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  ASSERT_GE(cut, 0);
  ::close(cut);
  EXPECT_EQ(read_file("one"), "");
}

// More than the kernel passes on at once.
TEST_P(MountedDiskTest, HoldsLargeFiles) {
  std::string text(3'000'000, ' ');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i / 4096 % 26);
  const int file = create("large");
  ASSERT_EQ(::write(file, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  void* const mapped = ::mmap(nullptr, text.size(), PROT_READ, MAP_PRIVATE, file, 0);
  ASSERT_NE(mapped, MAP_FAILED);
  EXPECT_EQ(std::string_view(static_cast<const char*>(mapped), text.size()), text);
  ::munmap(mapped, text.size());
  ::close(file);
}

TEST_P(MountedDiskTest, RenamesOverAndKeepsOpenWhatIsRemoved) {
  write_file("old", "old");
  write_file("new", "new");
  const int open_file = ::open(at("old").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::rename(at("new").c_str(), at("old").c_str()), 0);
  EXPECT_EQ(read_file("old"), "new");
  EXPECT_EQ(read_open(open_file), "old");
  ::close(open_file);
  const int removed = ::open(at("old").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::unlink(at("old").c_str()), 0);
  ASSERT_EQ(::pwrite(removed, "still", 5, 0), 5);
  EXPECT_EQ(read_open(removed), "still");
  EXPECT_EQ(::fsync(removed), 0);
  EXPECT_EQ(list(""), std::vector<std::string>{}) << "nor is it kept under a name of its own";
  ::close(removed);
  EXPECT_EQ(read_file("old"), "error " + std::to_string(ENOENT));
}

TEST_P(MountedDiskTest, HasFoldersAndSecondNames) {
  ASSERT_EQ(::mkdir(at("base").c_str(), 0700), 0);
  ASSERT_EQ(::mkdir(at("base/1").c_str(), 0700), 0);
  write_file("base/1/a", "a");
  ASSERT_EQ(::link(at("base/1/a").c_str(), at("base/1/b").c_str()), 0);
  EXPECT_EQ(::link(at("base/1/a").c_str(), at("base/1/b").c_str()), -1);
  EXPECT_EQ(errno, EEXIST);
  EXPECT_THAT(list("base/1"), ElementsAre("a", "b"));
  EXPECT_THAT(list(""), ElementsAre("base"));
  EXPECT_EQ(::rmdir(at("base/1").c_str()), -1);
  EXPECT_EQ(errno, ENOTEMPTY);
  EXPECT_EQ(::rename(at("base/1").c_str(), at("base/2").c_str()), -1);
  EXPECT_EQ(errno, EXDEV);
  ::unlink(at("base/1/a").c_str());
  ::unlink(at("base/1/b").c_str());
  EXPECT_EQ(::rmdir(at("base/1").c_str()), 0);
  EXPECT_EQ(list("base"), std::vector<std::string>{});
  struct statvfs room {};
  ASSERT_EQ(::statvfs(root_.c_str(), &room), 0);
  EXPECT_GT(room.f_bavail, 0U);
}

TEST_P(MountedDiskTest, LosesWhatWasNotSynced) {
  write_file("named", "one");
  sync_folder("");
  write_file("nameless", "two");
  const int file = ::open(at("named").c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::pwrite(file, "xyz", 3, 0), 3);
  ::close(file);
  EXPECT_EQ(read_file("named"), "xyz");
  lose_power();
  EXPECT_EQ(read_file("named"), "one");
  EXPECT_THAT(list(""), ElementsAre("named")) << "fsync of a file does not sync its name";
}

TEST_P(MountedDiskTest, AnswersErrorsWithoutPower) {
  write_file("one", "one");
  {
    const auto lock = mounted_->hold();
    disk_.cut_power();
  }
  EXPECT_EQ(create("two"), -1);
  EXPECT_EQ(errno, EIO);
}

INSTANTIATE_TEST_SUITE_P(Mounted, MountedDiskTest, testing::ValuesIn(where_a_disk_can_be()),
                         [](const auto&) { return "Here"; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MountedDiskTest);

TEST(MountedDisk, SaysWhatIsMissing) {
  ::setenv("SPLITPROOF_FUSE_DEVICE", "/dev/no-such-device", 1);
  const std::string objection = sim::MountedDisk::objection();
  ::unsetenv("SPLITPROOF_FUSE_DEVICE");
  EXPECT_THAT(objection, testing::AnyOf(HasSubstr("/dev/no-such-device cannot be opened: No such"),
                                        HasSubstr("only root")));
}

}  // namespace
}  // namespace splitproof::tests
