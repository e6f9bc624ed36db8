// Disks that lie: each lie is found, and the same disk without it is clean.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/disk/crash_run.h"

namespace splitproof::tests {
namespace {

using sim::DiskAct;
using sim::DiskOperation;
using sim::DiskVerdict;
using sim::FileRole;
using sim::JournalMode;
using testing::Contains;
using testing::Key;
using testing::UnorderedElementsAre;

using Lie = std::function<DiskVerdict(const DiskOperation&)>;

// Two tables, so that one page is not the whole of it.
CrashSwept swept_with(JournalMode journal, Lie lie, sim::Persona device = persona("honest")) {
  CrashSetting setting;
  setting.preparation.push_back("CREATE TABLE u (a)");
  setting.transaction = {"BEGIN", "INSERT INTO t VALUES (1, 'one')", "INSERT INTO u VALUES (1)",
                         "COMMIT"};
  setting.look = {"SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM u)"};
  setting.before = "0 0 ";
  setting.after = "1 1 ";
  setting.persona = device;
  setting.options.journal = journal;
  setting.options.synchronous = sim::Synchronous::extra;
  setting.lie = std::move(lie);
  return sweep(setting);
}

bool is_clean(const CrashSwept& swept) {
  return testing::Matches(UnorderedElementsAre(Key("before"), Key("after")))(swept.tally);
}

// Whatever is asked of the file, by its number among those that fit.
Lie lie_at(int ordinal, DiskAct act, FileRole role, DiskVerdict::Kind kind) {
  return [=, seen = 0](const DiskOperation& operation) mutable {
    const bool hit = operation.act == act && operation.role == role && ++seen == ordinal;
    DiskVerdict verdict;
    if (hit) verdict.kind = kind;
    return verdict;
  };
}

class DiskMutants : public testing::TestWithParam<JournalMode> {};

TEST_P(DiskMutants, AreNotThere) { EXPECT_TRUE(is_clean(swept_with(GetParam(), {}))); }

TEST_P(DiskMutants, ForgetTheSyncOfTheDatabase) {
  if (GetParam() == JournalMode::wal) return;  // Nothing is written to it here.
  EXPECT_FALSE(is_clean(swept_with(
      GetParam(), lie_at(1, DiskAct::sync, FileRole::database, DiskVerdict::Kind::pretend))));
}

INSTANTIATE_TEST_SUITE_P(Disk, DiskMutants,
                         testing::Values(JournalMode::remove, JournalMode::truncate,
                                         JournalMode::persist, JournalMode::wal));

TEST(DiskMutant, ForgetsOneSyncOfAJournal) {
  const auto forgets = [](int ordinal) {
    return swept_with(JournalMode::remove, lie_at(ordinal, DiskAct::sync, FileRole::journal,
                                                  DiskVerdict::Kind::pretend));
  };
  EXPECT_FALSE(is_clean(forgets(1)));
  EXPECT_FALSE(is_clean(forgets(2)));
}

TEST(DiskMutant, ForgetsOneSyncOfAWal) {
  const CrashSwept swept = swept_with(
      JournalMode::wal, lie_at(2, DiskAct::sync, FileRole::wal, DiskVerdict::Kind::pretend));
  EXPECT_THAT(swept.tally, Contains(Key("lost")));
}

// What the journal's sync should have written is written by that of the database.
TEST(DiskMutant, WritesLaterThanItSays) {
  const Lie late = [](const DiskOperation& operation) {
    DiskVerdict verdict;
    if (operation.act == DiskAct::sync && operation.role == FileRole::journal) {
      verdict.kind = DiskVerdict::Kind::postpone;
    }
    return verdict;
  };
  EXPECT_TRUE(is_damaged(swept_with(JournalMode::remove, late)));
}

// It calls a block of 4 KiB atomic and bytes beside the written ones safe, and neither is true.
// SQLite as built here makes nothing of the former; it relies on the latter.
TEST(DiskMutant, TearsWithoutTelling) {
  sim::Persona device = persona("atomic-write");
  EXPECT_TRUE(is_clean(swept_with(JournalMode::wal, {}, device)));
  device.atomic_sectors = false;
  EXPECT_TRUE(is_clean(swept_with(JournalMode::wal, {}, device)));
  device.powersafe_overwrite = false;
  EXPECT_THAT(swept_with(JournalMode::wal, {}, device).tally, Contains(Key("lost")));
}

TEST(DiskMutant, DropsADirectoryEntry) {
  const Lie drops = [](const DiskOperation& operation) {
    DiskVerdict verdict;
    if (operation.act == DiskAct::sync_directory) verdict.kind = DiskVerdict::Kind::pretend;
    return verdict;
  };
  EXPECT_TRUE(is_damaged(swept_with(JournalMode::remove, drops)));
  EXPECT_THAT(swept_with(JournalMode::wal, drops).tally, Contains(Key("lost")));
}

}  // namespace
}  // namespace splitproof::tests
