// Real programs on SQLite, watched and broken by the preloaded library.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/run/case_runner.h"
#include "harness/run/sweep.h"
#include "sim/process/process_handle.h"
#include "tests/harness/preloaded.h"
#include "tests/support/paths.h"

namespace splitproof::harness {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

const Texts one_table{"CREATE TABLE t (id INTEGER)"};

const std::string both_rows =
    "db.execute('INSERT INTO t VALUES (1)')\n"
    "db.execute('INSERT INTO t VALUES (2)')\n";
const std::string together = "db.execute('BEGIN')\n" + both_rows + "db.execute('COMMIT')\n";

std::size_t rows_in(const Observation& observation) {
  return observation.state.at("t")->rows.size();
}

// The run in which every program does as it likes, or why there is none.
std::string refusal(Programs& programs) {
  try {
    programs.run();
  } catch (const NotInterceptable& reason) {
    return reason.what();
  }
  return "";
}

TEST(PreloadedProgram, ShowsEachOperationOnItsDatabase) {
  Programs programs(one_table, {python(together)});
  const RunRecord run = programs.run();
  EXPECT_THAT(lines_of(run.history),
              ElementsAre("a1 lock database shared: ok", "a2 lock database shared: ok",
                          "a3 lock database reserved: ok", "a4 write database-journal: ok",
                          "a5 write database-journal: ok", "a6 write database-journal: ok",
                          "a7 write database-journal: ok", "a8 lock database pending: ok",
                          "a9 lock database exclusive: ok", "a10 write database-journal: ok",
                          "a11 write database-journal: ok", "a12 write database-journal: ok",
                          "a13 fsync database-journal: ok", "a14 write database-journal: ok",
                          "a15 fsync database-journal: ok", "a16 write database: ok",
                          "a17 write database: ok", "a18 fsync database: ok",
                          "a19 unlink database-journal: ok"));
  EXPECT_THAT(run.points, SizeIs(19));
  EXPECT_THAT(outcomes_of(run.first), ElementsAre("committed"));
  EXPECT_EQ(rows_in(*run.after), 2U);
  const std::vector<Event> again = programs.run().history.events;
  ASSERT_THAT(again, SizeIs(19));
  for (std::size_t i = 0; i < again.size(); ++i) {
    EXPECT_TRUE(same(run.history.events[i], again[i], true)) << i;
  }
}

TEST(PreloadedProgram, ShowsTheOperationsOfAWriteAheadLog) {
  Programs programs(one_table, {python(together + "db.close()")}, SqliteSharing::write_ahead_log);
  const Texts lines = lines_of(programs.run().history);
  EXPECT_THAT(lines, Contains("a6 lock database-shm write: ok"));
  EXPECT_THAT(lines, Contains("a12 fsync database-wal: ok"));
  EXPECT_EQ(lines.back(), "a19 unlink database-wal: ok") << "the last to close cleans up";
}

// A sweep of every fault at every operation, judged by what the program's user was told.
struct Sweep {
  std::vector<SweepAccount> accounts;
  std::vector<std::string> objections;  // "a3=kill: …"
  std::size_t runs = 0;
};

Sweep sweep_of(Programs& programs, const Texts& families, std::vector<bool> modes = {false}) {
  Sweep all;
  const Prepared prepared = prepare(programs.experiment(), 1, [](const RunRecord&, const char*) {});
  EXPECT_THAT(prepared.unstable, IsEmpty());
  SweepOptions options;
  options.faults = faults_of_programs(sim::Dialect::sqlite, families);
  options.modes = std::move(modes);
  all.accounts =
      sweep(programs.experiment(), base_of(prepared.clean), options, [&](const RunRecord& run) {
        ++all.runs;
        for (const Violation& one : told_equals_held(run, prepared.references)) {
          all.objections.push_back(to_string(run.plan) + ": " + one.because);
        }
      });
  for (const SweepAccount& account : all.accounts) {
    EXPECT_TRUE(account.closed) << account.fault << ": " << account.open_because;
    EXPECT_EQ(account.planned, account.fired);
  }
  return all;
}

class Journal : public testing::TestWithParam<std::string> {};

TEST_P(Journal, LeavesAllOrNothingUnderEveryFault) {
  Programs programs(
      one_table,
      {python("db.execute('PRAGMA journal_mode = " + GetParam() + "')\n" + together +
              "db.close()")},
      GetParam() == "WAL" ? SqliteSharing::write_ahead_log : SqliteSharing::rollback_journal);
  const Sweep all = sweep_of(programs, {});
  EXPECT_THAT(all.objections, IsEmpty());
  EXPECT_THAT(all.accounts, SizeIs(6)) << "EIO, ENOSPC, kill, kill-after, term, term-after";
  EXPECT_GT(all.runs, 80U);
}

INSTANTIATE_TEST_SUITE_P(Modes, Journal, testing::Values("DELETE", "TRUNCATE", "PERSIST", "WAL"),
                         [](const auto& mode) { return mode.param; });

TEST(PreloadedProgram, LeavesAllOrNothingWhereTheDiskGoesOnFailing) {
  Programs programs(one_table, {python(together)});
  const Sweep all = sweep_of(programs, {"error"}, {true});
  EXPECT_THAT(all.objections, IsEmpty());
  EXPECT_THAT(all.accounts, SizeIs(2));
}

TEST(PreloadedProgram, IsCaughtWhereItCommitsHalf) {
  Programs programs(one_table, {python(both_rows)});
  const Sweep kills = sweep_of(programs, {"kill"});
  EXPECT_THAT(kills.objections, Not(IsEmpty()));
  const Sweep errors = sweep_of(programs, {"error"});
  EXPECT_THAT(errors.objections, Contains(StartsWith("a23=error:EIO")));
}

TEST(PreloadedProgram, IsKilledBeforeAndAfterAnOperation) {
  Programs programs(one_table, {python(together)});
  const RunRecord before = programs.run("a16=kill");
  EXPECT_EQ(before.first[0].why, "the process was killed before statement 16");
  EXPECT_THAT(lines_of(before.history),
              Contains("a16 write database: not sent: the process is killed"));
  EXPECT_THAT(outcomes_of(before.first), ElementsAre("aborted")) << "the file is untouched";
  EXPECT_EQ(rows_in(*before.after), 0U);
  EXPECT_EQ(rows_in(*before.finally), 2U);
  const RunRecord half = programs.run("a16=kill-after");
  EXPECT_EQ(half.first[0].why, "the process was killed after statement 16");
  EXPECT_THAT(outcomes_of(half.first), ElementsAre("indeterminate"));
  EXPECT_EQ(rows_in(*half.after), 0U) << "the journal is hot";
  EXPECT_THAT(outcomes_of(programs.run("a19=kill-after").first), ElementsAre("indeterminate"));
  EXPECT_EQ(rows_in(*programs.run("a19=kill-after").after), 2U);
}

TEST(PreloadedProgram, MeetsErrorsOfTheDisk) {
  Programs programs(one_table, {python(together)});
  const RunRecord full = programs.run("a4=error:ENOSPC");
  EXPECT_THAT(lines_of(full.history),
              Contains("a4 write database-journal: error ENOSPC: planned: the disk is full"));
  EXPECT_EQ(full.first[0].why, "the program ended with exit code 1");
  EXPECT_THAT(full.first[0].output, EndsWith("OperationalError: database or disk is full"));
  EXPECT_THAT(outcomes_of(full.first), ElementsAre("aborted"));
  const RunRecord fails = programs.run("a18=error:EIO");
  EXPECT_THAT(fails.first[0].output, EndsWith("OperationalError: disk I/O error"));
  EXPECT_THAT(outcomes_of(fails.first), ElementsAre("indeterminate"));
  EXPECT_EQ(rows_in(*fails.after), 0U);
  EXPECT_THAT(outcomes_of(fails.last), ElementsAre("committed"));
}

TEST(PreloadedProgram, MayFinishWhenItIsAskedToEnd) {
  Programs hasty(one_table, {python(together)});
  const RunRecord dies = hasty.run("a16=term");
  EXPECT_EQ(dies.first[0].why, "the program ended with signal 15 (Terminated)");
  EXPECT_THAT(lines_of(dies.history), Contains("a16 write database: not sent: the process ends"));
  EXPECT_THAT(outcomes_of(dies.first), ElementsAre("aborted"));
  EXPECT_THAT(outcomes_of(hasty.run("a16=term-after").first), ElementsAre("indeterminate"));
  Programs patient(one_table, {python("import signal\n"
                                      "signal.signal(signal.SIGTERM, lambda *_: print('heard'))\n" +
                                      together)});
  const RunRecord goes_on = patient.run("a16=term");
  EXPECT_THAT(outcomes_of(goes_on.first), ElementsAre("committed"));
  EXPECT_EQ(goes_on.first[0].output, "heard");
  EXPECT_EQ(rows_in(*goes_on.after), 2U);
}

TEST(PreloadedProgram, CountsWhatItsChildrenDo) {
  Programs programs(one_table,
                    {python("subprocess.run([sys.executable, '-c', '''import os, sqlite3\n"
                            "db = sqlite3.connect(os.environ[\"SQLITE_PATH\"])\n"
                            "db.execute(\"INSERT INTO t VALUES (1)\")\n"
                            "db.commit()'''], check=True)\n"
                            "db.execute('INSERT INTO t VALUES (2)')\n"
                            "if os.fork() == 0:\n"
                            "  other = sqlite3.connect(os.environ['SQLITE_PATH'])\n"
                            "  with other: other.execute('INSERT INTO t VALUES (3)')\n"
                            "  os._exit(0)\n"
                            "sys.exit(os.wait()[1])\n")});
  const RunRecord run = programs.run();
  EXPECT_EQ(rows_in(*run.after), 3U) << run.first[0].output;
  std::set<int> connections;
  for (const Event& event : run.history.events) connections.insert(event.connection);
  EXPECT_THAT(connections, ElementsAre(1, 2, 3));
  const RunRecord killed = programs.run("a3=kill");
  EXPECT_EQ(rows_in(*killed.after), 0U) << "the parent dies with its child";
  EXPECT_THAT(killed.history.events, SizeIs(testing::Gt(3))) << "and is run again";
}

TEST(PreloadedProgram, TakesItsChildrenWithIt) {
  Programs programs(
      one_table,
      {python(together + "left = subprocess.Popen(['sleep', '1000'], start_new_session=True)\n"
                         "stays = subprocess.Popen(['sleep', '1000'])\n"
                         "print(left.pid, stays.pid)\n")});
  const RunRecord run = programs.run();
  EXPECT_THAT(outcomes_of(run.first), ElementsAre("committed"));
  std::istringstream output(run.first[0].output);
  int processes = 0;
  for (pid_t pid = 0; output >> pid; ++processes) {
    const auto handle = sim::ProcessHandle::open(pid);
    EXPECT_TRUE(!handle || handle->wait(sim::Deadline(std::chrono::seconds(10)))) << pid;
  }
  EXPECT_EQ(processes, 2) << run.first[0].output;
}

TEST(PreloadedProgram, IsEndedWhenItsTimeIsOver) {
  // A program that hangs: it never wakes, for it is ended before.
  ProgramSpec hangs = python("time.sleep(1000)");
  hangs.time_limit = std::chrono::milliseconds(1500);
  Programs programs(one_table, {hangs});
  programs.scenario().retry_attempts = 0;
  const RunRecord run = programs.run();
  EXPECT_EQ(run.first[0].why, "ran for longer than 1500ms and was ended");
  EXPECT_THAT(outcomes_of(run.first), ElementsAre("aborted"));
  // It hangs, too, and is ended before it wakes.
  ProgramSpec late = python("db.execute('INSERT INTO t VALUES (1)')\ntime.sleep(1000)");
  late.time_limit = std::chrono::seconds(2);
  Programs others(one_table, {late});
  others.scenario().retry_attempts = 0;
  const RunRecord wrote = others.run();
  EXPECT_EQ(wrote.first[0].why, "ran for longer than 2s and was ended");
  EXPECT_THAT(outcomes_of(wrote.first), ElementsAre("indeterminate"));
}

TEST(PreloadedProgram, HasACleanEnvironment) {
  ProgramSpec program = shell(
      "cat /proc/$$/environ | tr '\\0' '\\n' | sed 's/=.*//' | grep -E "
      "'GREETING|PRELOAD|SQLITE' | sort; pwd; "
      "echo $GREETING; sqlite3 $SQLITE_PATH 'INSERT INTO t VALUES (1)'");
  program.environment = {{"GREETING", "hello"}};
  program.folder = "/usr";
  Programs programs(one_table, {program});
  const RunRecord run = programs.run();
  EXPECT_EQ(rows_in(*run.after), 1U);
  const std::string& output = run.first[0].output;
  EXPECT_THAT(output, HasSubstr("GREETING\n"));
  EXPECT_THAT(output, HasSubstr("LD_PRELOAD\n"));
  EXPECT_THAT(output, EndsWith("SPLITPROOF_PRELOAD_DATABASE\nSPLITPROOF_PRELOAD_SOCKET\n"
                               "SQLITE_PATH\n/usr\nhello"));
}

TEST(PreloadedProgram, ShowsTheEndOfItsOutput) {
  Programs programs(one_table, {python("for i in range(1000): print('line', i)\n" + together)});
  const std::string output = programs.run().first[0].output;
  EXPECT_THAT(output, StartsWith("line 990\n"));
  EXPECT_THAT(output, EndsWith("line 999"));
}

TEST(PreloadedProgram, IsNotRunWhereItCannotBeSeen) {
  const std::string writer = tests::built_program("static_writer");
  Programs alone(one_table, {program_of({writer})});
  EXPECT_EQ(refusal(alone),
            "the program's file operations cannot be seen: it is static, or makes its own system "
            "calls");
  Programs in_a_shell(one_table, {shell(writer)});
  EXPECT_THAT(refusal(in_a_shell), StartsWith("the program was not seen to open the database"));
  Programs mixed(one_table, {shell("sqlite3 $SQLITE_PATH 'SELECT * FROM t' && " + writer)});
  EXPECT_THAT(refusal(mixed), StartsWith("the database changed and nobody was seen to write it"));
  Programs elsewhere(
      one_table, {program_of({"/usr/bin/python3", "-c",
                              "import sqlite3; sqlite3.connect(':memory:').execute('SELECT 1')"})});
  EXPECT_THAT(refusal(elsewhere), HasSubstr("it uses another one"));
}

TEST(PreloadedProgram, MayFailWithoutTouchingItsDatabase) {
  Programs programs(one_table, {shell("echo no such thing; exit 3")});
  programs.scenario().retry_attempts = 0;
  const RunRecord run = programs.run();
  EXPECT_EQ(run.first[0].why, "the program ended with exit code 3");
  EXPECT_EQ(run.first[0].output, "no such thing");
  EXPECT_THAT(outcomes_of(run.first), ElementsAre("aborted"));
}

TEST(PreloadedProgram, MustBeThere) {
  Programs programs(one_table, {program_of({"no-such-program"})});
  EXPECT_THROW(programs.run(), HarnessFailure);
}

TEST(PreloadedProgram, OnlyReads) {
  Programs programs(one_table, {python("db.execute('SELECT * FROM t').fetchall()")});
  EXPECT_THAT(outcomes_of(programs.run().first), ElementsAre("committed"));
}

TEST(CaseOfAProgram, IsNotRunWhereItCannotBeSeen) {
  SqliteWorld world;
  Scenario scenario = scenario_of(one_table);
  Variant variant;
  variant.name = "only";
  variant.expect["sqlite"] = {};
  Case subject;
  subject.scenario = &scenario;
  subject.variant = &variant;
  subject.target = subject.target_kind = "sqlite";
  const OperationFactory unseen = [] {
    return [](sim::Client&) -> sim::TransactionEnd { throw NotInterceptable("it is static"); };
  };
  const CaseOutcome outcome = run_case(subject, world, {unseen}, {});
  EXPECT_EQ(outcome.verdict.result, CaseResult::not_run);
  EXPECT_EQ(outcome.verdict.observed, "unknown");
  EXPECT_EQ(outcome.verdict.reason, "it is static");
}

}  // namespace
}  // namespace splitproof::harness
