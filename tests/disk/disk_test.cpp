// The disk without SQLite: what is seen, what is durable, and what its gate does.
#include "sim/disk/disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "tests/disk/raw_files.h"

namespace splitproof::tests {
namespace {

using sim::DiskAct;
using sim::DiskCode;
using sim::DiskFile;
using sim::DiskOperation;
using sim::DiskVerdict;
namespace disk_code = sim::disk_code;

class DiskTest : public testing::Test {
 protected:
  RawFiles files_;
};

TEST_F(DiskTest, KeepsBytesAndNamesApartUntilBothAreSynced) {
  const DiskFile a = files_.file("/a");
  files_.write(a, "one", 0);
  EXPECT_EQ(files_.seen(), "/a=one");
  EXPECT_EQ(files_.durable(), "");
  files_.sync(a);
  EXPECT_EQ(files_.durable(), "") << "the name was not synced";
  files_.sync_names();
  EXPECT_EQ(files_.durable(), "/a=one");
  files_.write(a, "two", 0);
  EXPECT_EQ(files_.durable(), "/a=one");
}

TEST_F(DiskTest, SyncsOneFileAlone) {
  const DiskFile a = files_.file("/a");
  const DiskFile b = files_.file("/b");
  files_.sync_names();
  files_.write(a, "one", 0);
  files_.write(b, "two", 0);
  files_.sync(b);
  EXPECT_EQ(files_.durable(), "/a= /b=two");
}

TEST_F(DiskTest, SyncsAllThatWasBeforeWhereWritesAreInOrder) {
  RawFiles files(persona("sequential"));
  const DiskFile a = files.file("/a");
  const DiskFile b = files.file("/b");
  files.write(a, "one", 0);
  files.sync(b);
  EXPECT_EQ(files.durable(), "/a=one /b=");
}

TEST_F(DiskTest, KeepsNothingWithoutBarriers) {
  RawFiles files(persona("no-barrier"));
  const DiskFile a = files.file("/a");
  files.write(a, "one", 0);
  files.sync(a);
  files.sync_names();
  EXPECT_EQ(files.durable(), "");
}

TEST_F(DiskTest, BringsBackARemovedFileUntilTheRemovalIsSynced) {
  const DiskFile a = files_.file("/a");
  files_.write(a, "one", 0);
  files_.sync(a);
  files_.sync_names();
  files_.remove("/a");
  std::array<std::byte, 3> bytes{};
  EXPECT_EQ(files_.disk.read(a, bytes, 0), disk_code::ok) << "who has it open still reads it";
  EXPECT_EQ(files_.seen(), "");
  EXPECT_EQ(files_.durable(), "/a=one");
  files_.sync_names();
  EXPECT_EQ(files_.durable(), "");
  EXPECT_EQ(files_.disk.state().files.size(), 1U);
  files_.disk.close(a);
  EXPECT_EQ(files_.disk.state().files.size(), 0U);
}

TEST_F(DiskTest, RenamesOverAnotherFile) {
  files_.write(files_.file("/a"), "one", 0);
  files_.write(files_.file("/b"), "two", 0);
  EXPECT_EQ(files_.disk.rename("/a", "/b", sim::FileRole::database), disk_code::ok);
  EXPECT_EQ(files_.seen(), "/b=one");
  EXPECT_EQ(files_.disk.rename("/a", "/b", sim::FileRole::database), disk_code::io_delete_missing);
}

TEST_F(DiskTest, OpensByItsRules) {
  DiskFile file;
  const auto role = sim::FileRole::database;
  EXPECT_EQ(files_.disk.open("/a", role, {}, file), disk_code::cannot_open);
  EXPECT_EQ(files_.disk.open("/a", role, {.create = true, .must_be_new = true}, file),
            disk_code::ok);
  EXPECT_EQ(files_.disk.open("/a", role, {.create = true, .must_be_new = true}, file),
            disk_code::cannot_open);
  bool there = true;
  EXPECT_EQ(files_.disk.exists("/a", role, there), disk_code::ok);
  EXPECT_FALSE(there) << "of no bytes";
}

TEST_F(DiskTest, ForgetsFilesWithoutANameAtOnce) {
  DiskFile file;
  ASSERT_EQ(files_.disk.open("", sim::FileRole::temporary, {.create = true}, file), disk_code::ok);
  files_.write(file, "one", 0);
  EXPECT_TRUE(files_.disk.state().unsynced.empty());
  files_.disk.close(file);
  EXPECT_TRUE(files_.disk.state().files.empty());
}

TEST_F(DiskTest, AnswersNobodyWhoseLifeIsOver) {
  const DiskFile a = files_.file("/a");
  files_.write(a, "one", 0);
  const sim::DiskState before = files_.disk.state();
  files_.disk.cut_power();
  std::array<std::byte, 3> bytes{};
  EXPECT_EQ(files_.disk.read(a, bytes, 0), disk_code::io);
  EXPECT_EQ(files_.disk.remove("/a", sim::FileRole::database), disk_code::io);
  files_.disk.restore(before);
  EXPECT_EQ(files_.disk.write(a, bytes, 0), disk_code::io) << "it was opened before";
  EXPECT_EQ(files_.seen(), "/a=one");
  EXPECT_EQ(files_.durable(), "") << "what was not synced is not by coming back";
  const DiskFile again = files_.file("/a");
  files_.disk.close(a);
  EXPECT_EQ(files_.disk.read(again, bytes, 0), disk_code::ok);
}

// A gate of one line.
class Gate : public sim::DiskGate {
 public:
  explicit Gate(std::function<DiskVerdict(const DiskOperation&)> rule) : rule_(std::move(rule)) {}
  DiskVerdict judge(const DiskOperation& operation) override { return rule_(operation); }
  void done(const DiskOperation& operation, DiskCode code) override {
    heard.push_back(std::string(to_string(operation.act)) + " " + std::string(operation.name) +
                    " " + std::to_string(operation.number) + " " + std::to_string(code));
  }
  std::vector<std::string> heard;

 private:
  std::function<DiskVerdict(const DiskOperation&)> rule_;
};

TEST_F(DiskTest, ShowsEachOperationToTheGateAndTellsHowItEnded) {
  Gate gate([](const DiskOperation& operation) {
    DiskVerdict verdict;
    if (operation.act == DiskAct::sync) {
      verdict = {.kind = DiskVerdict::Kind::fail, .code = disk_code::io_sync};
    }
    return verdict;
  });
  files_.disk.set_gate(&gate);
  const DiskFile a = files_.file("/a");
  files_.write(a, "one", 0);
  EXPECT_EQ(files_.disk.sync(a, 2), disk_code::io_sync);
  EXPECT_THAT(gate.heard, testing::ElementsAre("open /a 1 0", "write /a 2 0", "sync /a 3 1034"));
  files_.disk.set_gate(nullptr);
  files_.sync_names();
  EXPECT_EQ(files_.durable(), "/a=");
}

TEST_F(DiskTest, DoesAPartOfAWriteThatFails) {
  const DiskFile a = files_.file("/a");
  Gate gate([](const DiskOperation&) {
    return DiskVerdict{.kind = DiskVerdict::Kind::fail, .code = disk_code::full, .done = 2};
  });
  files_.disk.set_gate(&gate);
  EXPECT_EQ(files_.disk.write(a, std::as_bytes(std::span("three", 5)), 0), disk_code::full);
  files_.disk.set_gate(nullptr);
  EXPECT_EQ(files_.seen(), "/a=th");
}

TEST_F(DiskTest, ReadsAPartAndZeros) {
  const DiskFile a = files_.file("/a");
  files_.write(a, "three", 0);
  Gate gate([](const DiskOperation&) {
    return DiskVerdict{
        .kind = DiskVerdict::Kind::fail, .code = disk_code::io_short_read, .done = 2};
  });
  files_.disk.set_gate(&gate);
  std::string text(5, 'x');
  EXPECT_EQ(files_.disk.read(a, std::as_writable_bytes(std::span(text)), 0),
            disk_code::io_short_read);
  EXPECT_EQ(text, std::string("th\0\0\0", 5));
}

class LyingSync : public DiskTest {
 protected:
  LyingSync() {
    files_.sync_names();
    files_.disk.set_gate(&gate_);
  }

  DiskVerdict::Kind kind_ = DiskVerdict::Kind::pass;
  Gate gate_{[this](const DiskOperation& operation) {
    DiskVerdict verdict;
    if (operation.act == DiskAct::sync) verdict.kind = kind_;
    if (kind_ == DiskVerdict::Kind::fail_and_lose) verdict.code = disk_code::io_sync;
    return verdict;
  }};
  DiskFile a_ = files_.file("/a");
  DiskFile b_ = files_.file("/b");
};

TEST_F(LyingSync, PretendsForOnce) {
  files_.sync_names();
  files_.write(a_, "one", 0);
  kind_ = DiskVerdict::Kind::pretend;
  files_.sync(a_);
  EXPECT_EQ(files_.durable(), "/a= /b=");
  kind_ = DiskVerdict::Kind::pass;
  files_.sync(a_);
  EXPECT_EQ(files_.durable(), "/a=one /b=");
}

TEST_F(LyingSync, PostponesToTheNextOneOfAnotherFile) {
  files_.sync_names();
  files_.write(a_, "one", 0);
  kind_ = DiskVerdict::Kind::postpone;
  files_.sync(a_);
  files_.write(a_, "two", 3);
  EXPECT_EQ(files_.durable(), "/a= /b=");
  kind_ = DiskVerdict::Kind::pass;
  files_.sync(b_);
  EXPECT_EQ(files_.durable(), "/a=one /b=") << "what came later was not promised";
}

TEST_F(LyingSync, LosesForGood) {
  files_.sync_names();
  files_.write(a_, std::string(5000, 'a'), 0);
  kind_ = DiskVerdict::Kind::fail_and_lose;
  EXPECT_EQ(files_.disk.sync(a_, 0), disk_code::io_sync);
  kind_ = DiskVerdict::Kind::pass;
  files_.sync(a_);
  EXPECT_EQ(files_.durable(), "/a= /b=") << "a later sync does not write it";
  EXPECT_EQ(files_.seen().size(), 5000 + std::string("/a= /b=").size()) << "the cache has it";
  files_.write(a_, "b", 4999);
  files_.sync(a_);
  EXPECT_EQ(files_.durable(), "/a=_" + std::string(903, 'a') + "b /b=")
      << "the block that is written again has all of its bytes";
}

TEST(Personas, HaveEachANameAndWhatIsDocumented) {
  for (const sim::Persona& device : sim::personas()) {
    EXPECT_EQ(sim::persona_named(device.name)->told, device.told);
    EXPECT_FALSE(device.documented.empty());
  }
  EXPECT_EQ(sim::personas().front().name, "honest");
  EXPECT_FALSE(sim::persona_named("floppy"));
}

TEST(DiskGate, KnowsHowEachOperationFails) {
  for (int act = 0; act <= static_cast<int>(DiskAct::map_shared); ++act) {
    const auto one = static_cast<DiskAct>(act);
    EXPECT_NE(usual_failure(one), disk_code::ok) << to_string(one);
  }
  EXPECT_TRUE(changes_disk(DiskAct::remove));
  EXPECT_FALSE(changes_disk(DiskAct::read));
}

}  // namespace
}  // namespace splitproof::tests
