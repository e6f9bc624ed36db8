// A loss of power during the recovery from one, and during the recovery from that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/disk/crash_run.h"

namespace splitproof::tests {
namespace {

using sim::JournalMode;

class CrashInRecovery : public testing::TestWithParam<JournalMode> {
 protected:
  CrashInRecovery() {
    setting_.persona = persona("honest");
    setting_.options.journal = GetParam();
    setting_.options.synchronous = sim::Synchronous::extra;
    setting_.preparation.push_back("CREATE TABLE u (a)");
    setting_.transaction = {"BEGIN", "INSERT INTO t VALUES (1, 'one')", "INSERT INTO u VALUES (1)",
                            "COMMIT"};
    setting_.look = {"SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM u)"};
  }

  // What a session that recovers the image, and then writes, has on the disk after each operation.
  std::vector<CrashPoint> points_of_recovery(const sim::DiskImage& image) {
    DiskWorld world(setting_.persona, setting_.options);
    world.disk.restore(image);
    Notes notes(world.disk);
    world.disk.set_gate(&notes);
    answer_of(*open(world.database), setting_.look.back());
    world.disk.set_gate(nullptr);
    return std::move(notes.points);
  }

  // Judges the image and, `deep` times more, each that a crash of its recovery leaves.
  void judge(const sim::DiskImage& image, const std::string& expected, int deep) {
    if (!seen_.insert(image.digest()).second) return;
    ++judged_;
    EXPECT_EQ(recovered(world_, setting_, image), expected);
    if (deep == 0) return;
    for (const CrashPoint& point : points_of_recovery(image)) {
      sim::CrashOptions options;
      options.samples = 4;
      options.all_max = 64;
      sim::PowerLoss(point.state, setting_.persona)
          .visit(options, [&](const sim::CrashImage& next) {
            judge(next.image, expected, deep - 1);
            return !HasFailure();
          });
    }
  }

  CrashSetting setting_;
  DiskWorld world_{persona("honest")};
  std::set<std::uint64_t> seen_;
  int judged_ = 0;
};

TEST_P(CrashInRecovery, EndsWhereTheFirstRecoveryWouldHave) {
  for (const CrashPoint& point : points_of(setting_)) {
    if (point.told) break;
    const sim::PowerLoss loss(point.state, setting_.persona);
    sim::CrashOptions options;
    options.samples = 8;
    options.all_max = 256;
    loss.visit(options, [&](const sim::CrashImage& image) {
      const std::string expected = recovered(world_, setting_, image.image);
      EXPECT_THAT(expected, testing::AnyOf("0 0 ", "1 1 "));
      judge(image.image, expected, 2);
      return !HasFailure();
    });
  }
  EXPECT_GT(judged_, 50);
}

INSTANTIATE_TEST_SUITE_P(Disk, CrashInRecovery,
                         testing::Values(JournalMode::remove, JournalMode::truncate,
                                         JournalMode::persist, JournalMode::wal),
                         [](const auto& test) { return std::string(to_string(test.param)); });

}  // namespace
}  // namespace splitproof::tests
