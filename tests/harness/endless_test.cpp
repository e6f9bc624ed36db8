// Statements that never end: they are ended, and nobody is blamed for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/run/case_runner.h"
#include "tests/harness/at_once.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* for_ever =
    "/* count for ever */ WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 0 FROM n) "
    "SELECT count(*) FROM n";

CaseVerdict verdict_of(World& world, const std::string& target, const Scenario& scenario,
                       std::vector<OperationFactory> operations) {
  EXPECT_TRUE(world.limit_statements(std::chrono::milliseconds(200)).ok());
  Variant variant;
  variant.name = "endless";
  variant.expect[target] = Expected{};
  const Case subject{&scenario, &variant, target, target, "small"};
  return run_case(subject, world, std::move(operations), {}).verdict;
}

void expect_inconclusive(const CaseVerdict& verdict) {
  EXPECT_EQ(to_string(verdict.result), "inconclusive");
  EXPECT_THAT(verdict.reason, HasSubstr("'count for ever' ran for longer than 200ms"));
  EXPECT_THAT(verdict.findings, IsEmpty());
}

TEST(EndlessStatement, OfOneSessionIsEndedOnSqlite) {
  SqliteWorld world;
  expect_inconclusive(
      verdict_of(world, "sqlite", scenario_of(one_balance), {each_alone({for_ever})}));
}

TEST(EndlessStatement, OfTwoSessionsIsEndedOnSqlite) {
  SqliteWorld world;
  expect_inconclusive(verdict_of(world, "sqlite", at_once(one_balance, {"count", "add 5"}),
                                 {each_alone({for_ever}), add_by_itself(5)}));
}

TEST(EndlessStatement, IsEndedOnPostgres) {
  const auto world = postgres_world();
  expect_inconclusive(verdict_of(*world, "postgres", at_once(one_balance, {"count", "add 5"}),
                                 {each_alone({for_ever}), add_by_itself(5)}));
}

TEST(EndlessStatement, IsNoneWhereItEndsInTime) {
  SqliteWorld world;
  const CaseVerdict verdict =
      verdict_of(world, "sqlite", scenario_of(one_balance),
                 {in_one_transaction({"UPDATE balance SET amount = 7 WHERE id = 1"})});
  EXPECT_EQ(to_string(verdict.result), "pass") << verdict.reason;
}

}  // namespace
}  // namespace splitproof::harness
