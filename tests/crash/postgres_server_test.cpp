#include "sim/server/postgres_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>

#include "sim/process/shared_memory.h"
#include "sim/server/postgres_programs.h"
#include "sim/server/server_folder.h"
#include "sim/sql/postgres/postgres_session.h"
#include "tests/crash/support.h"
#include "tests/support/small_disks.h"

namespace splitproof::sim {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

std::unique_ptr<PostgresSession> connect(const PostgresServer& server) {
  Answer<std::unique_ptr<PostgresSession>> session = PostgresSession::connect(server.connection());
  if (!session.ok()) throw std::runtime_error(session.error().message);
  return std::move(session).value();
}

Rows run(Session& session, const Statement& statement) {
  Answer<Rows> answer = session.execute(statement);
  if (!answer.ok()) throw std::runtime_error(statement.text() + ": " + answer.error().message);
  return std::move(answer).value();
}

TEST(PostgresServer, RunsAndTellsItsVersion) {
  const std::unique_ptr<PostgresServer> server = start_server();
  EXPECT_THAT(server->version(), MatchesRegex("[0-9]+\\.[0-9]+"));
  EXPECT_GT(server->pid(), 0);
  EXPECT_THAT(server->log(), HasSubstr("ready to accept connections"));
  const std::unique_ptr<PostgresSession> session = connect(*server);
  EXPECT_EQ(run(*session, "SHOW listen_addresses").rows, (std::vector<Row>{{std::string()}}));
  EXPECT_EQ(run(*session, "SHOW unix_socket_directories").rows,
            (std::vector<Row>{{server->folder()}}));
}

// A pool of a program may be as large as on a server that is set up as usual.
TEST(PostgresServer, HasRoomForAHundredConnectionsAndThoseOfTheHarness) {
  const std::unique_ptr<PostgresServer> server = start_server();
  std::vector<std::unique_ptr<PostgresSession>> all;
  for (int i = 0; i < 110; ++i) all.push_back(connect(*server));
  EXPECT_EQ(run(*all.back(), "SELECT 1").rows, (std::vector<Row>{{std::int64_t{1}}}));
}

TEST(PostgresServer, KeepsWhatWasCommittedThroughACrashAndNothingElse) {
  const std::unique_ptr<PostgresServer> server = start_server();
  const std::unique_ptr<PostgresSession> session = connect(*server);
  run(*session, "CREATE TABLE t (v text)");
  run(*session, "INSERT INTO t VALUES ('committed')");
  run(*session, "BEGIN");
  run(*session, "INSERT INTO t VALUES ('in flight')");
  const pid_t before = server->pid();
  server->crash();
  EXPECT_EQ(server->pid(), -1);
  const Answer<Rows> lost = session->execute("COMMIT");
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().kind, ErrorKind::connection_lost);
  const Result<Done, ServerError> again = server->restart();
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_NE(server->pid(), before);
  EXPECT_THAT(server->log(), HasSubstr("automatic recovery in progress"));
  EXPECT_EQ(run(*connect(*server), "SELECT v FROM t").rows,
            (std::vector<Row>{{std::string("committed")}}));
}

TEST(PostgresServer, RestartsAtOnceAfterEachOfManyCrashesWithOpenSessions) {
  const std::unique_ptr<PostgresServer> server = start_server();
  for (int round = 0; round < 8; ++round) {
    std::vector<std::unique_ptr<PostgresSession>> sessions;
    for (int count = 0; count < 6; ++count) sessions.push_back(connect(*server));
    server->crash();
    const Result<Done, ServerError> again = server->restart();
    ASSERT_TRUE(again.ok()) << again.error().message;
  }
}

TEST(PostgresServer, RecoversWhatWasCommittedAfterAnImmediateStop) {
  const std::unique_ptr<PostgresServer> server = start_server();
  run(*connect(*server), "CREATE TABLE kept (id int)");
  const std::unique_ptr<PostgresSession> open = connect(*server);
  server->stop_immediately();
  EXPECT_EQ(server->pid(), -1);
  const Answer<Rows> lost = open->execute("COMMIT");
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().kind, ErrorKind::connection_lost)
      << "the server's last words are a warning, which libpq takes for an open connection";
  const Result<Done, ServerError> again = server->restart();
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_THAT(server->log(), HasSubstr("received immediate shutdown request"));
  EXPECT_THAT(server->log(), HasSubstr("automatic recovery in progress"));
  EXPECT_THAT(run(*connect(*server), "SELECT * FROM kept").rows, IsEmpty());
}

TEST(PostgresServer, RecoversByItselfWhenABackendIsKilled) {
  const std::unique_ptr<PostgresServer> server = start_server();
  run(*connect(*server), "CREATE TABLE kept (id int)");
  const pid_t postmaster = server->pid();
  for (int round = 0; round < 5; ++round) {
    const std::unique_ptr<PostgresSession> victim = connect(*server);
    const std::unique_ptr<PostgresSession> other = connect(*server);
    const auto backend =
        std::get<std::int64_t>(run(*victim, "SELECT pg_backend_pid()").rows.at(0).at(0));
    const Result<Done, ServerError> recovered = server->kill_backend(static_cast<pid_t>(backend));
    ASSERT_TRUE(recovered.ok()) << recovered.error().message;
    EXPECT_FALSE(victim->execute("SELECT 1").ok());
    EXPECT_FALSE(other->execute("SELECT 1").ok()) << "all others are ended with it";
    EXPECT_EQ(server->pid(), postmaster);
    EXPECT_THAT(run(*connect(*server), "SELECT * FROM kept").rows, IsEmpty());
  }
  EXPECT_THAT(server->log(), HasSubstr("was terminated by signal 9"));
  const Result<Done, ServerError> none = server->kill_backend(1);
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message, HasSubstr("has no backend 1"));
}

TEST(PostgresServer, RestartsAfterACleanStop) {
  const std::unique_ptr<PostgresServer> server = start_server();
  run(*connect(*server), "CREATE TABLE kept (id int)");
  server->stop();
  EXPECT_EQ(server->pid(), -1);
  EXPECT_FALSE(PostgresSession::connect(server->connection()).ok());
  const Result<Done, ServerError> again = server->restart();
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_THAT(server->log(), Not(HasSubstr("automatic recovery")));
  EXPECT_THAT(run(*connect(*server), "SELECT * FROM kept").rows, IsEmpty());
}

TEST(PostgresServer, DoesNotMeetAnotherThatIsStartedAtTheSameTime) {
  std::future<std::unique_ptr<PostgresServer>> starting =
      std::async(std::launch::async, start_server);
  const std::unique_ptr<PostgresServer> one = start_server();
  const std::unique_ptr<PostgresServer> other = starting.get();
  EXPECT_NE(one->folder(), other->folder());
  run(*connect(*one), "CREATE TABLE mine (id int)");
  EXPECT_EQ(connect(*other)->execute("SELECT * FROM mine").error().native_code, "42P01");
  one->crash();
  EXPECT_TRUE(connect(*other)->execute("SELECT 1").ok());
}

TEST(PostgresServer, LeavesNothingWhenItIsGivenUpRunningStoppedOrCrashed) {
  for (const char* const state : {"running", "stopped", "crashed"}) {
    std::unique_ptr<PostgresServer> server = start_server();
    const std::unique_ptr<PostgresSession> session = connect(*server);
    const std::string folder = server->folder();
    const SharedMemory memory = shared_memory_of(server->pid());
    ASSERT_THAT(memory.segments, Not(IsEmpty()));
    if (state == std::string("stopped")) server->stop();
    if (state == std::string("crashed")) server->crash();
    server.reset();
    EXPECT_FALSE(std::filesystem::exists(folder)) << state;
    for (const Segment& segment : list_segments()) {
      EXPECT_THAT(memory.segments, Not(Contains(segment.id))) << state;
    }
  }
}

TEST(PostgresServer, SaysWhyItCannotRestart) {
  const std::unique_ptr<PostgresServer> server = start_server();
  server->crash();
  std::filesystem::remove(server->folder() + "/data/PG_VERSION");
  const Result<Done, ServerError> again = server->restart();
  ASSERT_FALSE(again.ok());
  EXPECT_THAT(again.error().message, HasSubstr("PG_VERSION"));
}

TEST(PostgresServer, IsLookedForAndMissedInWords) {
  const Result<PostgresPrograms, ServerError> found = find_postgres({"/no/such/folder", "/usr"});
  ASSERT_FALSE(found.ok());
  EXPECT_THAT(found.error().message, HasSubstr("/no/such/folder, /usr"));
  EXPECT_THAT(found.error().message, HasSubstr("apt-get install postgresql"));
}

TEST(PostgresServer, IsTakenFromTheFirstFolderThatHasBothPrograms) {
  const ScratchFolder scratch;
  for (const char* const name : {"half/initdb", "whole/initdb", "whole/postgres"}) {
    const std::filesystem::path path = scratch.path() + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << "#!/bin/sh\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  const Result<PostgresPrograms, ServerError> found =
      find_postgres({scratch.path() + "/half", scratch.path() + "/whole"});
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found.value().postgres, scratch.path() + "/whole/postgres");
}

TEST(ServerFolder, SaysWhatIsWrongWithEachPlaceWhenNoneServes) {
  const std::string long_path = "/tmp/" + std::string(100, 'x');
  Result<ServerFolder, ServerError> folder =
      ServerFolder::make(test_guardian(), {"/no/such/folder", "/proc", long_path}, std::nullopt);
  ASSERT_FALSE(folder.ok());
  EXPECT_THAT(folder.error().message, HasSubstr("/no/such/folder: No such file or directory"));
  EXPECT_THAT(folder.error().message, HasSubstr("/proc: "));
  EXPECT_THAT(folder.error().message, HasSubstr(long_path + ": its path is too long"));
  EXPECT_THAT(folder.error().message, HasSubstr("TMPDIR"));
}

TEST(ServerFolder, IsNotMadeWhereTheServersUserCannotReachIt) {
  const ScratchFolder scratch;  // Closed to others, as mkdtemp makes it.
  const Account nobody{.name = "nobody", .user = 65534, .group = 65534};
  EXPECT_EQ(objection_to(scratch.path(), nobody), "the user nobody cannot reach it");
  EXPECT_EQ(objection_to(scratch.path(), std::nullopt), "");
}

class SmallDiskOfAServer : public testing::TestWithParam<bool> {};

TEST_P(SmallDiskOfAServer, IsFullByTheServersOwnWords) {
  const std::unique_ptr<PostgresServer> server = start_server();
  ASSERT_FALSE(server->tablespace().empty());
  const std::unique_ptr<PostgresSession> session = connect(*server);
  run(*session, "CREATE TABLE t TABLESPACE small AS SELECT generate_series(1, 10) AS n");
  const Statement grow("INSERT INTO t SELECT generate_series(1, 100000)");
  ASSERT_TRUE(server->fill_disk().ok());
  const Answer<Rows> refused = session->execute(grow);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().native_code, "53100");
  ASSERT_TRUE(server->free_disk().ok());
  EXPECT_TRUE(session->execute(grow).ok());
  // What lies on it outlives the server's processes.
  server->crash();
  ASSERT_TRUE(server->restart().ok());
  EXPECT_EQ(run(*connect(*server), "SELECT count(*) FROM t").rows,
            (std::vector<Row>{{std::int64_t{100'010}}}));
}

INSTANTIATE_TEST_SUITE_P(Where, SmallDiskOfAServer,
                         testing::ValuesIn(tests::where_disks_can_be_mounted()),
                         [](const auto&) { return "ItIsMounted"; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SmallDiskOfAServer);

}  // namespace
}  // namespace splitproof::sim
