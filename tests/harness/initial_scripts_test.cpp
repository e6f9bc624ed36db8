// Scripts of the initial data on both engines: what they leave, and what their author is told.
#include "harness/run/initial_scripts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "harness/run/initial_data.h"
#include "harness/run/sqlite_world.h"
#include "sim/sql/postgres/connection_text.h"
#include "sim/sql/sqlite/sqlite_script.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class InitialScripts : public testing::Test {
 protected:
  InitialScripts() : path_(testing::TempDir() + "script-" + std::to_string(::getpid()) + ".sql") {}
  ~InitialScripts() override { std::filesystem::remove(path_); }
  InitialScripts(const InitialScripts&) = delete;
  InitialScripts& operator=(const InitialScripts&) = delete;

  // The script first, then the statement.
  sim::Status fill(World& world, const std::string& script, const std::string& statement = "") {
    std::ofstream(path_, std::ios::binary) << script;
    InitialData data;
    data.scripts = {path_};
    if (!statement.empty()) data.sql = {statement};
    return world.fill([&](sim::Engine& engine) {
      return write_initial_data(data, engine, world.clock(), world.address());
    });
  }

  void expect_refused(World& world, const std::string& script, const std::string& place,
                      const testing::Matcher<std::string>& why) {
    const sim::Status status = fill(world, script);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().kind, sim::ErrorKind::invalid) << status.error().message;
    EXPECT_THAT(status.error().message, AllOf(StartsWith(path_ + ":" + place), why));
  }

  static std::string answer(World& world, const std::string& query) {
    const sim::Answer<sim::Rows> rows = world.query(query);
    if (!rows.ok()) return rows.error().message;
    return rows.value().rows.empty() ? "nothing" : sim::to_string(rows.value().rows[0][0]);
  }

  std::string path_;
};

constexpr const char* schema = R"(-- a comment; with a semicolon
CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);
/* another; one */
INSERT INTO t (id, v) VALUES (1, 'a;b');
INSERT INTO t (id, v) VALUES (2, 'it''s')  -- no semicolon at the end
)";

TEST_F(InitialScripts, RunWholeOnSqlite) {
  SqliteWorld world;
  const sim::Status filled = fill(world,
                                  std::string("\xEF\xBB\xBF") + schema +
                                      ";\nCREATE TRIGGER r AFTER INSERT ON t BEGIN\n"
                                      "  UPDATE t SET v = v || '!' WHERE id = 1;\n"
                                      "  UPDATE t SET v = v || '?' WHERE id = 1;\nEND;\n\n",
                                  "INSERT INTO t (id, v) VALUES (3, 'c')");
  ASSERT_TRUE(filled.ok()) << filled.error().message;
  EXPECT_EQ(answer(world, "SELECT group_concat(v, ',') FROM t"), "a;b!?,it's,c");
}

TEST_F(InitialScripts, TellOnSqliteWhichStatementIsWrong) {
  SqliteWorld world;
  expect_refused(world, "CREATE TABLE t (id INTEGER);\n\n-- next\nINSERT INTO u VALUES (1);\n",
                 "4:1: found 'INSERT INTO u VALUES (1)'; expected a statement that the database "
                 "accepts, but it says: ",
                 HasSubstr("no such table: u"));
  SqliteWorld syntax;
  expect_refused(syntax, "SELECT 1; .read other.sql\n", "1:1: found '.read other.sql'",
                 HasSubstr("syntax error"));
  SqliteWorld text;
  expect_refused(text, std::string("SELECT 1;\n\0", 11), "2:1: ", HasSubstr("the byte 0x00"));
  SqliteWorld open;
  expect_refused(open, "BEGIN;\nCREATE TABLE t (id INTEGER);\n", "2:1: found 'CREATE TABLE t",
                 HasSubstr("its transaction is open"));
}

TEST_F(InitialScripts, BreakAConstraintOnSqliteAtTheirOwnPlace) {
  SqliteWorld world;
  const sim::Status status = fill(world, std::string(schema) + ";INSERT INTO t (id) VALUES (1)");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, sim::ErrorKind::constraint);
  EXPECT_THAT(status.error().message, StartsWith(path_ + ":6:1: found 'INSERT INTO t (id)"));
}

TEST_F(InitialScripts, MayBeEmptyOnSqlite) {
  SqliteWorld world;
  for (const char* const script : {"", "\n", "-- nothing", ";;\n", "/* never closed"}) {
    const sim::Status filled = fill(world, script);
    EXPECT_TRUE(filled.ok()) << script << ": " << filled.error().message;
  }
}

TEST_F(InitialScripts, RunByPsqlOnPostgres) {
  const std::unique_ptr<PostgresWorld> world = postgres_world();
  const sim::Status filled = fill(*world,
                                  std::string(schema) +
                                      ";\n\\set two 4\nINSERT INTO t (id) VALUES (:two);\n"
                                      "DO $$BEGIN RAISE WARNING 'only a warning'; END$$;\n"
                                      "COPY t (id, v) FROM stdin;\n5\tcopied\n\\.\n",
                                  "INSERT INTO t (id, v) VALUES (3, 'c')");
  ASSERT_TRUE(filled.ok()) << filled.error().message;
  EXPECT_EQ(answer(*world, "SELECT string_agg(coalesce(v, '-'), ',' ORDER BY id) FROM t"),
            "a;b,it's,c,-,copied");
}

TEST_F(InitialScripts, TellOnPostgresWhatPsqlSays) {
  const std::unique_ptr<PostgresWorld> world = postgres_world();
  expect_refused(*world,
                 "DO $$BEGIN RAISE WARNING 'only a warning'; END$$;\n\nINSERT INTO u VALUES (1);\n",
                 "3: ERROR:  relation \"u\" does not exist\n",
                 AllOf(HasSubstr("LINE 1: INSERT INTO u"), testing::Not(HasSubstr("warning"))));
  const std::unique_ptr<PostgresWorld> other = postgres_world();
  expect_refused(*other, "\\nonsense\n", "1: error: invalid command", HasSubstr("nonsense"));
}

TEST_F(InitialScripts, NeedPsqlAndTheServer) {
  std::ofstream(path_) << "SELECT 1;\n";
  const sim::Status without = run_by_psql(path_, server_connection(), {"/nowhere"});
  ASSERT_FALSE(without.ok());
  EXPECT_EQ(without.error().message,
            path_ +
                " is run by psql, which was not found; install it: apt-get "
                "install postgresql-client");
  const std::unique_ptr<PostgresWorld> world = postgres_world();
  const sim::Status gone = run_initial_script(path_, world->engine(), "host=/nowhere dbname=x");
  ASSERT_FALSE(gone.ok());
  EXPECT_EQ(gone.error().kind, sim::ErrorKind::connection_lost);
  EXPECT_THAT(gone.error().message, HasSubstr("exit code 2"));
}

TEST(ConnectionText, KeepsThePasswordApart) {
  const auto url =
      sim::without_its_password("postgresql://me:se%20cret@host:5433/db?sslmode=disable&dbname=x");
  ASSERT_TRUE(url.ok()) << url.error().message;
  EXPECT_EQ(url.value().password, "se cret");
  EXPECT_EQ(url.value().connection,
            "user='me' dbname='x' host='host' port='5433' sslmode='disable'");
  const auto string = sim::without_its_password("host=/run user='it\\'s' dbname=a dbname=b");
  ASSERT_TRUE(string.ok()) << string.error().message;
  EXPECT_EQ(string.value().password, "");
  EXPECT_EQ(string.value().connection, "user='it\\'s' dbname='b' host='/run'");
  EXPECT_FALSE(sim::without_its_password("host").ok());
}

}  // namespace
}  // namespace splitproof::harness
