// SQLite under every loss of power that a disk allows: a transaction of three inserts, crashed at
// every operation and after its answer, with every set of survivors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/disk/crash_run.h"

namespace splitproof::tests {
namespace {

using sim::JournalMode;
using sim::Synchronous;
using testing::AnyOf;
using testing::Contains;
using testing::Each;
using testing::Key;
using testing::UnorderedElementsAre;

CrashSetting setting_of(const sim::Persona& device, JournalMode journal, Synchronous synchronous) {
  CrashSetting setting;
  setting.persona = device;
  setting.options.journal = journal;
  setting.options.synchronous = synchronous;
  return setting;
}

// Neither half a transaction nor damage, and nothing lost that was told.
void expect_all_or_nothing(const CrashSwept& swept) {
  EXPECT_THAT(swept.tally, UnorderedElementsAre(Key("before"), Key("after"))) << swept.first_bad;
}

// As before, but for what was told, which may be gone: the documentation does not promise it.
void expect_no_half(const CrashSwept& swept) {
  EXPECT_THAT(swept.tally, UnorderedElementsAre(Key("before"), Key("after"), Key("lost")));
}

class OnEachDisk : public testing::TestWithParam<sim::Persona> {};

TEST_P(OnEachDisk, AWalIsAllOrNothing) {
  expect_all_or_nothing(sweep(setting_of(GetParam(), JournalMode::wal, Synchronous::full)));
}

TEST_P(OnEachDisk, AJournalThatIsCutOffIsAllOrNothing) {
  expect_all_or_nothing(sweep(setting_of(GetParam(), JournalMode::truncate, Synchronous::full)));
}

TEST_P(OnEachDisk, AJournalThatStaysIsAllOrNothing) {
  const CrashSwept swept = sweep(setting_of(GetParam(), JournalMode::persist, Synchronous::full));
  // SQLite takes a journal on such a device for complete before it is synced, for whatever was
  // appended to it is there before its size. Here the journal is not appended to but written over,
  // and the checksum of a record is one of each 200th byte: a record that is half of the
  // transaction before can pass for one of this.
  if (GetParam().safe_append) {
    EXPECT_TRUE(is_damaged(swept));
  } else {
    expect_all_or_nothing(swept);
  }
}

// "EXTRA synchronous is like FULL with the addition that the directory containing a rollback
// journal is synced after that journal is unlinked to commit a transaction in DELETE mode."
TEST_P(OnEachDisk, AJournalThatIsDeletedIsAllOrNothingWithExtra) {
  expect_all_or_nothing(sweep(setting_of(GetParam(), JournalMode::remove, Synchronous::extra)));
}

TEST_P(OnEachDisk, AJournalThatIsDeletedMayComeBackWithFull) {
  expect_no_half(sweep(setting_of(GetParam(), JournalMode::remove, Synchronous::full)));
}

// "WAL mode is always consistent with synchronous=NORMAL, but WAL mode does lose durability. A
// transaction committed in WAL mode with synchronous=NORMAL might roll back following a power
// loss."
TEST_P(OnEachDisk, AWalWithNormalMayForgetButNotHalve) {
  expect_no_half(sweep(setting_of(GetParam(), JournalMode::wal, Synchronous::normal)));
}

TEST_P(OnEachDisk, NothingIsCertainWithoutSyncs) {
  for (const JournalMode journal :
       {JournalMode::remove, JournalMode::truncate, JournalMode::persist, JournalMode::wal}) {
    EXPECT_THAT(sweep(setting_of(GetParam(), journal, Synchronous::off)).tally,
                Contains(Key("lost")));
  }
}

TEST_P(OnEachDisk, NothingIsSafeWithoutAJournalOnTheDisk) {
  for (const JournalMode journal : {JournalMode::memory, JournalMode::off}) {
    EXPECT_TRUE(is_damaged(sweep(setting_of(GetParam(), journal, Synchronous::full))));
  }
}

INSTANTIATE_TEST_SUITE_P(Crash, OnEachDisk,
                         testing::Values(persona("honest"), honest_with_sectors_of(512),
                                         persona("sequential"), persona("atomic-write"),
                                         persona("safe-append")),
                         [](const auto& test) {
                           std::string name(test.param.name);
                           std::erase(name, '-');
                           return name + std::to_string(test.param.sector_size);
                         });

TEST(Crash, DamagesADatabaseWhoseJournalWasNotSynced) {
  EXPECT_TRUE(
      is_damaged(sweep(setting_of(persona("honest"), JournalMode::remove, Synchronous::off))));
}

TEST(Crash, DamagesADatabaseOnADiskWithoutBarriers) {
  const sim::Persona device = persona("no-barrier");
  EXPECT_TRUE(is_damaged(sweep(setting_of(device, JournalMode::remove, Synchronous::extra))));
  EXPECT_THAT(sweep(setting_of(device, JournalMode::wal, Synchronous::extra)).tally,
              Contains(Key("lost")));
}

CrashSetting over_two_files(JournalMode journal) {
  CrashSetting setting = setting_of(persona("honest"), journal, Synchronous::full);
  const std::string attach = "ATTACH '/other' AS other";
  setting.preparation.push_back(attach);
  setting.preparation.push_back("PRAGMA other.journal_mode = " + std::string(to_string(journal)));
  setting.preparation.push_back("CREATE TABLE other.u (a)");
  setting.transaction = {attach, "BEGIN", "INSERT INTO t VALUES (1, 'one')",
                         "INSERT INTO u VALUES (1)", "COMMIT"};
  setting.look = {attach, "SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM u)"};
  setting.before = "0 0 ";
  setting.after = "1 1 ";
  return setting;
}

// The super-journal's removal is the commit, and it is synced with FULL already.
TEST(Crash, KeepsATransactionOverTwoFilesWhole) {
  expect_all_or_nothing(sweep(over_two_files(JournalMode::remove)));
}

// "If the main database is ":memory:" or if the journal_mode is WAL, then transactions continue to
// be atomic within each individual database file. But if the host computer crashes in the middle of
// a COMMIT where two or more database files are updated, some of those files might get the changes
// where others might not."
TEST(Crash, HalvesATransactionOverTwoFilesWithWals) {
  const CrashSwept swept = sweep(over_two_files(JournalMode::wal));
  EXPECT_THAT(swept.tally, Contains(Key("1 0 ")));
}

TEST(Crash, TriesEverySetOfSurvivorsOfASmallTransaction) {
  for (const JournalMode journal : {JournalMode::remove, JournalMode::wal}) {
    EXPECT_TRUE(sweep(setting_of(persona("honest"), journal, Synchronous::full)).complete);
  }
}

}  // namespace
}  // namespace splitproof::tests
