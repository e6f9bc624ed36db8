// Findings of two sessions as a spec and as a script for two terminals.
#include "harness/run/finding_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/at_once.h"
#include "tests/harness/spec_support.h"

namespace splitproof::harness {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(Literals, ReplaceParametersButNotInQuotesAndComments) {
  EXPECT_EQ(with_literals("SELECT $1, $2, $3 + $4",
                          {std::int64_t{7}, std::string("it's"), sim::Null{}, std::int64_t{-5}}),
            "SELECT 7, 'it''s', NULL + (-5)");
  EXPECT_EQ(with_literals("/* $1 */ SELECT '$1', \"$1\", $1 -- $1\n, $1", {std::int64_t{1}}),
            "/* $1 */ SELECT '$1', \"$1\", 1 -- $1\n, 1");
  EXPECT_EQ(with_literals("SELECT $2, $, $x, '$1", {std::int64_t{1}}), "SELECT $2, $, $x, '$1");
}

const Scenario two_writers = at_once(one_balance, {"add 10", "add 5"});

RunRecord run_of(World& world, const std::string& order, const sim::TransactionOptions& options) {
  Experiment experiment(world, two_writers,
                        {add_in_transaction(10, options), add_in_transaction(5, options)});
  return experiment.run(plan_of(order), {});
}

// The spec is run, and ends in what the finding shows.
TEST(FindingFiles, ShowALostUpdateWithoutUs) {
  const auto world = postgres_world();
  const RunRecord run = run_of(*world, "order=a2b", isolated(sim::Isolation::read_committed));
  const FindingFiles files = finding_files(run, two_writers, "postgres", "one.1\n\nIt is lost.\n");
  EXPECT_THAT(files.spec, testing::StartsWith("# one.1\n#\n# It is lost.\n\nsetup { "));
  const SpecRunSeen seen = run_spec_text(files.spec, "finding_lost");
  EXPECT_EQ(seen.totals.ran, 1) << files.spec;
  EXPECT_EQ(seen.totals.refused, 0) << seen.memory.transcript;
  const std::string held = seen.memory.transcript.substr(seen.memory.transcript.rfind("step held"));
  EXPECT_THAT(held, HasSubstr("110")) << held;
}

TEST(FindingFiles, TellWhoWaitsWhenItIsSent) {
  const auto world = postgres_world();
  const RunRecord run = run_of(*world, "order=a3b3a", isolated(sim::Isolation::read_committed));
  const FindingFiles files = finding_files(run, two_writers, "postgres", "two.1\n");
  const SpecRunSeen seen = run_spec_text(files.spec, "finding_waits");
  EXPECT_THAT(seen.memory.outcomes.at(0).waited, testing::ElementsAre("b3")) << files.spec;
  const std::size_t waits = files.script.find("\n-- waits\n");
  const std::size_t goes_on = files.script.find("\n-- Terminal b goes on: ok, 1 rows affected\n");
  ASSERT_NE(waits, std::string::npos) << files.script;
  ASSERT_NE(goes_on, std::string::npos) << files.script;
  EXPECT_LT(waits, goes_on);
  EXPECT_THAT(files.script.substr(waits, goes_on - waits), HasSubstr("Terminal a\nCOMMIT;\n-- ok"));
}

TEST(FindingFiles, AreAScriptAloneOnSqlite) {
  SqliteWorld world;
  Experiment experiment(world, two_writers, {add_by_itself(10), add_by_itself(5)});
  const RunRecord run = experiment.run(plan_of("order=a1b"), {});
  const FindingFiles files = finding_files(run, two_writers, "sqlite", "three.1\n");
  EXPECT_THAT(files.spec, IsEmpty());
  EXPECT_THAT(files.script, HasSubstr("-- 2. Terminal b\n"));
  EXPECT_THAT(files.script, HasSubstr("\n-- Afterwards\nSELECT * FROM \"balance\" ORDER BY 1;\n"));
}

TEST(FindingFiles, AreNoneOfOneSessionOrAStruckOne) {
  SqliteWorld world;
  Experiment experiment(world, two_writers, {add_by_itself(10), add_by_itself(5)});
  const FindingFiles serial =
      finding_files(experiment.run({}, {}), two_writers, "sqlite", "four.1\n");
  EXPECT_THAT(serial.script, IsEmpty());
  const FindingFiles struck = finding_files(experiment.run(plan_of("a2=drop order=a1b"), {}),
                                            two_writers, "sqlite", "five.1\n");
  EXPECT_THAT(struck.script, IsEmpty());
}

}  // namespace
}  // namespace splitproof::harness
