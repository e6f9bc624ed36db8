// What SqliteMemory says of tables that did not change since the image: never a word too much.
//
// The central test makes random changes of every kind that SQLite has and compares each answer with
// what the tables really hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "sim/base/rng.h"
#include "sim/sql/sqlite/sqlite_memory.h"

namespace splitproof::tests {
namespace {

using sim::Answer;
using sim::Rows;
using sim::Session;
using sim::SqliteMemory;
using sim::Statement;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Names = std::set<std::string>;

std::unique_ptr<Session> open(sim::Engine& engine) {
  Answer<std::unique_ptr<Session>> opened = engine.connect();
  if (!opened.ok()) throw std::runtime_error(opened.error().message);
  return std::move(opened).value();
}

Rows run(Session& session, const Statement& statement) {
  Answer<Rows> answer = session.execute(statement);
  if (!answer.ok()) throw std::runtime_error(statement.text() + ": " + answer.error().message);
  return std::move(answer).value();
}

// Columns and rows of every user table, by its name.
std::map<std::string, std::pair<std::vector<std::string>, std::vector<sim::Row>>> content_of(
    Session& session) {
  std::map<std::string, std::pair<std::vector<std::string>, std::vector<sim::Row>>> content;
  for (const sim::Row& row :
       run(session,
           "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
           "'sqlite\\_%' ESCAPE '\\'")
           .rows) {
    const std::string name = to_string(row[0]);
    Rows rows = run(session, "SELECT * FROM \"" + name + "\"");
    content[name] = {rows.columns, rows.rows};
  }
  return content;
}

class SqliteUnchanged : public testing::Test {
 protected:
  explicit SqliteUnchanged(int page_size = 4096) {
    run(*one_, "PRAGMA page_size = " + std::to_string(page_size));
    run(*one_, "VACUUM");
    for (const char* const statement :
         {"CREATE TABLE plain (id INTEGER PRIMARY KEY, text TEXT, number INTEGER)",
          "CREATE TABLE keyed (name TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID",
          "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT)",
          "CREATE TABLE big (id INTEGER PRIMARY KEY, bytes BLOB)", "CREATE TABLE empty (x)",
          "CREATE INDEX by_number ON plain (number)"}) {
      run(*one_, statement);
    }
    fill();
    if (!memory_.save().ok()) throw std::runtime_error("no image");
  }

  void fill() {
    run(*one_, series + "INSERT INTO plain SELECT i, 'text ' || i, i * 7 % 100 FROM n");
    run(*one_, series + "INSERT INTO keyed SELECT 'key ' || i, 'text' FROM n");
    run(*one_, "INSERT INTO counted (text) VALUES ('one'), ('two'), ('three')");
    run(*one_, "INSERT INTO big VALUES (1, zeroblob(20000)), (2, zeroblob(50)), (3, NULL)");
  }

  Names unchanged() {
    Answer<Names> answer = memory_.unchanged_tables();
    if (!answer.ok()) throw std::runtime_error(answer.error().message);
    Names names = std::move(answer).value();
    names.erase("by_number");  // An index is no table; nobody asks for it.
    std::erase_if(names, [](const std::string& name) { return name.starts_with("sqlite_"); });
    return names;
  }

  const std::string series =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) ";
  const Names all_ = {"plain", "keyed", "counted", "big", "empty"};
  sim::ManualClock clock_{sim::Instant{}};
  SqliteMemory memory_{clock_};
  std::unique_ptr<Session> one_ = open(memory_);
  std::unique_ptr<Session> two_ = open(memory_);
};

TEST_F(SqliteUnchanged, AreAllTablesOfTheImage) {
  EXPECT_EQ(unchanged(), all_);
  ASSERT_TRUE(memory_.restore(1).ok());
  EXPECT_EQ(unchanged(), all_);
}

TEST_F(SqliteUnchanged, AreTheOthersWhenOneIsWritten) {
  run(*one_, "UPDATE plain SET text = 'x' WHERE id = 150");
  EXPECT_THAT(unchanged(), UnorderedElementsAre("keyed", "counted", "big", "empty"));
  run(*two_, "DELETE FROM keyed WHERE name = 'key 1'");
  EXPECT_THAT(unchanged(), UnorderedElementsAre("counted", "big", "empty"));
  run(*one_, "INSERT INTO empty VALUES (1)");
  EXPECT_THAT(unchanged(), UnorderedElementsAre("counted", "big"));
  ASSERT_TRUE(memory_.restore(1).ok());
  EXPECT_EQ(unchanged(), all_);
}

TEST_F(SqliteUnchanged, DoNotIncludeOneWhoseOverflowPagesChangedOnly) {
  run(*one_, "UPDATE big SET bytes = CAST(zeroblob(19999) || 'x' AS BLOB) WHERE id = 1");
  EXPECT_THAT(unchanged(), UnorderedElementsAre("plain", "keyed", "counted", "empty"));
}

TEST_F(SqliteUnchanged, AreAllAgainAfterARollback) {
  run(*one_, "BEGIN");
  run(*one_, "DELETE FROM plain");
  run(*one_, "CREATE TABLE more (x)");
  EXPECT_EQ(unchanged(), all_) << "nothing is committed";
  run(*one_, "ROLLBACK");
  EXPECT_EQ(unchanged(), all_);
}

TEST_F(SqliteUnchanged, AreAllWhileATemporaryTableComesAndGoes) {
  run(*one_, "CREATE TEMP TABLE passing AS SELECT * FROM plain");
  EXPECT_EQ(unchanged(), all_);
  run(*one_, "DROP TABLE passing");
  EXPECT_EQ(unchanged(), all_);
}

TEST_F(SqliteUnchanged, AreNoneOnceTheSchemaChanged) {
  run(*one_, "ALTER TABLE plain ADD COLUMN more INTEGER DEFAULT 5");
  EXPECT_THAT(unchanged(), IsEmpty()) << "no page of the table itself was touched";
  ASSERT_TRUE(memory_.restore(1).ok());
  EXPECT_EQ(unchanged(), all_);
}

TEST_F(SqliteUnchanged, CannotBeToldWhileAWriterKeepsReadersOut) {
  run(*one_, "BEGIN EXCLUSIVE");
  const Answer<Names> answer = memory_.unchanged_tables();
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, sim::ErrorKind::conflict);
  run(*one_, "COMMIT");
  EXPECT_EQ(unchanged(), all_);
}

TEST(SqliteUnchangedAlone, AreNoneBeforeThereIsAnImage) {
  sim::ManualClock clock{sim::Instant{}};
  SqliteMemory memory(clock);
  const auto session = open(memory);
  run(*session, "CREATE TABLE t (x)");
  const Answer<Names> answer = memory.unchanged_tables();
  ASSERT_TRUE(answer.ok());
  EXPECT_THAT(answer.value(), IsEmpty());
}

// Statements of every kind that changes a file; what one of them refuses, as a table that is there
// already, is not executed, and that is a case too.
std::string any_statement(sim::Rng& rng) {
  const std::string number = std::to_string(1 + rng.below(320));
  const std::vector<std::string> all{
      "INSERT OR REPLACE INTO plain VALUES (" + number + ", 'new', 5)",
      "UPDATE plain SET number = number + 1 WHERE id % 50 = " + number + " % 50",
      "DELETE FROM plain WHERE id > " + number,
      "UPDATE keyed SET text = 'changed' WHERE name = 'key " + number + "'",
      "DELETE FROM keyed WHERE name < 'key " + number + "'",
      "INSERT INTO counted (text) VALUES ('more " + number + "')",
      "DELETE FROM counted",
      "UPDATE big SET bytes = zeroblob(" + number + " * 100) WHERE id = 1",
      "UPDATE big SET bytes = CAST(zeroblob(19999) || 'x' AS BLOB) WHERE id = 1",
      "INSERT INTO big VALUES (NULL, zeroblob(" + number + " * 20))",
      "INSERT INTO empty VALUES (" + number + ")",
      "DELETE FROM empty",
      "CREATE TABLE more AS SELECT * FROM plain",
      "DROP TABLE more",
      "DROP TABLE empty",
      "DROP TABLE plain",
      "CREATE TABLE empty (x)",
      "ALTER TABLE keyed RENAME TO renamed",
      "ALTER TABLE renamed RENAME TO keyed",
      "ALTER TABLE plain ADD COLUMN later DEFAULT " + number,
      "DROP INDEX by_number",
      "CREATE INDEX by_number ON plain (number)",
      "VACUUM",
      "REINDEX",
      "ANALYZE",
      "PRAGMA user_version = " + number,
      "BEGIN",
      "COMMIT",
      "ROLLBACK",
      "SAVEPOINT here",
      "ROLLBACK TO here",
      "RELEASE here"};
  return all[rng.below(all.size())];
}

class SqliteUnchangedRandomly : public SqliteUnchanged, public testing::WithParamInterface<int> {
 protected:
  SqliteUnchangedRandomly() : SqliteUnchanged(GetParam()) {}
};

// A small cache makes SQLite write pages of unfinished transactions into the file.
TEST_P(SqliteUnchangedRandomly, NeverIncludeOneThatDiffers) {
  constexpr int rounds = 150;
  constexpr int statements = 12;
  sim::Rng rng(static_cast<std::uint64_t>(GetParam()));
  run(*one_, "PRAGMA cache_size = 5");
  const auto image = content_of(*two_);
  int told = 0;
  int conflicts = 0;
  for (int round = 0; round < rounds; ++round) {
    ASSERT_TRUE(memory_.restore(1).ok());
    ASSERT_EQ(unchanged(), all_) << "round " << round;
    std::string story;
    for (int i = 0; i < statements; ++i) {
      const std::string statement = any_statement(rng);
      story += statement + (one_->execute(statement).ok() ? "; " : " (refused); ");
      const Answer<Names> names = memory_.unchanged_tables();
      if (!names.ok()) {
        EXPECT_EQ(names.error().kind, sim::ErrorKind::conflict) << story;
        ++conflicts;
        continue;
      }
      const auto content = content_of(*two_);
      for (const auto& [name, table] : image) {
        if (!names.value().contains(name)) continue;
        ++told;
        const auto found = content.find(name);
        ASSERT_TRUE(found != content.end()) << name << " is gone after " << story;
        ASSERT_TRUE(found->second == table) << name << " differs after " << story;
      }
    }
    // Ends whatever is open; when nothing is, it is refused.
    static_cast<void>(one_->execute("ROLLBACK").ok());
  }
  EXPECT_GT(told, rounds) << "tables are said to be unchanged, or nothing was tested";
  EXPECT_GT(conflicts, 0) << "pages of unfinished transactions never reached the file";
}

INSTANTIATE_TEST_SUITE_P(WithPagesOf, SqliteUnchangedRandomly,
                         testing::Values(512, 1024, 4096, 16384),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace splitproof::tests
