// What a program is given.
#include "harness/program/program_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace splitproof::harness {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::Pair;

TEST(ProgramEnvironment, SaysWhereTheDatabaseIsInEveryUsualWay) {
  const auto variables = database_variables(
      "host=/run/x port=5432 user='o p' dbname=splitproof_1 password='a/b'", 777);
  EXPECT_THAT(variables,
              testing::UnorderedElementsAre(
                  Pair("PGHOST", "127.0.0.1"), Pair("PGPORT", "777"), Pair("PGUSER", "o p"),
                  Pair("PGPASSWORD", "a/b"), Pair("PGDATABASE", "splitproof_1"),
                  Pair("PGSSLMODE", "disable"),
                  Pair("DATABASE_URL",
                       "postgresql://o%20p:a%2Fb@127.0.0.1:777/splitproof_1?sslmode=disable")));
  EXPECT_THAT(database_variables("no connection string", 777), IsEmpty());
}

TEST(ProgramEnvironment, HoldsOfOursOnlyWhatEverybodyNeeds) {
  ::setenv("PGHOST", "somewhere.else", 1);
  ::setenv("SECRET_OF_OURS", "x", 1);
  ProgramSpec program;
  program.environment = {{"MONTH", "2025-08"}, {"PGPORT", "1"}};
  const auto given = program_environment(program, {{"PGPORT", "777"}});
  ::unsetenv("PGHOST");
  EXPECT_THAT(given, Contains(Key("PATH")));
  EXPECT_THAT(given, Contains(Pair("MONTH", "2025-08")));
  EXPECT_THAT(given, Contains(Pair("PGPORT", "777")));
  EXPECT_THAT(given, Not(Contains(Key("PGHOST"))));
  EXPECT_THAT(given, Not(Contains(Key("SECRET_OF_OURS"))));
}

}  // namespace
}  // namespace splitproof::harness
