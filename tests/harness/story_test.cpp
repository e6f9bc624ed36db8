// A finding's story where sessions move at once: everything in the order in which it happened.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "harness/run/findings.h"
#include "harness/run/replay.h"
#include "tests/harness/at_once.h"
#include "tests/harness/server.h"

namespace splitproof::harness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Texts lines_of(const std::vector<StoryLine>& story) {
  Texts lines;
  for (const StoryLine& line : story) lines.push_back(line.actor + ": " + line.text);
  return lines;
}

Texts story_of_order(Experiment& experiment, const Scenario& scenario, const std::string& order) {
  const Prepared prepared = prepare(experiment, 1, [](const RunRecord&, const char*) {});
  FindingContext context;
  context.scenario = &scenario;
  context.references = &prepared.references;
  context.comparison = &experiment.comparison();
  return lines_of(story_of(experiment.run(plan_of(order), {}), context));
}

const Scenario two_adders = at_once(one_balance, {"add 10", "add 5"});

TEST(Story, TellsAnInterleavingStatementByStatement) {
  SqliteWorld world;
  Scenario scenario = two_adders;
  scenario.damage = {{.name = "balance",
                      .sql = "SELECT amount FROM balance WHERE amount NOT IN (100, 115)",
                      .says = "The balance is {amount}.",
                      .place = {}}};
  Experiment experiment(world, scenario, {add_by_itself(10), add_by_itself(5)});
  EXPECT_THAT(story_of_order(experiment, scenario, "order=a1b"),
              ElementsAre("client a (add 10): statement 1, read: ok, 1 rows",
                          "client b (add 5): statement 1, read: ok, 1 rows",
                          "client b (add 5): statement 2, write: ok, 1 rows affected",
                          "client b (add 5): the client is told committed",
                          "client a (add 10): statement 2, write: ok, 1 rows affected",
                          "client a (add 10): the client is told committed",
                          "database: the database holds: exactly what is left by 'add 10'"));
}

TEST(Story, TellsWhoWaitsForWhomAndGoesOn) {
  const auto world = postgres_world();
  const sim::TransactionOptions weak = isolated(sim::Isolation::read_committed);
  Experiment experiment(
      *world, two_adders,
      {add_in_transaction(10, weak, " FOR UPDATE"), add_in_transaction(5, weak, " FOR UPDATE")});
  EXPECT_THAT(
      story_of_order(experiment, two_adders, "order=a2b2a"),
      ElementsAre("client a (add 10): statement 1, BEGIN ISOLATION LEVEL READ COMMITTED: ok",
                  "client a (add 10): statement 2, read: ok, 1 rows",
                  "client b (add 5): statement 1, BEGIN ISOLATION LEVEL READ COMMITTED: ok",
                  "client b (add 5): statement 2, read: waits for client a",
                  "client a (add 10): statement 3, write: ok, 1 rows affected",
                  "client a (add 10): statement 4, remember the transaction id: ok, 1 rows",
                  "client a (add 10): statement 5, COMMIT: ok",
                  "client a (add 10): the client is told committed",
                  "client b (add 5): statement 2, read: goes on -> ok, 1 rows",
                  "client b (add 5): statement 3, write: ok, 1 rows affected",
                  "client b (add 5): statement 4, remember the transaction id: ok, 1 rows",
                  "client b (add 5): statement 5, COMMIT: ok",
                  "client b (add 5): the client is told committed",
                  "database: the database holds: everything that a clean run leaves"));
}

TEST(Story, TellsWhatAReaderSawBetween) {
  SqliteWorld world;
  Scenario scenario = scenario_of(one_balance, {"replace"});
  scenario.damage = {{.name = "empty",
                      .sql = "SELECT 1 AS one WHERE NOT EXISTS (SELECT 1 FROM balance)",
                      .says = "There is no balance.",
                      .place = {}}};
  Experiment experiment(world, scenario,
                        {each_alone({"DELETE FROM balance", "INSERT INTO balance VALUES (1, 7)"})});
  const Prepared prepared = prepare(experiment, 1, [](const RunRecord&, const char*) {});
  FindingContext context;
  context.scenario = &scenario;
  context.references = &prepared.references;
  context.comparison = &experiment.comparison();
  Texts lines;
  observe(experiment, {}, {},
          [&](const RunRecord& run) { lines = lines_of(story_of(run, context)); });
  EXPECT_THAT(lines,
              ElementsAre("replace: statement 1, DELETE FROM balance: ok, 1 rows affected",
                          "reader: somebody who reads here sees: There is no balance.",
                          "replace: statement 2, INSERT INTO balance VALUES (1, 7): ok, 1 rows "
                          "affected",
                          "replace: the client is told committed",
                          "database: the database holds: everything that a clean run leaves"));
}

TEST(Narration, SaysWhoseEachStepIs) {
  SqliteWorld world;
  Scenario scenario = two_adders;
  Variant variant;
  variant.name = "alone";
  const Case subject{&scenario, &variant, "sqlite", "sqlite", "small"};
  std::ostringstream out;
  replay(subject, world, {add_by_itself(10), add_by_itself(5)}, plan_of("order=b1a"), 1, out);
  EXPECT_THAT(out.str(), HasSubstr("\nadd 5\n     b1  [connection 1] /* read */ SELECT"));
  EXPECT_THAT(out.str(), HasSubstr("\nadd 10\n     a1  [connection 1] /* read */ SELECT"));
  EXPECT_THAT(out.str(), HasSubstr("held: balance + id=1, amount=110"));
}

}  // namespace
}  // namespace splitproof::harness
