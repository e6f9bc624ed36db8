// Faults of the database server: a backend that is ended, and a server that is killed and recovers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/inject/interposed_engine.h"
#include "harness/run/process_sweep.h"
#include "harness/run/worlds.h"
#include "tests/harness/client_operations.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// One server of its own for all tests of this file, because they crash it.
class ServerFault : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto started = sim::PostgresServer::start(*shared_guardian());
    if (!started.ok()) throw std::runtime_error(started.error().message);
    server = std::move(started).value();
  }
  static void TearDownTestSuite() { server.reset(); }

  static std::unique_ptr<PostgresWorld> make_world() {
    static int count = 0;
    auto world = PostgresWorld::create(server->connection(), "faults_" + std::to_string(++count));
    if (!world.ok()) throw std::runtime_error(world.error().message);
    EXPECT_TRUE(world.value()->may_crash(*server).ok());
    return std::move(world).value();
  }

  // The run of a plan of an operation on an empty table; of one operation in each test.
  RunRecord run(const std::string& plan, const OperationFactory& operation) {
    if (experiment_ == nullptr) {
      experiment_ = std::make_unique<Experiment>(*world_, scenario_,
                                                 std::vector<OperationFactory>{operation});
    }
    return experiment_->run(plan_of(plan), {});
  }

  // "committed 2", then the same after the retries.
  static std::string in_words(const RunRecord& run) {
    const auto held = [](const Observation& observation) {
      return " " + std::to_string(observation.state.at("t")->rows.size());
    };
    return outcomes_of(run.first).at(0) + held(*run.after) + ", " + outcomes_of(run.last).at(0) +
           held(*run.finally);
  }

  static std::unique_ptr<sim::PostgresServer> server;
  std::unique_ptr<PostgresWorld> world_ = make_world();
  const Scenario scenario_ = scenario_of({"CREATE TABLE t (id int PRIMARY KEY)"});
  std::unique_ptr<Experiment> experiment_;
};

std::unique_ptr<sim::PostgresServer> ServerFault::server;

const Texts two_rows{"INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"};

TEST_F(ServerFault, TerminatedBackendLosesItsTransactionBeforeTheStatement) {
  const RunRecord run = this->run("a3=terminate", in_one_transaction(two_rows));
  EXPECT_EQ(in_words(run), "aborted 0, committed 2");
  EXPECT_EQ(lines_of(run.history).at(2),
            "a3 INSERT INTO t VALUES (2): no answer: the connection is lost");
  EXPECT_THAT(run.fired, SizeIs(1));
}

TEST_F(ServerFault, BackendTerminatedAfterItsAnswerIsMissedByTheNextStatement) {
  const RunRecord run = this->run("a2=terminate-after", in_one_transaction(two_rows));
  EXPECT_EQ(in_words(run), "aborted 0, committed 2");
  EXPECT_EQ(lines_of(run.history).at(1), "a2 INSERT INTO t VALUES (1): ok, 1 rows affected");
  EXPECT_EQ(lines_of(run.history).at(2),
            "- INSERT INTO t VALUES (2): no answer: the connection is lost");
}

TEST_F(ServerFault, BackendTerminatedAfterTheCommitTakesNothingBack) {
  EXPECT_EQ(in_words(run("a5=terminate-after", in_one_transaction(two_rows))),
            "committed 2, committed 2");
}

std::size_t recoveries_in(const std::string& log) {
  constexpr std::string_view words =
      "database system was not properly shut down; automatic recovery in progress";
  std::size_t count = 0;
  for (std::size_t at = log.find(words); at != std::string::npos; at = log.find(words, at + 1)) {
    ++count;
  }
  return count;
}

TEST_F(ServerFault, CrashIsSeenInTheServersLog) {
  const std::size_t before = recoveries_in(server->log());
  const RunRecord run = this->run("a5=crash-after", in_one_transaction(two_rows));
  EXPECT_EQ(in_words(run), "committed 2, committed 2");
  EXPECT_EQ(recoveries_in(server->log()), before + 1);
}

TEST_F(ServerFault, CrashBeforeTheCommitLeavesNothing) {
  const RunRecord run = this->run("a5=crash", in_one_transaction(two_rows));
  EXPECT_EQ(in_words(run), "indeterminate 0, committed 2")
      << "a client that sent COMMIT cannot know that it did not arrive";
  EXPECT_EQ(lines_of(run.history).at(4), "a5 COMMIT: no answer: the connection is lost");
}

// The helper asks on a new connection; the status of the transaction's id is that of another life
// of the server, and no row can tell.
TEST_F(ServerFault, UnansweredCommitOfACrashedServerStaysIndeterminate) {
  const RunRecord run = this->run("a5=crash-unanswered", in_one_transaction(two_rows));
  EXPECT_EQ(in_words(run), "indeterminate 2, aborted 2") << "the retry meets its own rows";
  EXPECT_THAT(run.first.at(0).why, HasSubstr("whether it was committed is unknown"));
}

OperationFactory marked(const Texts& statements) {
  return [=] {
    return [=](sim::Client& client) {
      sim::TransactionOptions options;
      options.was_committed = [](sim::Session& session) -> sim::Answer<bool> {
        const sim::Answer<sim::Rows> found = session.execute("SELECT 1 FROM t WHERE id = 1");
        if (!found.ok()) return found.error();
        return !found.value().rows.empty();
      };
      return sim::run_transaction(client, options,
                                  [&](sim::Transaction& transaction) -> sim::Status {
                                    for (const std::string& statement : statements) {
                                      const auto answer = transaction.execute(statement);
                                      if (!answer.ok()) return answer.error();
                                    }
                                    return sim::Done{};
                                  });
    };
  };
}

// After the crash the lost transaction's id is given out again: its status is then the status of
// another transaction, and only a row that the transaction itself wrote can decide.
TEST_F(ServerFault, UnansweredCommitIsResolvedByARowOfTheTransaction) {
  EXPECT_EQ(in_words(this->run("a5=crash-unanswered", marked(two_rows))),
            "committed 2, committed 2");
  EXPECT_EQ(in_words(this->run("a5=crash", marked(two_rows))), "aborted 0, committed 2");
}

TEST_F(ServerFault, CrashAroundAWriteThatCommitsByItself) {
  EXPECT_EQ(in_words(this->run("a2=crash", each_alone(two_rows))), "aborted 1, aborted 1");
  EXPECT_EQ(in_words(this->run("a2=crash-unanswered", each_alone(two_rows))),
            "aborted 2, aborted 2");
  EXPECT_EQ(in_words(this->run("a2=crash-after", each_alone(two_rows))),
            "committed 2, committed 2");
}

// What reset() put back must not be lost with the next crash; runs before and after are the same.
TEST_F(ServerFault, ImageSurvivesEveryCrash) {
  const Scenario scenario =
      scenario_of({"CREATE TABLE t (id int PRIMARY KEY, n serial)", "INSERT INTO t VALUES (7)"});
  Experiment experiment(*world_, scenario, {in_one_transaction(two_rows)});
  const std::string before = experiment.initial()->digest;
  const RunRecord clean = experiment.run({}, {});
  for (int round = 0; round < 3; ++round) {
    const RunRecord crashed = experiment.run(plan_of("a5=crash"), {});
    EXPECT_EQ(crashed.after->digest, before) << "the rows of the run before are back";
    EXPECT_EQ(experiment.run(plan_of("a5=crash-after"), {}).after->digest, clean.after->digest);
    EXPECT_EQ(lines_of(experiment.run({}, {}).history), lines_of(clean.history));
    EXPECT_EQ(experiment.initial()->digest, before);
  }
}

// A crash takes what was answered before it reached the log. Without this, a crash would show
// nothing about durability.
TEST_F(ServerFault, CrashLosesWhatWasAnsweredBeforeItWasDurable) {
  const OperationFactory hasty = [] {
    return [](sim::Client& client) {
      const sim::Answer<sim::Session*> session = client.session();
      if (!session.ok()) return sim::TransactionEnd{sim::Outcome::aborted, session.error(), 1};
      if (!session.value()->execute("SET synchronous_commit = off").ok()) {
        return sim::TransactionEnd{};
      }
      return send_together(client, two_rows);
    };
  };
  // The server writes its log at times of its own, so that one crash may come too late.
  constexpr int crashes_max = 20;
  bool lost = false;
  for (int crash = 0; crash < crashes_max && !lost; ++crash) {
    const RunRecord run = this->run("a6=crash-after", hasty);
    EXPECT_EQ(outcomes_of(run.first).at(0), "committed");
    lost = run.after->state.at("t")->rows.empty();
  }
  EXPECT_TRUE(lost);
}

TEST_F(ServerFault, CrashTakesAllConnectionsOfTheClient) {
  const OperationFactory on_two_connections = [] {
    return [](sim::Client& client) {
      const auto other = std::move(client.engine().connect()).value();
      EXPECT_TRUE(other->execute("SELECT 1").ok());
      EXPECT_EQ(send_together(client, two_rows).outcome, sim::Outcome::committed);
      const sim::Answer<sim::Rows> answer = other->execute("SELECT 2");
      EXPECT_EQ(answer.error().kind, sim::ErrorKind::connection_lost);
      return sim::TransactionEnd{sim::Outcome::committed, std::nullopt, 1};
    };
  };
  const RunRecord run = this->run("a6=crash-after", on_two_connections);
  EXPECT_EQ(lines_of(run.history).back(), "- SELECT 2: no answer: the connection is lost")
      << "nothing else can happen there, so it is no fault point";
  EXPECT_EQ(in_words(run), "committed 2, committed 2");
}

TEST_F(ServerFault, DeadSessionsAreNotLentAgain) {
  fill_with(*world_, {"CREATE TABLE t (id int)"});
  std::unique_ptr<sim::Session> ended = std::move(world_->lend()).value();
  std::unique_ptr<sim::Session> idle = std::move(world_->lend()).value();
  world_->take_back(std::move(idle), true);
  EXPECT_FALSE(world_->has_lost(*ended));
  ASSERT_TRUE(world_->terminate(*ended).ok());
  EXPECT_TRUE(world_->has_lost(*ended));
  world_->take_back(std::move(ended), true);
  std::unique_ptr<sim::Session> crashed = std::move(world_->lend()).value();
  EXPECT_TRUE(crashed->execute("SELECT 1").ok()) << "the one that was never ended";
  ASSERT_TRUE(world_->crash(CrashServer::How::all, 0).ok());
  EXPECT_TRUE(world_->has_lost(*crashed));
  world_->take_back(std::move(crashed), true);
  EXPECT_TRUE(std::move(world_->lend()).value()->execute("SELECT 1").ok());
}

// The same faults on a client that is a process of its own; the kill that makes it one is planned
// behind its end.
TEST_F(ServerFault, StrikeClientsInProcessesAlike) {
  Scenario scenario = scenario_;
  scenario.operations.front().steps = two_rows;
  ClientHost host(*shared_guardian(), "/proc/self/exe");
  for (const char* const code : {"transactional", "autocommit"}) {
    const std::unique_ptr<PostgresWorld> world = make_world();
    Experiment experiment(*world, scenario,
                          {small_operation(scenario.operations.front(), code).value()});
    use_processes(experiment, {}, host, code);
    for (const char* const plan :
         {"a2=terminate", "a1=terminate-after", "a2=crash", "a2=crash-unanswered", "a2=crash-after",
          "a5=crash", "a5=crash-unanswered", "a5=crash-after"}) {
      const RunRecord ours = experiment.run(plan_of(plan), {});
      const RunRecord theirs = experiment.run(plan_of(std::string(plan) + " a99=kill"), {});
      EXPECT_EQ(lines_of(ours.history), lines_of(theirs.history)) << code << " " << plan;
      EXPECT_EQ(in_words(ours), in_words(theirs)) << code << " " << plan;
    }
  }
}

TEST(ServerFaultElsewhere, IsRefusedWhereTheServerIsNotOurs) {
  const std::unique_ptr<PostgresWorld> world = postgres_world();
  EXPECT_FALSE(world->can_crash());
  const Scenario scenario = scenario_of({"CREATE TABLE t (id int PRIMARY KEY)"});
  Experiment experiment(*world, scenario, {in_one_transaction(two_rows)});
  EXPECT_THROW(experiment.run(plan_of("a5=crash"), {}), HarnessFailure);
  SqliteWorld file;
  EXPECT_FALSE(file.can_crash());
  EXPECT_FALSE(file.crash(CrashServer::How::all, 0).ok());
}

}  // namespace
}  // namespace splitproof::harness
