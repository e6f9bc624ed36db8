// Which images a loss of power may leave, by hand-made writes.
#include "sim/disk/power_loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/disk/raw_files.h"

namespace splitproof::tests {
namespace {

using sim::CrashOptions;
using sim::DiskFile;
using sim::Survivors;
using sim::survivors_of;
using sim::Tear;
using testing::Contains;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

TEST(Survivors, AreWrittenAndReadBack) {
  for (const std::string text :
       {"keep=", "keep=1101", "keep=110 torn=0:zero", "keep=11 torn=1:garbage",
        "keep=1 torn=0:front", "keep=01 torn=1:back", "keep=25:ffffff8", "keep=26:8000000",
        "keep=30:fffffffc torn=29:back"}) {
    const auto survivors = survivors_of(text);
    ASSERT_TRUE(survivors) << text;
    EXPECT_EQ(to_text(*survivors), text);
  }
}

TEST(Survivors, AreNotReadFromOtherWords) {
  for (const std::string text :
       {"", "keep", "keep=12", "keep=11 torn=2:zero", "keep=10 torn=1:zero", "keep=11 torn=1:odd",
        "keep=11 torn=", "keep=11  torn=1:zero", "keep=11 ", "keep=11 torn=1:zero ",
        "keep=1111111111111111111111111", "keep=25:ffffff", "keep=25:fffffff", "keep=25:gffffff",
        "keep=9999999999999999999:0", "keep=-1:0", " keep=1"}) {
    EXPECT_FALSE(survivors_of(text)) << text;
  }
}

// Two files of one synced sector each, "a" and "b".
class PowerLossTest : public testing::Test {
 protected:
  void start(RawFiles& files) {
    a_ = files.file("/a");
    b_ = files.file("/b");
    files.write(a_, "a", 0);
    files.write(b_, "b", 0);
    files.sync(a_);
    files.sync(b_);
    files.sync_names();
  }
  PowerLossTest() { start(files_); }

  RawFiles files_;
  DiskFile a_;
  DiskFile b_;
};

TEST_F(PowerLossTest, LeavesOneImageWhereAllIsSynced) {
  EXPECT_THAT(files_.images(true), ElementsAre("keep=: /a=a /b=b"));
}

TEST_F(PowerLossTest, LosesAnySetOfWrites) {
  files_.write(b_, "2", 0);
  files_.write(a_, "1", 0);
  EXPECT_THAT(files_.images(), ElementsAre("keep=00: /a=a /b=b", "keep=01: /a=1 /b=b",
                                           "keep=10: /a=a /b=2", "keep=11: /a=1 /b=2"));
}

TEST_F(PowerLossTest, WritesWithASectorWhatTheCacheHadOfIt) {
  files_.write(a_, "1", 0);
  files_.write(a_, "2", 1);
  // The file is longer, or not; the second write does not come without the first.
  EXPECT_THAT(files_.images(), UnorderedElementsAre("keep=000: /a=a /b=b", "keep=010: /a=a_ /b=b",
                                                    "keep=100: /a=1 /b=b", "keep=110: /a=1_ /b=b",
                                                    "keep=111: /a=12 /b=b"));
}

TEST_F(PowerLossTest, MayHaveTheSizeWithoutTheBytes) {
  files_.write(a_, std::string(4096, 'x'), 4096);
  EXPECT_THAT(files_.images(),
              UnorderedElementsAre("keep=00: /a=a /b=b", "keep=10: /a=a_ /b=b",
                                   "keep=11: /a=a_" + std::string(4096, 'x') + " /b=b"));
}

TEST_F(PowerLossTest, HasTheBytesBeforeTheSizeOnADiskThatAppendsSafely) {
  RawFiles files(persona("safe-append"));
  start(files);
  files.write(a_, std::string(4096, 'x'), 4096);
  EXPECT_THAT(files.images(),
              UnorderedElementsAre("keep=00: /a=a /b=b",
                                   "keep=11: /a=a_" + std::string(4096, 'x') + " /b=b"));
}

TEST_F(PowerLossTest, LeavesABeginningOfAllWhereWritesAreInOrder) {
  RawFiles files(persona("sequential"));
  start(files);
  files.write(a_, "1", 0);
  files.write(b_, "2", 0);
  files.remove("/a");
  EXPECT_THAT(files.images(), ElementsAre("keep=000: /a=a /b=b", "keep=100: /a=1 /b=b",
                                          "keep=110: /a=1 /b=2", "keep=111: /b=2"));
}

TEST_F(PowerLossTest, TakesSectorsOfAWriteApart) {
  RawFiles files(honest_with_sectors_of(512));
  start(files);
  files.write(a_, std::string(1024, 'a'), 0);
  files.sync(a_);
  files.write(a_, std::string(1024, 'x'), 0);
  EXPECT_EQ(files.loss().items(), 2U);
  EXPECT_EQ(files.images().size(), 4U);
  EXPECT_THAT(files.images(),
              Contains("keep=01: /a=" + std::string(512, 'a') + std::string(512, 'x') + " /b=b"));
}

TEST_F(PowerLossTest, LosesAndBringsBackNames) {
  files_.remove("/a");
  const DiskFile c = files_.file("/c");
  files_.write(c, "c", 0);
  files_.sync(c);
  EXPECT_THAT(files_.images(), UnorderedElementsAre("keep=00: /a=a /b=b", "keep=01: /a=a /b=b /c=c",
                                                    "keep=10: /b=b", "keep=11: /b=b /c=c"));
}

TEST_F(PowerLossTest, RenamesWhollyOrNot) {
  ASSERT_EQ(files_.disk.rename("/a", "/b", sim::FileRole::database), sim::disk_code::ok);
  EXPECT_THAT(files_.images(), ElementsAre("keep=0: /a=a /b=b", "keep=1: /b=a"));
}

TEST_F(PowerLossTest, CutsAFileOrNot) {
  files_.write(a_, std::string(5000, 'x'), 0);
  files_.sync(a_);
  ASSERT_EQ(files_.disk.truncate(a_, 0), sim::disk_code::ok);
  files_.write(a_, "1", 0);
  const std::vector<std::string> images = files_.images();
  EXPECT_THAT(images, Contains("keep=000: /a=" + std::string(5000, 'x') + " /b=b"));
  EXPECT_THAT(images, Contains("keep=100: /a= /b=b"));
  EXPECT_THAT(images, Contains("keep=110: /a=_ /b=b"));
  EXPECT_THAT(images, Contains("keep=111: /a=1 /b=b"));
  // In any order: the sector is there and the file is not cut yet.
  EXPECT_THAT(images, Contains("keep=001: /a=1_" + std::string(904, 'x') + " /b=b"));
}

TEST_F(PowerLossTest, TearsASectorWhereItWasWritten) {
  files_.write(a_, std::string(4096, 'a'), 0);
  files_.sync(a_);
  files_.write(a_, "1234", 2046);
  const std::string front(2046, 'a');
  EXPECT_THAT(
      files_.images(true),
      testing::IsSupersetOf({"keep=1 torn=0:zero: /a=" + front + "_" + front + " /b=b",
                             "keep=1 torn=0:front: /a=" + front + "12aa" + front + " /b=b",
                             "keep=1 torn=0:back: /a=" + front + "aa34" + front + " /b=b"}));
  EXPECT_EQ(files_.images(true).size(), 6U);
}

TEST_F(PowerLossTest, DamagesWhatIsBesideItOnlyWhereThatIsNotSafe) {
  sim::Persona device = persona("honest");
  device.powersafe_overwrite = false;
  RawFiles files(device);
  start(files);
  files.write(a_, "1", 1);
  EXPECT_THAT(files.images(true), Contains("keep=11 torn=1:zero: /a=_ /b=b"));
  files_.write(a_, "1", 1);
  EXPECT_THAT(files_.images(true), Contains("keep=10: /a=a_ /b=b"));
  EXPECT_THAT(files_.images(true), testing::Not(Contains(testing::HasSubstr("/a=_"))));
}

TEST_F(PowerLossTest, TearsNothingThatIsAtomic) {
  RawFiles files(persona("atomic-write"));
  start(files);
  files.write(a_, "1", 0);
  EXPECT_EQ(files.images(true).size(), 2U);
}

TEST_F(PowerLossTest, TearsASectorThatIsWrittenWithWhatItHas) {
  files_.write(a_, "a", 0);
  EXPECT_THAT(files_.images(true), ElementsAre("keep=1: /a=a /b=b", "keep=1 torn=0:zero: /a=_ /b=b",
                                               testing::StartsWith("keep=1 torn=0:garbage")));
}

// Zeros at the end of a file are there as soon as it is longer.
TEST_F(PowerLossTest, DecidesOnlyOnWhatMakesADifference) {
  files_.write(a_, std::string(4096, '\0'), 4096);
  EXPECT_THAT(files_.images(), ElementsAre("keep=01: /a=a /b=b", "keep=11: /a=a_ /b=b"));
  ASSERT_EQ(files_.disk.truncate(a_, 0), sim::disk_code::ok);
  files_.write(a_, "a", 0);
  EXPECT_THAT(files_.images(), Contains("keep=11110: /a=_ /b=b")) << "it was cut in between";
}

TEST_F(PowerLossTest, SaysWhatAnItemIs) {
  files_.write(a_, "1", 4096);
  files_.remove("/b");
  files_.file("/c");
  ASSERT_EQ(files_.disk.rename("/c", "/d", sim::FileRole::database), sim::disk_code::ok);
  const sim::PowerLoss loss = files_.loss();
  std::vector<std::string> words;
  for (std::size_t item = 0; item < loss.items(); ++item) words.push_back(loss.describe(item));
  EXPECT_THAT(words, ElementsAre("size 4097 of /a, before 1", "sector 1 of /a", "removal of /b",
                                 "creation of /c", "renaming of /c to /d"));
}

TEST_F(PowerLossTest, RefusesSurvivorsThatCannotBe) {
  files_.write(a_, "1", 0);
  files_.write(a_, "2", 0);
  files_.remove("/b");
  const sim::PowerLoss loss = files_.loss();
  const auto can_be = [&](const char* text) { return loss.can_be(*survivors_of(text)); };
  EXPECT_TRUE(can_be("keep=000"));
  EXPECT_TRUE(can_be("keep=111"));
  EXPECT_TRUE(can_be("keep=101 torn=0:zero"));
  EXPECT_FALSE(can_be("keep=11")) << "another number of items";
  EXPECT_FALSE(can_be("keep=011")) << "the second state without the first";
  EXPECT_FALSE(can_be("keep=111 torn=0:zero")) << "it was written after it was torn";
  EXPECT_FALSE(can_be("keep=111 torn=2:zero")) << "a removal is not torn";
}

TEST_F(PowerLossTest, GivesEachImageThatIsGivenAgainFromItsText) {
  files_.write(a_, std::string(9000, 'x'), 100);
  files_.remove("/b");
  const sim::PowerLoss loss = files_.loss();
  loss.visit({}, [&](const sim::CrashImage& image) {
    EXPECT_TRUE(loss.can_be(image.survivors)) << to_text(image.survivors);
    EXPECT_EQ(loss.image(*survivors_of(to_text(image.survivors))), image.image);
    return true;
  });
}

class ManyWrites : public PowerLossTest {
 protected:
  void write(std::size_t sectors) {
    files_.write(a_, std::string(4096 * sectors, 'a'), 0);
    files_.sync(a_);
    files_.write(a_, std::string(4096 * sectors, 'x'), 0);
  }
  sim::CrashCounts counts(CrashOptions options) {
    return files_.loss().visit(options, [](const sim::CrashImage&) { return true; });
  }
};

TEST_F(ManyWrites, AreAllTriedWhileTheyAreTwelve) {
  write(12);
  const sim::CrashCounts found = counts({.tear = false});
  EXPECT_EQ(found.items, 12U);
  EXPECT_EQ(found.sets, 4096U);
  EXPECT_EQ(found.images, 4096U);
  EXPECT_TRUE(found.complete());
}

TEST_F(ManyWrites, AreSampledWhenTheyAreMore) {
  write(13);
  const sim::CrashCounts found = counts({.samples = 10, .tear = false});
  EXPECT_FALSE(found.complete());
  // Nothing, each prefix, everything, each single one missing, and the samples.
  EXPECT_EQ(found.images + found.equal, 14U + 13U + 10U);
  EXPECT_GT(found.images, 14U + 12U);
}

TEST_F(ManyWrites, AreSampledAlikeFromTheSameSeed) {
  write(30);
  const auto samples = [&](std::uint64_t seed) {
    std::vector<Survivors> all;
    files_.loss().visit({.samples = 20, .seed = seed, .tear = false},
                        [&](const sim::CrashImage& image) {
                          all.push_back(image.survivors);
                          return true;
                        });
    return all;
  };
  EXPECT_EQ(samples(1), samples(1));
  EXPECT_NE(samples(1), samples(2));
}

TEST_F(ManyWrites, AreJudgedOnceBetweenTwoAnswers) {
  write(3);
  sim::SeenImages seen;
  const auto given = [&] {
    return files_.loss()
        .visit(
            {.tear = false}, [](const sim::CrashImage&) { return true; }, seen)
        .images;
  };
  EXPECT_EQ(given(), 8U);
  EXPECT_EQ(given(), 0U);
  files_.write(b_, "2", 0);
  EXPECT_EQ(given(), 8U) << "those with the new one";
}

TEST_F(ManyWrites, EndWhenTheJudgeHasSeenEnough) {
  write(5);
  int seen = 0;
  files_.loss().visit({}, [&](const sim::CrashImage&) { return ++seen < 3; });
  EXPECT_EQ(seen, 3);
}

}  // namespace
}  // namespace splitproof::tests
