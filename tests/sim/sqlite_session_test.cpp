// The SQLite adapter behind the Session door: values, errors, and databases in files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sim/sql/sqlite/sqlite_engine.h"
#include "sim/sql/sqlite/sqlite_memory.h"

namespace splitproof::tests {
namespace {

using sim::Answer;
using sim::Error;
using sim::ErrorKind;
using sim::Null;
using sim::Row;
using sim::Rows;
using sim::Session;
using sim::SqliteEngine;
using sim::Statement;
using sim::Value;
using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<Session> open(sim::Engine& engine) {
  Answer<std::unique_ptr<Session>> opened = engine.connect();
  if (!opened.ok()) throw std::runtime_error(opened.error().message);
  return std::move(opened).value();
}

class SqliteSessionTest : public testing::Test {
 protected:
  Rows run(const Statement& statement) {
    Answer<Rows> answer = session_->execute(statement);
    if (!answer.ok()) throw std::runtime_error(answer.error().message);
    return std::move(answer).value();
  }
  Error error_of(const Statement& statement) {
    const Answer<Rows> answer = session_->execute(statement);
    if (answer.ok()) throw std::runtime_error("succeeded: " + statement.text());
    return answer.error();
  }
  Value value_of(const Statement& statement) { return run(statement).rows.at(0).at(0); }

  sim::ManualClock clock_{sim::Instant{}};
  sim::SqliteMemory memory_{clock_};
  std::unique_ptr<Session> session_ = open(memory_);
};

TEST_F(SqliteSessionTest, AnswersRowsWithTheirColumns) {
  const Rows rows = run("SELECT 1 AS one, 'x' AS text, NULL AS none, 0.5 AS half");
  EXPECT_THAT(rows.columns, ElementsAre("one", "text", "none", "half"));
  EXPECT_THAT(rows.rows, ElementsAre(Row{std::int64_t{1}, "x", Null{}, 0.5}));
  EXPECT_EQ(rows.affected, 0);
}

TEST_F(SqliteSessionTest, AnswersColumnsOfAnEmptyResult) {
  EXPECT_THAT(run("SELECT 1 AS one WHERE 0").columns, ElementsAre("one"));
}

TEST_F(SqliteSessionTest, BindsParametersByTheirNumber) {
  const Statement statement("SELECT $2, $1, $2", {std::string("first"), std::string("second")});
  EXPECT_THAT(run(statement).rows, ElementsAre(Row{"second", "first", "second"}));
}

// In an INSERT, parameters in their order are given to SQLite as question marks.
TEST_F(SqliteSessionTest, BindsThoseOfAnInsertHoweverTheyStand) {
  run("CREATE TABLE t (a, b)");
  const std::vector<Value> both{std::string("one"), std::string("two")};
  for (const char* const text :
       {"INSERT INTO t VALUES ($1, $2)", "/* $9 */ insert INTO t VALUES ($1,$2) -- $3",
        "INSERT INTO t SELECT $1, $2", "INSERT INTO t (a, b) VALUES ($1, $2) RETURNING $1"}) {
    run({text, both});
  }
  run({"INSERT INTO t VALUES ($2, $1)", both});
  run({"INSERT INTO t VALUES ($1, $1 || $2)", both});
  run({"INSERT INTO t VALUES ($1, $2 || '$3 ?' || \"$2\" )", both});
  const std::vector<Row> rows = run("SELECT a, b FROM t ORDER BY rowid").rows;
  ASSERT_EQ(rows.size(), 7U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(rows[i], (Row{"one", "two"})) << i;
  EXPECT_EQ(rows[4], (Row{"two", "one"}));
  EXPECT_EQ(rows[5], (Row{"one", "onetwo"}));
  EXPECT_EQ(rows[6], (Row{"one", "two$3 ?$2"}));
  EXPECT_THAT(run({"INSERT INTO t VALUES ($1, $2) RETURNING $1", both}).columns, ElementsAre("$1"));
}

TEST_F(SqliteSessionTest, RefusesParametersOfAnInsertThatDoNotFit) {
  run("CREATE TABLE t ([a$1], b)");
  for (const char* const text :
       {"INSERT INTO t VALUES ($1, ?)", "INSERT INTO t VALUES ($1, :b)",
        "INSERT INTO t VALUES ($1, @b)", "INSERT INTO t VALUES ($1, $b)",
        "INSERT INTO t VALUES ($1, $2x)", "INSERT INTO t ([a$1]) VALUES (?)"}) {
    EXPECT_THAT(error_of({text, {Null{}}}).message, HasSubstr("parameters are written $1, $2"))
        << text;
  }
  EXPECT_THAT(error_of({"INSERT INTO t VALUES ($1, $2)", {Null{}}}).message,
              HasSubstr("up to $2, but 1 values"));
  EXPECT_THAT(error_of({"INSERT INTO t VALUES ($1", {Null{}}}).message, HasSubstr("incomplete"));
}

TEST_F(SqliteSessionTest, KeepsEveryKindOfValue) {
  const std::string with_nul("a\0b", 3);
  const std::vector<Value> values{Null{},   std::numeric_limits<std::int64_t>::min(),
                                  0.1,      std::string("zł €"),
                                  with_nul, std::string()};
  run("CREATE TABLE t (v)");
  for (const Value& value : values) run({"INSERT INTO t VALUES ($1)", {value}});
  const Rows rows = run("SELECT v FROM t ORDER BY rowid");
  ASSERT_EQ(rows.rows.size(), values.size());
  for (std::size_t n = 0; n < values.size(); ++n) EXPECT_EQ(rows.rows[n][0], values[n]) << n;
}

TEST_F(SqliteSessionTest, AnswersBlobsAsHexadecimalText) {
  EXPECT_EQ(value_of("SELECT x'00ff7a'"), Value("\\x00ff7a"));
  EXPECT_EQ(value_of("SELECT x''"), Value("\\x"));
}

TEST_F(SqliteSessionTest, CountsAffectedRowsOfWritesOnly) {
  EXPECT_EQ(run("CREATE TABLE t (a INTEGER PRIMARY KEY, b)").affected, 0);
  EXPECT_EQ(run("INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)").affected, 3);
  EXPECT_EQ(run("SELECT * FROM t").affected, 0);
  EXPECT_EQ(run("UPDATE t SET b = 9 WHERE a > 1").affected, 2);
  EXPECT_EQ(run("UPDATE t SET b = 9 WHERE a > 10").affected, 0);
  EXPECT_EQ(run("CREATE INDEX i ON t (b)").affected, 0);
  EXPECT_EQ(run("DELETE FROM t").affected, 3);
  EXPECT_EQ(run("DROP TABLE t").affected, 0);
}

TEST_F(SqliteSessionTest, NamesErrorsByTheirExtendedCode) {
  run("CREATE TABLE parent (id INTEGER PRIMARY KEY)");
  run("CREATE TABLE t (a UNIQUE, b NOT NULL, c CHECK (c > 0), d REFERENCES parent)");
  run("INSERT INTO t VALUES (1, 1, 1, NULL)");
  const auto code = [&](const char* text) { return error_of(text).native_code; };
  EXPECT_EQ(code("INSERT INTO t VALUES (1, 1, 1, NULL)"), "SQLITE_CONSTRAINT_UNIQUE");
  EXPECT_EQ(code("INSERT INTO t VALUES (2, NULL, 1, NULL)"), "SQLITE_CONSTRAINT_NOTNULL");
  EXPECT_EQ(code("INSERT INTO t VALUES (2, 1, 0, NULL)"), "SQLITE_CONSTRAINT_CHECK");
  EXPECT_EQ(code("INSERT INTO t VALUES (2, 1, 1, 7)"), "SQLITE_CONSTRAINT_FOREIGNKEY");
  EXPECT_EQ(code("INSERT INTO parent VALUES ('x')"), "SQLITE_MISMATCH");
  EXPECT_EQ(code("SELEC 1"), "SQLITE_ERROR");
  EXPECT_EQ(error_of("INSERT INTO t VALUES (1, 1, 1, NULL)").kind, ErrorKind::constraint);
  EXPECT_THAT(error_of("SELECT * FROM missing").message, HasSubstr("no such table: missing"));
}

TEST_F(SqliteSessionTest, RefusesMoreThanOneStatementAndRunsNoneOfThem) {
  run("CREATE TABLE t (a)");
  const Error error = error_of("INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)");
  EXPECT_EQ(error.kind, ErrorKind::invalid);
  EXPECT_THAT(error.message, HasSubstr("expected one statement"));
  EXPECT_EQ(error_of("INSERT INTO t VALUES (1); nonsense").kind, ErrorKind::invalid);
  EXPECT_EQ(value_of("SELECT count(*) FROM t"), Value(std::int64_t{0}));
}

TEST_F(SqliteSessionTest, AllowsBlanksSemicolonsAndCommentsBehindTheStatement) {
  for (const char* const text :
       {"SELECT 1;", "SELECT 1 ; ;\n", "SELECT 1; -- the end", "SELECT 1; /* the */ ; /* end */ ",
        "SELECT 1; /* never closed", "/* first */ SELECT 1"}) {
    EXPECT_EQ(value_of(text), Value(std::int64_t{1})) << text;
  }
}

TEST_F(SqliteSessionTest, RefusesTextThatIsNoStatement) {
  for (const std::string& text :
       {std::string(), std::string(" ; -- nothing"), std::string("SELECT 1\0; DROP TABLE t", 23)}) {
    EXPECT_EQ(error_of(text).kind, ErrorKind::invalid) << text;
  }
  EXPECT_THAT(error_of("-- nothing").message, HasSubstr("empty"));
}

TEST_F(SqliteSessionTest, RefusesParametersThatDoNotFit) {
  EXPECT_THAT(error_of("SELECT $1").message, HasSubstr("up to $1, but 0 values"));
  EXPECT_THAT(error_of({"SELECT 1", {Null{}}}).message, HasSubstr("up to $0, but 1 values"));
  for (const char* const text : {"SELECT ?", "SELECT ?3", "SELECT :a", "SELECT @a", "SELECT $a",
                                 "SELECT $0", "SELECT $99999999999999999999999"}) {
    EXPECT_THAT(error_of({text, {Null{}}}).message, HasSubstr("parameters are written $1, $2"))
        << text;
  }
}

TEST_F(SqliteSessionTest, AnswersTheSameWithManyMoreTextsThanItKeepsPrepared) {
  for (int round = 0; round < 2; ++round) {
    for (std::int64_t n = 0; n < 300; ++n) {
      EXPECT_EQ(value_of("SELECT " + std::to_string(n)), Value(n));
    }
  }
}

TEST_F(SqliteSessionTest, NoticesAChangedSchemaUnderAStatementItKnows) {
  run("CREATE TABLE t (a)");
  run("INSERT INTO t VALUES (1)");
  EXPECT_THAT(run("SELECT * FROM t").columns, ElementsAre("a"));
  run("ALTER TABLE t ADD COLUMN b DEFAULT 2");
  const Rows rows = run("SELECT * FROM t");
  EXPECT_THAT(rows.columns, ElementsAre("a", "b"));
  EXPECT_THAT(rows.rows, ElementsAre(Row{std::int64_t{1}, std::int64_t{2}}));
}

TEST_F(SqliteSessionTest, GoesOnAfterAnErrorInTheMiddleOfAResult) {
  run("CREATE TABLE t (a)");
  run("INSERT INTO t VALUES (1), (-9223372036854775808)");
  EXPECT_EQ(error_of("SELECT abs(a) FROM t").native_code, "SQLITE_ERROR");
  run("DROP TABLE t");
}

TEST_F(SqliteSessionTest, AnswersWhenAValueIsTooLargeInsteadOfCrashing) {
  EXPECT_EQ(error_of("SELECT zeroblob(9000000000)").native_code, "SQLITE_TOOBIG");
  EXPECT_EQ(error_of("SELECT randomblob(9000000000)").native_code, "SQLITE_TOOBIG");
}

TEST(SqliteVersion, IsTheOneOfTheLibraryThatRuns) {
  EXPECT_THAT(sim::sqlite_version(), testing::MatchesRegex("3\\.[0-9]+\\.[0-9]+.*"));
}

class SqliteFileTest : public testing::Test {
 protected:
  SqliteFileTest() {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) / (std::string("sqlite-") + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~SqliteFileTest() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return (folder_ / "a.db").string(); }

  std::filesystem::path folder_;
};

TEST_F(SqliteFileTest, IsSharedByItsSessionsAndKept) {
  SqliteEngine engine(path(), {});
  const auto writer = open(engine);
  ASSERT_TRUE(writer->execute("CREATE TABLE t (a)").ok());
  ASSERT_TRUE(writer->execute("INSERT INTO t VALUES (7)").ok());
  EXPECT_EQ(open(engine)->execute("SELECT a FROM t").value().rows[0][0], Value(std::int64_t{7}));
  EXPECT_TRUE(std::filesystem::exists(path()));
}

TEST_F(SqliteFileTest, IsNotMadeWhenItMustExist) {
  SqliteEngine engine(path(), {.busy_wait = {}, .must_exist = true});
  const auto refused = engine.connect();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().native_code, "SQLITE_CANTOPEN");
  EXPECT_THAT(refused.error().message, HasSubstr(path()));
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(SqliteFileTest, MustHaveAName) {
  for (const std::string& name : {std::string(), std::string(":memory:"), std::string("a\0b", 3)}) {
    const auto refused = SqliteEngine(name, {}).connect();
    ASSERT_FALSE(refused.ok()) << name;
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  }
}

TEST_F(SqliteFileTest, IsRefusedWhenItIsNoDatabase) {
  std::ofstream(path()) << std::string(5000, 'x');
  SqliteEngine engine(path(), {});
  const auto answer = open(engine)->execute("SELECT * FROM sqlite_schema");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().native_code, "SQLITE_NOTADB");
}

TEST_F(SqliteFileTest, AnswersBusyWhenAnotherSessionHoldsTheLock) {
  SqliteEngine engine(path(), {});
  const auto holder = open(engine);
  const auto other = open(engine);
  ASSERT_TRUE(holder->execute("CREATE TABLE t (a)").ok());
  ASSERT_TRUE(holder->execute("BEGIN IMMEDIATE").ok());
  const auto answer = other->execute("INSERT INTO t VALUES (1)");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::conflict);
  EXPECT_EQ(answer.error().native_code, "SQLITE_BUSY");
}

TEST_F(SqliteFileTest, TellsAStaleSnapshotOfAWalFileFromALockedOne) {
  SqliteEngine engine(path(), {});
  const auto one = open(engine);
  const auto two = open(engine);
  ASSERT_TRUE(one->execute("PRAGMA journal_mode = WAL").ok());
  ASSERT_TRUE(one->execute("CREATE TABLE t (a)").ok());
  ASSERT_TRUE(one->execute("BEGIN").ok());
  ASSERT_TRUE(one->execute("SELECT * FROM t").ok());
  ASSERT_TRUE(two->execute("INSERT INTO t VALUES (1)").ok());
  const auto answer = one->execute("INSERT INTO t VALUES (2)");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().native_code, "SQLITE_BUSY_SNAPSHOT");
  EXPECT_TRUE(is_retryable(answer.error()));
}

TEST_F(SqliteFileTest, RollsBackWhatWasOpenWhenItsSessionCloses) {
  SqliteEngine engine(path(), {});
  auto writer = open(engine);
  ASSERT_TRUE(writer->execute("CREATE TABLE t (a)").ok());
  ASSERT_TRUE(writer->execute("BEGIN").ok());
  ASSERT_TRUE(writer->execute("INSERT INTO t VALUES (1)").ok());
  writer.reset();
  EXPECT_TRUE(open(engine)->execute("SELECT * FROM t").value().rows.empty());
}

}  // namespace
}  // namespace splitproof::tests
