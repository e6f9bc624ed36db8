// Where worlds come from, and what a SqliteWorld knows of its tables.
#include "harness/run/worlds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/experiments.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

TEST(Worlds, MakeAnSqliteWorldWithoutAnyServer) {
  Worlds worlds(nullptr);
  const auto world = worlds.make("sqlite");
  ASSERT_TRUE(world.ok());
  EXPECT_EQ(world.value()->dialect(), sim::Dialect::sqlite);
  EXPECT_THAT(world.value()->version(), HasSubstr("3."));
}

TEST(Worlds, SayWhyThereIsNoServer) {
  Worlds worlds(nullptr);
  const auto none = worlds.make("postgres");
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message, HasSubstr("guardian"));
  const auto unreachable = worlds.make("postgresql:///x?host=/nonexistent");
  ASSERT_FALSE(unreachable.ok());
  EXPECT_THAT(unreachable.error().message, HasSubstr("the database server cannot be used"));
}

TEST(Worlds, MakeDatabasesOfTheirOwnOnOneServer) {
  Worlds worlds(shared_guardian());
  const auto first = worlds.make("postgres");
  const auto second = worlds.make("postgres");
  ASSERT_TRUE(first.ok()) << first.error().message;
  ASSERT_TRUE(second.ok()) << second.error().message;
  fill_with(*first.value(), {"CREATE TABLE t (v int)"});
  fill_with(*second.value(), {"CREATE TABLE t (v int)", "INSERT INTO t VALUES (1)"});
  EXPECT_THAT(first.value()->read().value().at("t")->rows, IsEmpty());
  EXPECT_THAT(second.value()->read().value().at("t")->rows, Not(IsEmpty()));
  EXPECT_THAT(first.value()->version(), HasSubstr("."));
}

TEST(WithoutPassword, HidesThePasswordWhereverItStands) {
  EXPECT_EQ(without_password("sqlite"), "sqlite");
  EXPECT_EQ(without_password("postgresql://me:secret@host:5432/db"),
            "postgresql://me@host:5432/db");
  EXPECT_EQ(without_password("postgres://:secret@host"), "postgres://@host");
  EXPECT_EQ(without_password("postgresql://me@host/db"), "postgresql://me@host/db");
  EXPECT_EQ(without_password("postgresql://host:5432/db"), "postgresql://host:5432/db");
  EXPECT_EQ(without_password("postgresql://me@[::1]:5432/db"), "postgresql://me@[::1]:5432/db");
  EXPECT_EQ(without_password("postgresql://host/db?password=secret&user=me"),
            "postgresql://host/db?password=***&user=me");
  EXPECT_EQ(without_password("postgresql://me:s1@host/db?user=me&password=s2"),
            "postgresql://me@host/db?user=me&password=***");
  EXPECT_EQ(without_password("postgresql://host/?sslpassword=s1&password=s2"),
            "postgresql://host/?sslpassword=***&password=***");
  EXPECT_EQ(without_password("postgresql://host/db?mail=a@b"), "postgresql://host/db?mail=a@b");
}

TEST(SqliteWorldShape, NamesKeysClocksAndReferences) {
  SqliteWorld world;
  fill_with(world, {"CREATE TABLE orders (id INTEGER PRIMARY KEY, at TEXT DEFAULT "
                    "CURRENT_TIMESTAMP, v INTEGER)",
                    "CREATE TABLE lines (order_id INTEGER REFERENCES orders (id), n INTEGER, "
                    "PRIMARY KEY (order_id, n))",
                    "CREATE TABLE notes (code TEXT PRIMARY KEY, about INTEGER REFERENCES orders)",
                    "CREATE TABLE small (id integer primary key autoincrement)"});
  const Shape shape = world.shape().value();
  EXPECT_EQ(shape.size(), 4U) << "SQLite's own tables are no user's";
  EXPECT_THAT(shape.at("orders").columns, ElementsAre("id", "at", "v"));
  EXPECT_THAT(shape.at("orders").generated, ElementsAre("id"));
  EXPECT_THAT(shape.at("orders").clocks, ElementsAre("at"));
  EXPECT_THAT(shape.at("lines").generated, IsEmpty());
  EXPECT_EQ(shape.at("lines").foreign_keys.at(0).referred_column, "id");
  EXPECT_THAT(shape.at("notes").generated, IsEmpty());
  EXPECT_EQ(shape.at("notes").foreign_keys.at(0).table, "orders");
  EXPECT_EQ(shape.at("notes").foreign_keys.at(0).referred_column, "id")
      << "a reference without a column means the primary key";
  EXPECT_THAT(shape.at("small").generated, ElementsAre("id"));
}

TEST(SqliteWorld, ShiftsSequencesAndForgetsWhatARunDid) {
  SqliteWorld world;
  fill_with(world, {"CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT)",
                    "INSERT INTO t (v) VALUES ('one')"});
  const auto next_id = [&] {
    const auto session = std::move(world.lend()).value();
    return sim::to_string(
        session->execute("INSERT INTO t (v) VALUES ('x') RETURNING id").value().rows.at(0).at(0));
  };
  ASSERT_TRUE(world.reset({.sequences = 1000}).ok());
  EXPECT_EQ(next_id(), "1002");
  ASSERT_TRUE(world.reset({}).ok());
  EXPECT_EQ(world.read().value().at("t")->rows.size(), 1U);
  EXPECT_EQ(next_id(), "2");
}

}  // namespace
}  // namespace splitproof::harness
