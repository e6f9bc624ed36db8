// What is said between the preloaded library and the harness, and what follows from it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "harness/plan/director.h"
#include "harness/preload/disk_operation.h"
#include "harness/preload/program_setting.h"
#include "harness/preload/protocol.h"

namespace splitproof::harness {
namespace {

using preload::DatabaseFile;
using preload::DiskCall;
using preload::FileLock;
using preload::Report;
using preload::ReportKind;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Report report_of(DiskCall call, DatabaseFile file, FileLock lock = FileLock::none) {
  Report report;
  report.kind = ReportKind::before;
  report.call = call;
  report.file = file;
  report.lock = lock;
  return report;
}

std::string bytes_of(const Report& report) {
  return {reinterpret_cast<const char*>(&report), sizeof(report)};
}

TEST(PreloadProtocol, KnowsTheLocksOfARollbackJournal) {
  constexpr std::int64_t pending = 0x40000000;
  const auto lock = [](bool exclusive, std::int64_t start, std::int64_t length) {
    return lock_of(DatabaseFile::database, {exclusive, start, length});
  };
  EXPECT_EQ(lock(false, pending, 1), FileLock::shared);
  EXPECT_EQ(lock(false, pending + 2, 510), FileLock::none) << "it follows on the pending byte";
  EXPECT_EQ(lock(true, pending + 1, 1), FileLock::reserved);
  EXPECT_EQ(lock(true, pending, 1), FileLock::pending);
  EXPECT_EQ(lock(true, pending + 2, 510), FileLock::exclusive);
  EXPECT_EQ(lock(true, 0, 0), FileLock::none);
  EXPECT_EQ(lock_of(DatabaseFile::journal, {true, pending, 1}), FileLock::none);
}

TEST(PreloadProtocol, KnowsTheLocksOfAWriteAheadLog) {
  const auto lock = [](bool exclusive, std::int64_t start, std::int64_t length) {
    return lock_of(DatabaseFile::index, {exclusive, start, length});
  };
  EXPECT_EQ(lock(true, 120, 1), FileLock::write);
  EXPECT_EQ(lock(true, 121, 1), FileLock::checkpoint);
  EXPECT_EQ(lock(true, 121, 2), FileLock::recover);
  EXPECT_EQ(lock(true, 122, 1), FileLock::recover);
  EXPECT_EQ(lock(false, 123, 1), FileLock::read);
  EXPECT_EQ(lock(false, 127, 1), FileLock::read);
  EXPECT_EQ(lock(true, 124, 1), FileLock::none) << "a mark that is moved";
  EXPECT_EQ(lock(false, 128, 1), FileLock::none) << "that somebody is there";
}

TEST(PreloadProtocol, CutsReportsOutOfWhatIsReceived) {
  const Report first = report_of(DiskCall::sync, DatabaseFile::log);
  const Report second = report_of(DiskCall::lock, DatabaseFile::database, FileLock::reserved);
  std::string bytes = bytes_of(first) + bytes_of(second).substr(0, 5);
  bool unintelligible = false;
  const std::optional<Report> taken = take_report(bytes, unintelligible);
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->file, DatabaseFile::log);
  EXPECT_FALSE(take_report(bytes, unintelligible).has_value());
  EXPECT_FALSE(unintelligible) << "the rest has not come yet";
  bytes += bytes_of(second).substr(5);
  EXPECT_EQ(take_report(bytes, unintelligible)->lock, FileLock::reserved);
  EXPECT_THAT(bytes, IsEmpty());
}

TEST(PreloadProtocol, RefusesWhatNobodyUnderstands) {
  const auto is_refused = [](const Report& report) {
    std::string bytes = bytes_of(report);
    bool unintelligible = false;
    return !take_report(bytes, unintelligible).has_value() && unintelligible;
  };
  EXPECT_FALSE(is_refused(report_of(DiskCall::write, DatabaseFile::journal)));
  EXPECT_TRUE(is_refused(report_of(static_cast<DiskCall>(99), DatabaseFile::journal)));
  EXPECT_TRUE(is_refused(report_of(DiskCall::write, static_cast<DatabaseFile>(99))));
  EXPECT_TRUE(is_refused(report_of(DiskCall::write, DatabaseFile::none)));
  EXPECT_TRUE(is_refused(report_of(DiskCall::none, DatabaseFile::journal)));
  EXPECT_TRUE(is_refused(report_of(DiskCall::lock, DatabaseFile::database)));
  EXPECT_TRUE(is_refused(report_of(DiskCall::sync, DatabaseFile::database, FileLock::shared)));
  Report stranger;
  stranger.kind = static_cast<ReportKind>(77);
  EXPECT_TRUE(is_refused(stranger));
}

TEST(DiskOperation, IsAStatementOfTheFilesName) {
  Report write = report_of(DiskCall::write, DatabaseFile::journal);
  write.offset = 512;
  write.size = 4;
  const sim::Statement statement = statement_of(write, "app.db");
  EXPECT_EQ(statement.text(), "write app.db-journal");
  EXPECT_THAT(statement.parameters(),
              ElementsAre(sim::Value(std::int64_t{512}), sim::Value(std::int64_t{4})));
  const auto text = [](DiskCall call, DatabaseFile file, FileLock lock = FileLock::none) {
    return statement_of(report_of(call, file, lock), "app.db").text();
  };
  EXPECT_EQ(text(DiskCall::sync, DatabaseFile::database), "fsync app.db");
  EXPECT_EQ(text(DiskCall::unlink, DatabaseFile::super_journal), "unlink app.db-mj");
  EXPECT_EQ(text(DiskCall::truncate, DatabaseFile::log), "truncate app.db-wal");
  EXPECT_EQ(text(DiskCall::rename, DatabaseFile::database), "rename app.db");
  EXPECT_EQ(text(DiskCall::lock, DatabaseFile::index, FileLock::read), "lock app.db-shm read");
}

TEST(DiskOperation, MayChangeTheDatabaseInItsFileOrItsLogAlone) {
  const auto may = [](DiskCall call, DatabaseFile file) {
    return may_change_database(report_of(call, file));
  };
  EXPECT_TRUE(may(DiskCall::write, DatabaseFile::database));
  EXPECT_TRUE(may(DiskCall::write, DatabaseFile::log));
  EXPECT_TRUE(may(DiskCall::truncate, DatabaseFile::database));
  EXPECT_TRUE(may(DiskCall::rename, DatabaseFile::database));
  EXPECT_FALSE(may(DiskCall::sync, DatabaseFile::database));
  EXPECT_FALSE(may(DiskCall::write, DatabaseFile::journal));
  EXPECT_FALSE(may(DiskCall::unlink, DatabaseFile::journal)) << "only behind a write of the file";
}

TEST(DiskOperation, FailsAsItsSystemCallCan) {
  const auto point = [](DiskCall call, FileLock lock = FileLock::none) {
    Director director({}, sim::Dialect::sqlite);
    director.begin_operation('a', 0, false);
    return director.arrive('a',
                           statement_of(report_of(call, DatabaseFile::database, lock), "app.db"),
                           {}, PointKind::disk);
  };
  const Fault fails = RaiseError{"EIO"};
  const Fault full = RaiseError{"ENOSPC"};
  EXPECT_TRUE(can_strike(fails, point(DiskCall::write)));
  EXPECT_TRUE(can_strike(full, point(DiskCall::write)));
  EXPECT_TRUE(can_strike(full, point(DiskCall::sync)));
  EXPECT_TRUE(can_strike(fails, point(DiskCall::unlink)));
  EXPECT_FALSE(can_strike(full, point(DiskCall::unlink))) << "it needs no room";
  EXPECT_FALSE(can_strike(fails, point(DiskCall::lock, FileLock::shared))) << "it needs no disk";
  EXPECT_TRUE(can_strike(KillProcess{}, point(DiskCall::lock, FileLock::shared)));
}

TEST(DiskOperation, IsAnsweredByTheNameOfItsError) {
  EXPECT_EQ(answer_of(0), "ok");
  EXPECT_EQ(answer_of(EIO), "error EIO: Input/output error");
  EXPECT_EQ(answer_of(12345), "error unknown: nobody knows this error");
  EXPECT_EQ(errno_of("EIO"), EIO);
  EXPECT_EQ(errno_of("ENOSPC"), ENOSPC);
  EXPECT_EQ(errno_of("53100"), 0);
}

TEST(DiskOperation, OfReadersDoesNotGetInTheWayOfReaders) {
  const Footprint reads =
      touched_by(report_of(DiskCall::lock, DatabaseFile::database, FileLock::shared));
  const Footprint writes =
      touched_by(report_of(DiskCall::lock, DatabaseFile::database, FileLock::reserved));
  EXPECT_FALSE(dependent(reads, reads));
  EXPECT_TRUE(dependent(reads, writes));
  EXPECT_TRUE(dependent(writes, writes));
}

TEST(ProgramSetting, GivesTheProgramACleanEnvironment) {
  ProgramSpec program;
  program.environment = {{"LD_PRELOAD", "other.so"}, {"TZ", "UTC"}, {"SQLITE_PATH", "elsewhere"}};
  EXPECT_THAT(environment_of(program, {"/d/app.db", "/l/ours.so", "/s"}),
              testing::IsSupersetOf({Pair("LD_PRELOAD", "/l/ours.so:other.so"),
                                     Pair("SPLITPROOF_PRELOAD_DATABASE", "/d/app.db"),
                                     Pair("SPLITPROOF_PRELOAD_SOCKET", "/s"),
                                     Pair("SQLITE_PATH", "/d/app.db"), Pair("TZ", "UTC")}));
}

}  // namespace
}  // namespace splitproof::harness
