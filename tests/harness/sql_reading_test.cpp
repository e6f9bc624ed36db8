// Which tables a statement reads and writes, and how, as its words tell.
#include "harness/predict/sql_reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

SqlReading reading_of(std::string_view text) {
  const std::vector<SqlReading> all = read_sql(text);
  EXPECT_THAT(all, SizeIs(1)) << text;
  return all.empty() ? SqlReading() : all.front();
}

std::vector<std::string> read_by(std::string_view text) { return reading_of(text).reads; }
std::vector<std::string> written_by(std::string_view text) { return reading_of(text).writes; }

TEST(SqlReading, FindsTheTablesThatAreWritten) {
  EXPECT_THAT(written_by("INSERT INTO orders (id) VALUES ($1)"), ElementsAre("orders"));
  EXPECT_THAT(written_by("insert or replace into Orders values (1)"), ElementsAre("orders"));
  EXPECT_THAT(written_by("REPLACE INTO orders VALUES (1)"), ElementsAre("orders"));
  EXPECT_THAT(written_by("UPDATE ONLY orders SET a = 1"), ElementsAre("orders"));
  EXPECT_THAT(written_by("UPDATE OR IGNORE orders SET a = 1"), ElementsAre("orders"));
  EXPECT_THAT(written_by("DELETE FROM orders WHERE id = 1"), ElementsAre("orders"));
  EXPECT_THAT(written_by("TRUNCATE TABLE orders, items"), ElementsAre("orders", "items"));
  EXPECT_THAT(written_by("COPY orders (id, name) FROM STDIN"), ElementsAre("orders"));
  EXPECT_THAT(written_by("MERGE INTO orders o USING news n ON o.id = n.id WHEN MATCHED THEN UPDATE "
                         "SET a = n.a"),
              ElementsAre("orders"));
  EXPECT_THAT(written_by("WITH gone AS (DELETE FROM queue RETURNING id) INSERT INTO done SELECT id "
                         "FROM gone"),
              ElementsAre("queue", "done"));
}

TEST(SqlReading, FindsTheTablesThatAreRead) {
  EXPECT_THAT(read_by("SELECT a FROM orders"), ElementsAre("orders"));
  EXPECT_THAT(read_by("SELECT a FROM orders AS o, items i JOIN prices USING (id)"),
              ElementsAre("orders", "items", "prices"));
  EXPECT_THAT(read_by("SELECT 1 FROM (SELECT a FROM inner_one) x, LATERAL (SELECT 2) y, outer_one"),
              ElementsAre("outer_one", "inner_one"));
  EXPECT_THAT(read_by("SELECT 1 FROM orders LEFT JOIN ONLY items ON true WHERE EXISTS (SELECT 1 "
                      "FROM prices)"),
              ElementsAre("orders", "items", "prices"));
  EXPECT_THAT(read_by("COPY orders TO STDOUT"), ElementsAre("orders"));
  EXPECT_THAT(read_by("COPY (SELECT 1 FROM orders) TO STDOUT"), ElementsAre("orders"));
  EXPECT_THAT(read_by("DELETE FROM orders USING news WHERE news.id = orders.id"),
              ElementsAre("news"));
  EXPECT_THAT(read_by("UPDATE orders SET a = n.a FROM news n"), ElementsAre("news"));
}

TEST(SqlReading, TakesNoFunctionAndNoOtherFromForATable) {
  EXPECT_THAT(read_by("SELECT i FROM generate_series(1, 3) i"), IsEmpty());
  EXPECT_THAT(read_by("SELECT extract(year FROM day), substring(a FROM b), trim(x FROM y)"),
              IsEmpty());
  EXPECT_THAT(read_by("SELECT a IS DISTINCT FROM b"), IsEmpty());
  EXPECT_THAT(read_by("SELECT 'FROM a', \"FROM\", $$FROM b$$ /* FROM c */ -- FROM d"), IsEmpty());
  EXPECT_THAT(read_by("COPY orders FROM STDIN"), IsEmpty());
  EXPECT_THAT(written_by("SET search_path = app"), IsEmpty());
  EXPECT_THAT(written_by("SELECT a FROM orders FOR NO KEY UPDATE"), IsEmpty());
  EXPECT_THAT(written_by("CREATE TABLE t (a int REFERENCES u ON UPDATE CASCADE)"), IsEmpty());
}

TEST(SqlReading, TakesNoNameOfWithForATable) {
  EXPECT_THAT(
      read_by("WITH a AS (SELECT 1 FROM orders), b (x) AS NOT MATERIALIZED (SELECT 2 FROM a)"
              " SELECT 1 FROM a JOIN b ON true"),
      ElementsAre("orders"));
  EXPECT_THAT(
      read_by("WITH RECURSIVE tree AS (SELECT 1 FROM roots UNION SELECT 1 FROM tree) SELECT "
              "1 FROM tree"),
      ElementsAre("roots"));
}

TEST(SqlReading, TakesQuotedAndQualifiedNamesAsTheDatabaseDoes) {
  EXPECT_THAT(written_by("INSERT INTO \"Orders\" VALUES (1)"), ElementsAre("Orders"));
  EXPECT_THAT(written_by("INSERT INTO \"a\"\"b\" VALUES (1)"), ElementsAre("a\"b"));
  EXPECT_THAT(written_by("INSERT INTO `orders` VALUES (1)"), ElementsAre("orders"));
  EXPECT_THAT(written_by("INSERT INTO public.orders VALUES (1)"), ElementsAre("orders"));
  EXPECT_THAT(written_by("INSERT INTO main.\"orders\" VALUES (1)"), ElementsAre("orders"));
  EXPECT_THAT(written_by("INSERT INTO Shop.Orders VALUES (1)"), ElementsAre("shop.orders"));
}

TEST(SqlReading, KnowsALockingRead) {
  for (const char* lock : {"FOR UPDATE", "FOR NO KEY UPDATE", "FOR SHARE", "FOR KEY SHARE"}) {
    EXPECT_TRUE(reading_of("SELECT a FROM orders " + std::string(lock)).locks) << lock;
  }
  EXPECT_FALSE(reading_of("SELECT a FROM orders").locks);
  EXPECT_FALSE(reading_of("UPDATE orders SET a = 1").locks);
}

TEST(SqlReading, TellsAValueOfTheProgramsFromOneThatIsCountedOn) {
  const auto overwrites = [](std::string_view text) { return reading_of(text).overwrites; };
  const auto adds = [](std::string_view text) { return reading_of(text).adds; };
  for (const char* value :
       {"$1", "?", ":amount", "110", "'done'", "E'a\\'b'", "NULL", "$1::numeric", "round($1, 2)"}) {
    const std::string text = "UPDATE t SET a = " + std::string(value) + " WHERE id = 1";
    EXPECT_TRUE(overwrites(text)) << text;
    EXPECT_FALSE(adds(text)) << text;
  }
  for (const char* value : {"a + 1", "t.a - $1", "$1 + a", "coalesce(a, 0) + 1", "a || 'x'"}) {
    const std::string text = "UPDATE t SET a = " + std::string(value) + " WHERE id = 1";
    EXPECT_FALSE(overwrites(text)) << text;
    EXPECT_TRUE(adds(text)) << text;
  }
  for (const char* value :
       {"now()", "DEFAULT", "b", "(SELECT sum(x) + 1 FROM u)", "greatest(a, $1)", "b::text"}) {
    const std::string text = "UPDATE t SET a = " + std::string(value) + " WHERE id = 1";
    EXPECT_FALSE(overwrites(text)) << text;
    EXPECT_FALSE(adds(text)) << text;
  }
  EXPECT_TRUE(overwrites("UPDATE t SET b = b + 1, a = $1"));
  EXPECT_TRUE(adds("UPDATE t SET b = b + 1, a = $1"));
  EXPECT_TRUE(overwrites("UPDATE t SET (a, b) = ($1, $2)"));
  EXPECT_FALSE(overwrites("SET a = 1"));
  EXPECT_FALSE(overwrites("INSERT INTO t (a) VALUES (1)"));
}

TEST(SqlReading, KnowsWhatAnUpsertSets) {
  const std::string insert = "INSERT INTO t (id, a) VALUES (1, 2) ON CONFLICT (id) DO ";
  EXPECT_TRUE(reading_of(insert + "UPDATE SET a = EXCLUDED.a").overwrites);
  EXPECT_FALSE(reading_of(insert + "UPDATE SET a = EXCLUDED.a").adds);
  EXPECT_TRUE(reading_of(insert + "UPDATE SET a = t.a + excluded.a").adds);
  EXPECT_FALSE(reading_of(insert + "NOTHING").overwrites);
  EXPECT_TRUE(reading_of(insert + "NOTHING").inserts);
}

TEST(SqlReading, TakesAComparisonWithWhatIsSetForAGuard) {
  EXPECT_FALSE(reading_of("UPDATE t SET a = $1, version = $2 WHERE version = $3").overwrites);
  EXPECT_FALSE(reading_of("UPDATE t SET a = a + 1, state = 'done' WHERE 'open' = state").adds);
  EXPECT_TRUE(reading_of("UPDATE t SET a = a - 30 WHERE id = 1 AND a >= 30").adds);
  EXPECT_TRUE(reading_of("UPDATE t SET a = a - 30 WHERE 30 <= a").adds);
  EXPECT_TRUE(reading_of("UPDATE t SET a = $1 WHERE a <> $1").overwrites);
}

TEST(SqlReading, PartsATextIntoItsStatements) {
  const std::vector<SqlReading> all =
      read_sql("; BEGIN; INSERT INTO a VALUES (';');\n/* ; */ UPDATE b SET x = 1 ;; COMMIT");
  ASSERT_THAT(all, SizeIs(4));
  EXPECT_EQ(all[0].text, "BEGIN");
  EXPECT_EQ(all[1].text, "INSERT INTO a VALUES (';')");
  EXPECT_EQ(all[2].text, "UPDATE b SET x = 1");
  EXPECT_EQ(all[3].text, "COMMIT");
  EXPECT_THAT(all[2].writes, ElementsAre("b"));
}

TEST(SqlReading, BearsWhatIsNoSql) {
  for (const char* text : {"",
                           ";",
                           "(",
                           ")))",
                           "WITH",
                           "WITH a",
                           "WITH a AS (",
                           "INSERT INTO",
                           "UPDATE",
                           "UPDATE t SET",
                           "UPDATE t SET (",
                           "UPDATE t SET a =",
                           "UPDATE t SET a.",
                           "COPY",
                           "COPY t (",
                           "TRUNCATE",
                           "TRUNCATE t,",
                           "FROM",
                           "SELECT FROM ,",
                           "SELECT 1 FROM \"a",
                           "DELETE FROM ONLY",
                           "a.b.",
                           "E'",
                           "SELECT $",
                           "SET = =",
                           "UPDATE t SET = WHERE ="}) {
    for (const SqlReading& one : read_sql(text)) EXPECT_FALSE(one.text.empty()) << text;
  }
}

}  // namespace
}  // namespace splitproof::harness
