#include "sim/base/money.h"

#include <gtest/gtest.h>

#include <limits>

#include "sim/sql/sqlite/sqlite_memory.h"

namespace splitproof::sim {
namespace {

constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

TEST(Money, IsPrintedWithTwoDecimals) {
  EXPECT_EQ(to_string(Money{1234}), "12.34");
  EXPECT_EQ(to_string(Money{5}), "0.05");
  EXPECT_EQ(to_string(Money{0}), "0.00");
  EXPECT_EQ(to_string(Money{-5}), "-0.05");
  EXPECT_EQ(to_string(Money{-1200}), "-12.00");
  EXPECT_EQ(to_string(Money{smallest}), "-92233720368547758.08");
  EXPECT_EQ(to_string(Money{largest}), "92233720368547758.07");
}

TEST(Money, IsReadWithUpToTwoDecimalsAndASign) {
  EXPECT_EQ(parse_money("12"), Money{1200});
  EXPECT_EQ(parse_money("12.3"), Money{1230});
  EXPECT_EQ(parse_money("12.34"), Money{1234});
  EXPECT_EQ(parse_money("+12.34"), Money{1234});
  EXPECT_EQ(parse_money("-0.05"), Money{-5});
  EXPECT_EQ(parse_money("0012.00"), Money{1200});
}

TEST(Money, RefusesEverythingThatIsNotAnAmount) {
  for (const char* text :
       {"",   "-",   "+",    ".",   ".5",  "5.",   "1.234", "1,5", "1 000", " 1",
        "1 ", "1e3", "0x10", "--1", "+-1", "1.-5", "1.2.3", "NaN", "12.3a", "१"}) {
    EXPECT_EQ(parse_money(text), std::nullopt) << text;
  }
}

TEST(Money, RefusesAmountsThatDoNotFit) {
  EXPECT_EQ(parse_money("92233720368547758.07"), Money{largest});
  EXPECT_EQ(parse_money("92233720368547758.08"), std::nullopt);
  EXPECT_EQ(parse_money("-92233720368547758.08"), Money{smallest});
  EXPECT_EQ(parse_money("-92233720368547758.09"), std::nullopt);
  EXPECT_EQ(parse_money("99999999999999999999999999999999"), std::nullopt);
}

TEST(Money, ReadsWhatItPrints) {
  for (const std::int64_t minor : {smallest, smallest + 1, std::int64_t{-101}, std::int64_t{-1},
                                   std::int64_t{0}, std::int64_t{99}, largest}) {
    EXPECT_EQ(parse_money(to_string(Money{minor})), Money{minor});
  }
}

struct Division {
  std::int64_t numerator;
  std::int64_t denominator;
  std::int64_t expected;
};

class DivideRounded : public testing::TestWithParam<Division> {};

TEST_P(DivideRounded, RoundsHalfAwayFromZero) {
  const auto [numerator, denominator, expected] = GetParam();
  EXPECT_EQ(divide_rounded(numerator, denominator), expected) << numerator << " / " << denominator;
}

INSTANTIATE_TEST_SUITE_P(Halves, DivideRounded,
                         testing::Values(Division{5, 2, 3}, Division{-5, 2, -3},
                                         Division{5, -2, -3}, Division{-5, -2, 3},
                                         Division{1, 2, 1}, Division{-1, 2, -1}));
INSTANTIATE_TEST_SUITE_P(BesideHalves, DivideRounded,
                         testing::Values(Division{4, 3, 1}, Division{5, 3, 2}, Division{-4, 3, -1},
                                         Division{-5, 3, -2}, Division{49, 100, 0},
                                         Division{-49, 100, 0}, Division{51, 100, 1}));
INSTANTIATE_TEST_SUITE_P(Exact, DivideRounded,
                         testing::Values(Division{0, 7, 0}, Division{0, -7, 0}, Division{6, 3, 2},
                                         Division{-6, 3, -2}));
INSTANTIATE_TEST_SUITE_P(
    Extremes, DivideRounded,
    testing::Values(Division{largest, 1, largest}, Division{largest, largest, 1},
                    Division{largest, 2, largest / 2 + 1}, Division{largest - 1, largest, 1},
                    Division{smallest, 2, smallest / 2}, Division{smallest, smallest, 1},
                    Division{largest, smallest, -1}, Division{smallest, largest, -1},
                    Division{smallest, 1, smallest}));

// The SQL's answer on SQLite, for numbers that are columns.
Value divided_by_sql(Session& session, std::int64_t numerator, std::int64_t denominator) {
  const auto answer = session.execute(Statement(
      "SELECT " + divide_rounded_sql("n", "d") + " FROM (SELECT $1 AS n, $2 AS d) AS numbers",
      {numerator, denominator}));
  return answer.value().rows.at(0).at(0);
}

TEST(DivideRoundedSql, EqualsTheFunctionOnSqlite) {
  ManualClock clock{Instant{}};
  SqliteMemory database(clock);
  const auto session = database.connect();
  ASSERT_TRUE(session.ok());
  for (std::int64_t numerator = -25; numerator <= 25; ++numerator) {
    for (std::int64_t denominator = -12; denominator <= 12; ++denominator) {
      const Value expected =
          denominator == 0 ? Value(Null{}) : Value(divide_rounded(numerator, denominator));
      ASSERT_EQ(divided_by_sql(*session.value(), numerator, denominator), expected)
          << numerator << " / " << denominator;
    }
  }
  EXPECT_EQ(divided_by_sql(*session.value(), largest, 2), Value(largest / 2 + 1));
  EXPECT_EQ(divided_by_sql(*session.value(), -largest, 2), Value(-largest / 2 - 1));
}

}  // namespace
}  // namespace splitproof::sim
