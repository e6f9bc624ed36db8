// Disks that lie below a case: the oracles of a case find each lie, and nothing on the same disk
// without it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/run/sqlite_disk_world.h"
#include "tests/harness/experiments.h"
#include "tests/harness/one_case.h"

namespace splitproof::harness {
namespace {

using sim::DiskAct;
using sim::DiskOperation;
using sim::DiskVerdict;
using sim::FileRole;
using sim::JournalMode;
using testing::IsEmpty;
using testing::Not;

// Answers `kind` to the n-th operation of this sort in a run; to all of them where n is 0.
class Liar final : public sim::DiskGate {
 public:
  Liar(DiskVerdict::Kind kind, DiskAct act, std::optional<FileRole> role, int ordinal)
      : kind_(kind), act_(act), role_(role), ordinal_(ordinal) {}

  DiskVerdict judge(const DiskOperation& operation) override {
    // A run sets the disk back, and its operations are counted anew.
    if (operation.number <= last_) seen_ = 0;
    last_ = operation.number;
    if (operation.act != act_ || (role_ && operation.role != *role_)) return {};
    DiskVerdict verdict;
    if (++seen_ == ordinal_ || ordinal_ == 0) verdict.kind = kind_;
    return verdict;
  }
  void done(const DiskOperation&, sim::DiskCode) override {}

 private:
  DiskVerdict::Kind kind_;
  DiskAct act_;
  std::optional<FileRole> role_;
  int ordinal_;
  int seen_ = 0;
  std::uint64_t last_ = 0;
};

// Two tables, so that one page is not the whole of it.
const Texts two_tables{"/* save one */ INSERT INTO t VALUES (1)",
                       "/* save two */ INSERT INTO u VALUES (1)"};

class LyingDisk : public testing::Test {
 protected:
  LyingDisk() {
    be_one_case(scenario_, "lying-disk", "sqlite");
    scenario_.faults = {"power"};
    scenario_.variants.front().storage.emplace();
  }

  // The oracles that object.
  Texts objections(JournalMode journal, sim::DiskGate* liar,
                   const sim::Persona& disk = sim::persona_named("honest").value()) {
    const StorageSetting setting{journal, sim::Synchronous::extra, std::string(disk.name)};
    SqliteDiskWorld world(setting, disk);
    world.watch().stand_before(liar);
    scenario_.variants.front().storage = StorageSpec{setting, false};
    const Case subject = case_of(scenario_, "sqlite");
    const CaseOutcome outcome = run_case(subject, world, {in_one_transaction(two_tables)}, {});
    const auto lost =
        std::ranges::find(outcome.verdict.contract->cells, "power lost", &ContractCell::failure);
    EXPECT_EQ(lost->promise, "whole and durable");
    EXPECT_EQ(outcome.verdict.result,
              outcome.verdict.findings.empty() ? CaseResult::pass : CaseResult::fail)
        << outcome.verdict.reason;
    Texts names;
    for (const Finding& finding : outcome.verdict.findings) names.push_back(finding.oracle);
    return names;
  }

  Texts objections(JournalMode journal, Liar liar) { return objections(journal, &liar); }

  Scenario scenario_ =
      scenario_of({"CREATE TABLE t (id INTEGER PRIMARY KEY)", "CREATE TABLE u (id INTEGER)"});
};

constexpr auto forgets = DiskVerdict::Kind::pretend;

TEST_F(LyingDisk, IsQuietWhereItDoesNotLie) {
  for (const JournalMode journal :
       {JournalMode::remove, JournalMode::truncate, JournalMode::persist, JournalMode::wal}) {
    EXPECT_THAT(objections(journal, nullptr), IsEmpty()) << sim::to_string(journal);
  }
}

TEST_F(LyingDisk, ThatForgetsOneSyncIsFound) {
  for (const int ordinal : {1, 2}) {
    EXPECT_THAT(
        objections(JournalMode::remove, Liar(forgets, DiskAct::sync, FileRole::journal, ordinal)),
        Not(IsEmpty()))
        << "of the journal, the " << ordinal << ".";
  }
  for (const JournalMode journal :
       {JournalMode::remove, JournalMode::truncate, JournalMode::persist}) {
    EXPECT_THAT(objections(journal, Liar(forgets, DiskAct::sync, FileRole::database, 1)),
                Not(IsEmpty()))
        << sim::to_string(journal);
  }
  EXPECT_THAT(objections(JournalMode::wal, Liar(forgets, DiskAct::sync, FileRole::wal, 2)),
              Not(IsEmpty()));
}

// What the journal's sync should have written is written by that of the database.
TEST_F(LyingDisk, ThatWritesLaterThanItSaysIsFound) {
  EXPECT_THAT(objections(JournalMode::remove,
                         Liar(DiskVerdict::Kind::postpone, DiskAct::sync, FileRole::journal, 0)),
              Not(IsEmpty()));
}

// It says that bytes beside the written ones are safe, and a torn sector takes them along: those of
// pages that nobody wrote to, and that no journal has.
TEST_F(LyingDisk, ThatTearsWithoutTellingIsFound) {
  scenario_.data.sql.insert(scenario_.data.sql.begin(), "PRAGMA page_size = 1024");
  scenario_.data.sql.emplace_back("CREATE TABLE beside (id INTEGER)");
  scenario_.data.sql.emplace_back("INSERT INTO beside VALUES (1)");
  sim::Persona disk = sim::persona_named("atomic-write").value();
  EXPECT_THAT(objections(JournalMode::remove, nullptr, disk), IsEmpty());
  disk.atomic_sectors = false;
  EXPECT_THAT(objections(JournalMode::remove, nullptr, disk), IsEmpty());
  disk.powersafe_overwrite = false;
  EXPECT_THAT(objections(JournalMode::remove, nullptr, disk), Not(IsEmpty()));
}

TEST_F(LyingDisk, ThatDropsADirectoryEntryIsFound) {
  for (const JournalMode journal : {JournalMode::remove, JournalMode::wal}) {
    EXPECT_THAT(objections(journal, Liar(forgets, DiskAct::sync_directory, std::nullopt, 0)),
                Not(IsEmpty()))
        << sim::to_string(journal);
  }
}

}  // namespace
}  // namespace splitproof::harness
