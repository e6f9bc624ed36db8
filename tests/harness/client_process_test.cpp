// Clients that are real processes, killed around their statements, on both engines.
#include "harness/inject/client_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "harness/run/process_sweep.h"
#include "harness/run/worlds.h"
#include "tests/harness/client_operations.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::SizeIs;

const Texts two_rows{"INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"};

std::unique_ptr<World> sqlite_file_world() {
  Worlds worlds(shared_guardian());
  auto world = worlds.make_sqlite_file();
  if (!world.ok()) throw std::runtime_error(world.error().message);
  return std::move(world).value();
}

// One host for most tests; it must go before the guardian does.
class SharedHost : public testing::Environment {
 public:
  void TearDown() override { host.reset(); }
  static std::unique_ptr<ClientHost> host;
};

std::unique_ptr<ClientHost> SharedHost::host;
const testing::Environment* const shared_host_end =
    testing::AddGlobalTestEnvironment(std::make_unique<SharedHost>().release());

ClientHost& shared_host() {
  if (!SharedHost::host) {
    SharedHost::host = std::make_unique<ClientHost>(*shared_guardian(), "/proc/self/exe");
  }
  return *SharedHost::host;
}

// An experiment whose clients can be killed: one operation of these steps in one form.
class Killing {
 public:
  Killing(std::unique_ptr<World> world, const Texts& steps, const std::string& code,
          ClientHost& host)
      : world_(std::move(world)), scenario_(scenario_of({"CREATE TABLE t (id integer)"})) {
    scenario_.operations.front().steps = steps;
    experiment_ = std::make_unique<Experiment>(
        *world_, scenario_,
        std::vector<OperationFactory>{small_operation(scenario_.operations.front(), code).value()});
    prepared_.record = experiment_->run({}, {});
    use_processes(*experiment_, prepared_, host, code);
  }

  RunRecord run(const std::string& plan) { return experiment_->run(plan_of(plan), {}); }
  Experiment& experiment() { return *experiment_; }
  World& world() { return *world_; }
  const CleanRun& clean() const { return prepared_; }

 private:
  std::unique_ptr<World> world_;
  Scenario scenario_;
  std::unique_ptr<Experiment> experiment_;
  CleanRun prepared_;
};

std::string in_words(const RunRecord& run) {
  const auto held = [](const Observation& observation) {
    return " " + std::to_string(observation.state.at("t")->rows.size());
  };
  return outcomes_of(run.first).at(0) + held(*run.after) + ", " + outcomes_of(run.last).at(0) +
         held(*run.finally);
}

class KilledClient : public testing::TestWithParam<sim::Dialect> {
 protected:
  static Killing of(const Texts& steps, const std::string& code) {
    return {GetParam() == sim::Dialect::sqlite ? sqlite_file_world()
                                               : std::unique_ptr<World>(postgres_world()),
            steps, code, shared_host()};
  }
  // The number of the COMMIT: the helper asks PostgreSQL for the transaction's id before it.
  static int commit() { return GetParam() == sim::Dialect::sqlite ? 4 : 5; }
  static std::string at_commit(const std::string& fault) {
    return "a" + std::to_string(commit()) + "=" + fault;
  }
};

TEST_P(KilledClient, LeavesNothingWhenKilledBeforeTheCommit) {
  Killing killing = of(two_rows, "transactional");
  const RunRecord run = killing.run(at_commit("kill"));
  EXPECT_EQ(in_words(run), "aborted 0, committed 2");
  EXPECT_EQ(run.first.at(0).why,
            "the process was killed before statement " + std::to_string(commit()));
  EXPECT_THAT(lines_of(run.history).at(static_cast<std::size_t>(commit()) - 1),
              HasSubstr("COMMIT: not sent: the process is killed"));
  EXPECT_EQ(run.history.events.at(static_cast<std::size_t>(commit()) - 1).struck, "kill");
  EXPECT_THAT(run.fired, SizeIs(1));
}

TEST_P(KilledClient, LeavesNothingWhenKilledAfterAStatementOfTheTransaction) {
  Killing killing = of(two_rows, "transactional");
  const RunRecord run = killing.run("a2=kill-after");
  EXPECT_EQ(in_words(run), "aborted 0, committed 2");
  EXPECT_EQ(run.first.at(0).why, "the process was killed after statement 2");
  EXPECT_EQ(lines_of(run.history).at(1), "a2 INSERT INTO t VALUES (1): ok, 1 rows affected");
}

TEST_P(KilledClient, LeavesEverythingWhenKilledAfterTheCommit) {
  Killing killing = of(two_rows, "transactional");
  EXPECT_EQ(in_words(killing.run(at_commit("kill-after"))), "committed 2, committed 2");
}

TEST_P(KilledClient, LeavesHalfOfWhatItSendsStatementByStatement) {
  Killing killing = of(two_rows, "autocommit");
  EXPECT_EQ(in_words(killing.run("a1=kill")), "aborted 0, committed 2");
  EXPECT_EQ(in_words(killing.run("a1=kill-after")), "indeterminate 1, committed 3");
  EXPECT_EQ(in_words(killing.run("a2=kill")), "indeterminate 1, committed 3");
  EXPECT_EQ(in_words(killing.run("a2=kill-after")), "committed 2, committed 2");
}

TEST_P(KilledClient, IsSweptAroundEveryStatementAndClosed) {
  Killing killing = of(two_rows, "transactional");
  SweepOptions options;
  options.faults = faults_of(killing.world().dialect(), {});
  std::int64_t runs = 0;
  const std::vector<SweepAccount> accounts =
      process_sweep(killing.experiment(), killing.clean(), options, [&](const RunRecord& run) {
        ++runs;
        EXPECT_THAT(in_words(run), AnyOf("aborted 0, committed 2", "committed 2, committed 2"))
            << to_string(run.plan);
      });
  const std::int64_t points = commit();
  EXPECT_THAT(accounts, ElementsAre(Field(&SweepAccount::fault, "kill"),
                                    Field(&SweepAccount::fault, "kill-after")));
  for (const SweepAccount& account : accounts) {
    EXPECT_TRUE(account.closed) << account.open_because;
    EXPECT_EQ(account.mode, "once");
    EXPECT_EQ(account.planned, points);
    EXPECT_EQ(account.fired, points);
  }
  EXPECT_EQ(runs, 2 * (points + 1)) << "a closing run for each";
}

TEST_P(KilledClient, CanMeetOtherFaultsBeforeItsDeath) {
  Killing killing = of(two_rows, "autocommit");
  const std::string full = GetParam() == sim::Dialect::sqlite ? "SQLITE_FULL" : "53100";
  EXPECT_EQ(in_words(killing.run("a1=error:" + full + " a9=kill")), "aborted 0, committed 2");
  EXPECT_EQ(in_words(killing.run("a2=throw a9=kill")), "aborted 1, committed 3");
  EXPECT_EQ(in_words(killing.run("a1=throw-after a9=kill")), "aborted 1, committed 3");
  EXPECT_EQ(in_words(killing.run("a2=drop a9=kill")), "aborted 1, committed 3");
  EXPECT_EQ(in_words(killing.run("a2=lose-reply a9=kill")), "aborted 2, committed 4");
}

TEST_P(KilledClient, ForgetsWhatItRemembered) {
  Killing killing = of(two_rows, "remembers");
  EXPECT_EQ(in_words(killing.run("a2=throw")), "aborted 1, committed 1")
      << "the program lives, and believes that it is done";
  EXPECT_EQ(in_words(killing.run("a2=kill")), "indeterminate 1, committed 3");
}

TEST_P(KilledClient, CanBeKilledAgainInTheRetry) {
  Killing killing = of(two_rows, "transactional");
  const RunRecord run = killing.run("a3=kill retry a2=kill-after");
  EXPECT_EQ(in_words(run), "aborted 0, committed 2");
  EXPECT_THAT(outcomes_of(run.retried), ElementsAre("aborted"));
  EXPECT_THAT(run.fired, SizeIs(2));
}

TEST_P(KilledClient, IsToldIndeterminateWhereTheCleanRunIsUnknown) {
  Killing killing = of(two_rows, "transactional");
  shared_host().know_clean({}, GetParam());
  EXPECT_EQ(in_words(killing.run(at_commit("kill-after"))), "indeterminate 2, committed 4");
}

INSTANTIATE_TEST_SUITE_P(On, KilledClient,
                         testing::Values(sim::Dialect::sqlite, sim::Dialect::postgres),
                         [](const auto& engine) {
                           return std::string(sim::to_string(engine.param));
                         });

// What a client's death leaves in the file is looked at before anybody opens it.
TEST(KilledClientOnSqlite, LeavesAHotJournalThatTheNextReaderRollsBack) {
  Worlds worlds(shared_guardian());
  std::unique_ptr<World> world = std::move(worlds.make_sqlite_file()).value();
  const std::string path = world->address().substr(std::string("sqlite:").size());
  // With a cache of one page SQLite writes into the file before the COMMIT.
  Killing killing(std::move(world),
                  {"PRAGMA cache_size = 1", "BEGIN IMMEDIATE",
                   "WITH RECURSIVE n (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < "
                   "20000) INSERT INTO t SELECT v FROM n",
                   "COMMIT"},
                  "autocommit", shared_host());
  std::uintmax_t journal_bytes = 0;
  std::uintmax_t file_bytes = 0;
  RunOptions options;
  options.on_told = [&](const Told& told) {
    if (told.retry) return;
    journal_bytes = std::filesystem::file_size(path + "-journal");
    file_bytes = std::filesystem::file_size(path);
  };
  const RunRecord run = killing.experiment().run(plan_of("a4=kill"), options);
  EXPECT_GT(journal_bytes, 512U) << "a header and a page";
  EXPECT_GT(file_bytes, 100000U) << "rows of a transaction that was never committed";
  EXPECT_EQ(in_words(run), "aborted 0, committed 20000");
  EXPECT_FALSE(std::filesystem::exists(path + "-journal"));
}

std::string failure_of(Killing& killing, const std::string& plan) {
  try {
    killing.run(plan);
  } catch (const HarnessFailure& failure) {
    return failure.what();
  }
  return "";
}

TEST(ClientProcess, ThatEndsByItselfIsAFailureOfTheHarness) {
  for (const auto& [code, end] : {std::pair{"exits", "exit code 7"}, {"aborts", "signal 6"}}) {
    ClientHost host(*shared_guardian(), "/proc/self/exe");
    std::unique_ptr<World> world = sqlite_file_world();
    Scenario scenario = scenario_of({"CREATE TABLE t (id integer)"});
    scenario.operations.front().steps = two_rows;
    Experiment experiment(*world, scenario, {each_alone(two_rows)});
    use_processes(experiment, {}, host, code);
    try {
      experiment.run(plan_of("a9=kill"), {});
      FAIL() << "a client that " << code << " was taken for a run";
    } catch (const HarnessFailure& failure) {
      EXPECT_THAT(failure.what(), HasSubstr(std::string("ended by itself with ") + end));
      EXPECT_THAT(failure.what(), HasSubstr("1 statements sent"));
    }
    EXPECT_EQ(host.pid(), -1) << "what it was doing must not go on";
    host.bind(scenario.operations, "autocommit");
    EXPECT_EQ(in_words(experiment.run(plan_of("a9=kill"), {})), "committed 2, committed 2");
  }
}

TEST(ClientProcess, ThatThrowsIsToldAborted) {
  Killing killing(sqlite_file_world(), two_rows, "throws", shared_host());
  const RunRecord run = killing.run("a9=kill");
  EXPECT_EQ(run.first.at(0).why, "the program gave up");
  EXPECT_EQ(outcomes_of(run.first).at(0), "aborted");
}

TEST(ClientProcess, IsNeededByAPlanThatKills) {
  const std::unique_ptr<World> world = sqlite_file_world();
  const Scenario scenario = scenario_of({"CREATE TABLE t (id integer)"});
  Experiment experiment(*world, scenario, {each_alone(two_rows)});
  try {
    experiment.run(plan_of("a1=kill"), {});
    FAIL() << "nobody was there to be killed";
  } catch (const HarnessFailure& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("clients cannot be processes of their own here"));
  }
}

TEST(ClientProcess, NeedsADatabaseThatItCanReach) {
  Killing killing(std::make_unique<SqliteWorld>(), two_rows, "autocommit", shared_host());
  EXPECT_THAT(failure_of(killing, "a1=kill"), HasSubstr("cannot be reached by another process"));
}

TEST(ClientHost, SaysWhatItsProgramCannotDo) {
  ClientHost host(*shared_guardian(), "/proc/self/exe");
  const std::vector<OperationSpec> operations = scenario_of({}).operations;
  try {
    host.bind(operations, "unheard-of");
    FAIL() << "an unknown form was bound";
  } catch (const HarnessFailure& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("found code 'unheard-of'"));
  }
  ClientHost stranger(*shared_guardian(), "/bin/true");
  try {
    stranger.bind(operations, "autocommit");
    FAIL() << "/bin/true is no host";
  } catch (const HarnessFailure& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("the host of client processes"));
  }
}

TEST(ClientHost, EndsWithItsOwner) {
  pid_t pid = -1;
  {
    ClientHost host(*shared_guardian(), "/proc/self/exe");
    host.bind(scenario_of({}).operations, "autocommit");
    pid = host.pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

}  // namespace
}  // namespace splitproof::harness
