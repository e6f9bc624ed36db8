// One run of an experiment: what the client is told, what is held, what the retries make of it.
#include "harness/run/experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/breaking_world.h"
#include "tests/harness/experiments.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Texts table_of_records{"CREATE TABLE records (id INTEGER PRIMARY KEY, v TEXT)"};
const Texts two_saves{"/* save 1 */ INSERT INTO records VALUES (1, 'one')",
                      "/* save 2 */ INSERT INTO records VALUES (2, 'two')"};

std::size_t rows_in(const Observation& observation) {
  return observation.state.at("records")->rows.size();
}

TEST(Experiment, RunsTheOperationAndReadsWhatItLeft) {
  SqliteWorld world;
  const Scenario scenario = scenario_of(table_of_records);
  Experiment experiment(world, scenario, {in_one_transaction(two_saves)});
  EXPECT_EQ(rows_in(*experiment.initial()), 0U);
  const RunRecord run = experiment.run({}, {});
  EXPECT_THAT(lines_of(run.history),
              ElementsAre("a1 BEGIN IMMEDIATE: ok", "a2 save 1: ok, 1 rows affected",
                          "a3 save 2: ok, 1 rows affected", "a4 COMMIT: ok"));
  EXPECT_THAT(outcomes_of(run.first), ElementsAre("committed"));
  EXPECT_EQ(rows_in(*run.after), 2U);
  EXPECT_EQ(run.after, run.finally);
  EXPECT_THAT(run.points, SizeIs(4));
  EXPECT_EQ(experiment.runs(), 1);
}

TEST(Experiment, SetsTheWorldBackBeforeEveryRun) {
  SqliteWorld world;
  const Scenario scenario = scenario_of(table_of_records);
  Experiment experiment(world, scenario, {each_alone(two_saves)});
  const RunRecord first = experiment.run({}, {});
  const RunRecord second = experiment.run({}, {});
  EXPECT_EQ(first.after->digest, second.after->digest);
  EXPECT_THAT(outcomes_of(second.first), ElementsAre("committed"));
  EXPECT_EQ(first.after, second.after) << "equal states are observed once";
}

TEST(Experiment, RetriesWithoutFaultsWhatWasNotToldCommitted) {
  SqliteWorld world;
  const Scenario scenario = scenario_of(table_of_records);
  Experiment experiment(world, scenario, {in_one_transaction(two_saves)});
  const RunRecord run = experiment.run(plan_of("a3+=drop"), {});
  EXPECT_THAT(outcomes_of(run.first), ElementsAre("aborted"));
  EXPECT_THAT(outcomes_of(run.last), ElementsAre("committed"));
  EXPECT_EQ(rows_in(*run.after), 0U);
  EXPECT_EQ(rows_in(*run.finally), 2U);
  ASSERT_THAT(run.history.told, SizeIs(2));
  EXPECT_TRUE(run.history.told[1].retry);
  EXPECT_THAT(run.points, SizeIs(3)) << "only points of the first attempt are swept";
}

TEST(Experiment, GivesUpRetryingAtTheBound) {
  SqliteWorld world;
  Scenario scenario = scenario_of(table_of_records);
  scenario.retry_attempts = 2;
  Experiment experiment(world, scenario, {each_alone({"SELECT no_such_column"})});
  const RunRecord run = experiment.run({}, {});
  EXPECT_THAT(outcomes_of(run.last), ElementsAre("aborted"));
  EXPECT_THAT(run.history.told, SizeIs(3));
  EXPECT_THAT(run.last.front().why, HasSubstr("no_such_column"));
}

TEST(Experiment, RunsOnlyTheOperationsThatAreAskedFor) {
  SqliteWorld world;
  const Scenario scenario = scenario_of(table_of_records, {"first", "second"});
  Experiment experiment(world, scenario, {each_alone({two_saves[0]}), each_alone({two_saves[1]})});
  RunOptions options;
  options.operations = 2;
  const RunRecord run = experiment.run({}, options);
  ASSERT_THAT(run.first, SizeIs(1));
  EXPECT_EQ(run.first.front().operation, 1);
  EXPECT_THAT(lines_of(run.history), ElementsAre("a1 save 2: ok, 1 rows affected"));
}

TEST(Experiment, TellsAbortedWhereTheProgramThrows) {
  SqliteWorld world;
  const Scenario scenario = scenario_of(table_of_records);
  const auto throws = [](auto thrown) -> OperationFactory {
    return
        [=]() -> Operation { return [=](sim::Client&) -> sim::TransactionEnd { throw thrown; }; };
  };
  Experiment experiment(world, scenario, {throws(std::runtime_error("out of paper"))});
  EXPECT_EQ(experiment.run({}, {}).first.front().why, "out of paper");
  const Scenario without_data = scenario_of({});
  Experiment other(world, without_data, {throws(42)});
  const RunRecord run = other.run({}, {});
  EXPECT_EQ(run.first.front().outcome, sim::Outcome::aborted);
  EXPECT_EQ(run.first.front().why, "an exception of an unknown type");
}

TEST(Experiment, FindsWhatIsLeftOpen) {
  SqliteWorld world;
  const Scenario scenario = scenario_of(table_of_records);
  Experiment experiment(world, scenario, {each_alone({"BEGIN", two_saves[0]})});
  const RunRecord run = experiment.run({}, {});
  EXPECT_THAT(run.first.front().left_open, ElementsAre("connection 1: a transaction is open"));
  EXPECT_EQ(rows_in(*run.after), 0U);
}

TEST(Experiment, OperationKeepsItsMemoryBetweenAttemptsAndNotBetweenRuns) {
  SqliteWorld world;
  const Scenario scenario = scenario_of(table_of_records);
  const OperationFactory remembers = [] {
    return [calls = 0](sim::Client& client) mutable {
      ++calls;
      return send_each(client, {"SELECT " + std::to_string(calls)});
    };
  };
  Experiment experiment(world, scenario, {remembers});
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(lines_of(experiment.run(plan_of("a1=drop"), {}).history),
                ElementsAre(HasSubstr("SELECT 1: no answer"), "a1 SELECT 2: ok, 1 rows"));
  }
}

TEST(Experiment, AsksInvariantsAndDamageOfEveryState) {
  SqliteWorld world;
  Scenario scenario = scenario_of(table_of_records);
  scenario.invariants = {
      {.name = "pairs", .sql = "SELECT count(*) AS n FROM records HAVING n = 1"}};
  scenario.damage = {{.name = "alone",
                      .sql = "SELECT id, 250 AS amount FROM records WHERE "
                             "(SELECT count(*) FROM records) = 1",
                      .says = "record {id} over {amount:money} is alone {here}"}};
  Experiment experiment(world, scenario, {each_alone(two_saves)});
  EXPECT_THAT(experiment.run({}, {}).after->breaches, IsEmpty());
  const RunRecord run = experiment.run(plan_of("a2=drop"), {});
  ASSERT_THAT(run.after->breaches, SizeIs(1));
  EXPECT_EQ(run.after->breaches[0].invariant, "pairs");
  EXPECT_EQ(run.after->breaches[0].rows, 1U);
  EXPECT_EQ(run.after->breaches[0].example, "n = 1");
  EXPECT_THAT(run.after->damage,
              ElementsAre(Damage{"alone", "record 1 over 2.50 is alone {here}"}));
}

// Two states that are compared as equal may still differ in what an invariant asks.
TEST(Experiment, AsksInvariantsOfWhatIsLeftOutOfTheComparison) {
  SqliteWorld world;
  Scenario scenario = scenario_of(table_of_records);
  scenario.leave_out = {{"records", "", "says nothing"}};
  scenario.invariants = {
      {.name = "pairs", .sql = "SELECT count(*) AS n FROM records HAVING n = 1"}};
  Experiment experiment(world, scenario, {each_alone(two_saves)});
  const RunRecord clean = experiment.run({}, {});
  const RunRecord half = experiment.run(plan_of("a2=drop"), {});
  EXPECT_EQ(clean.after->digest, half.after->digest);
  EXPECT_THAT(clean.after->breaches, IsEmpty());
  EXPECT_THAT(half.after->breaches, SizeIs(1));
}

TEST(Experiment, LeavesOutWhatTheAuthorLeftOut) {
  SqliteWorld world;
  Scenario scenario = scenario_of(table_of_records);
  scenario.leave_out = {{"records", "v", "says nothing"}};
  Experiment experiment(world, scenario, {each_alone({two_saves[0]})});
  EXPECT_THAT(experiment.comparison().left_out.at("records"), ElementsAre("v"));
  scenario.leave_out = {{"records", "", "says nothing"}};
  SqliteWorld other_world;
  Experiment without(other_world, scenario, {each_alone({two_saves[0]})});
  EXPECT_EQ(without.initial()->digest, without.run({}, {}).after->digest);
}

std::string refusal_of(const Scenario& scenario) {
  SqliteWorld world;
  try {
    const Experiment experiment(world, scenario, {});
  } catch (const UnusableInput& unusable) {
    return unusable.what();
  }
  return "accepted";
}

TEST(Experiment, RefusesDataAndQuestionsThatTheDatabaseDoesNotAccept) {
  EXPECT_EQ(refusal_of(scenario_of(table_of_records)), "accepted");
  EXPECT_THAT(refusal_of(scenario_of({"CREATE TABEL records (id)"})),
              HasSubstr("found 'CREATE TABEL records (id)'; expected a statement"));
  Scenario scenario = scenario_of(table_of_records);
  scenario.invariants = {{.name = "pairs", .sql = "SELECT none FROM records"}};
  EXPECT_THAT(refusal_of(scenario), HasSubstr("found the invariant 'pairs'"));
  scenario.invariants = {};
  scenario.damage = {{.name = "alone", .sql = "SELECT none FROM records", .says = "alone"}};
  EXPECT_THAT(refusal_of(scenario), HasSubstr("found the damage query 'alone'"));
}

TEST(Experiment, DoesNotJudgeARunWhoseFaultTheWorldCouldNotCarryOut) {
  BreakingWorld world;
  const Scenario scenario = scenario_of(table_of_records);
  Experiment experiment(world, scenario, {in_one_transaction(two_saves)});
  world.cuts_fail = true;
  EXPECT_THROW(experiment.run(plan_of("a2=drop"), {}), HarnessFailure);
  world.cuts_fail = false;
  world.raises_other_error = true;
  EXPECT_THROW(experiment.run(plan_of("a2=error:SQLITE_FULL"), {}), HarnessFailure);
  world.raises_other_error = false;
  EXPECT_NO_THROW(experiment.run(plan_of("a2=error:SQLITE_FULL"), {}));
}

TEST(FillIn, ReplacesColumnsAndKeepsWhatItDoesNotKnow) {
  const Texts columns{"client", "amount"};
  const sim::Row row{std::string("Grand Hotel"), std::int64_t{123456}};
  EXPECT_EQ(fill_in("{client}: {amount:money} ({amount})", columns, row),
            "Grand Hotel: 1234.56 (123456)");
  EXPECT_EQ(fill_in("{client:money} {nobody} {", columns, row), "Grand Hotel {nobody} {");
  EXPECT_EQ(fill_in("", columns, row), "");
  EXPECT_EQ(fill_in("}{}{client}", columns, row), "}{}Grand Hotel");
}

}  // namespace
}  // namespace splitproof::harness
