// A whole case from beginning to verdict, on code that is right, wrong, and not repeatable.
#include "harness/run/case_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "harness/run/replay.h"
#include "tests/harness/breaking_world.h"
#include "tests/harness/experiments.h"

namespace splitproof::harness {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Texts table_of_records{
    "CREATE TABLE records (id INTEGER PRIMARY KEY, v TEXT, saved_at TEXT DEFAULT "
    "CURRENT_TIMESTAMP)"};
const Texts two_saves{
    "/* save 1 */ INSERT INTO records (id, v) VALUES (1, 'one') ON CONFLICT DO NOTHING",
    "/* save 2 */ INSERT INTO records (id, v) VALUES (2, 'two') ON CONFLICT DO NOTHING"};

class OneCase : public testing::Test {
 protected:
  OneCase() {
    scenario_ = scenario_of(table_of_records, {"save two records"});
    variant_.name = "autocommit";
    case_.scenario = &scenario_;
    case_.variant = &variant_;
    case_.target = "sqlite";
    case_.target_kind = "sqlite";
    case_.argument = "small";
    expect_violated("");
  }

  void expect_violated(const std::string& oracle, const Texts& also = {}) {
    Expected expected;
    expected.observed = oracle.empty() ? Expectation::holds : Expectation::violated;
    expected.oracle = oracle;
    expected.also = also;
    variant_.expect["sqlite"] = expected;
  }

  const CaseVerdict& run(const OperationFactory& operation) {
    BreakingWorld world;
    world.cuts_fail = cuts_fail_;
    world.reads_left = reads_left_;
    outcome_ = run_case(case_, world, {operation}, options_);
    return outcome_.verdict;
  }

  Scenario scenario_;
  Variant variant_;
  Case case_;
  CaseOptions options_;
  CaseOutcome outcome_;
  bool cuts_fail_ = false;
  int reads_left_ = 1000000;
  int turn_ = 0;  // The attempt after which a forgetful operation changes.
};

TEST_F(OneCase, PassesCodeThatIsRight) {
  const CaseVerdict& verdict = run(in_one_transaction(two_saves));
  EXPECT_EQ(to_string(verdict.result), "pass") << verdict.reason;
  EXPECT_EQ(verdict.observed, "holds");
  EXPECT_TRUE(verdict.closed);
  EXPECT_EQ(verdict.points, 8);
  EXPECT_GT(verdict.faults.fired, 0);
  EXPECT_EQ(verdict.faults.planned, verdict.faults.fired);
  EXPECT_THAT(verdict.findings, IsEmpty());
  EXPECT_THAT(verdict.compared_with_care,
              ElementsAre("records.saved_at: written by a clock, left out of the comparison"));
  EXPECT_EQ(static_cast<std::size_t>(verdict.runs), outcome_.ledger.size());
}

TEST_F(OneCase, CatchesCodeThatSavesOneByOne) {
  expect_violated("told-equals-held", {"intermediate-read"});
  const CaseVerdict& verdict = run(each_alone(two_saves));
  EXPECT_EQ(to_string(verdict.result), "pass") << verdict.reason;
  EXPECT_EQ(verdict.observed, "violated");
  ASSERT_THAT(verdict.findings, Not(IsEmpty()));
  EXPECT_EQ(verdict.findings[0].id, "small.autocommit.sqlite.1");
  EXPECT_THAT(verdict.findings[0].replay,
              HasSubstr("splitproof run small --variant autocommit --target sqlite --plan "));
  EXPECT_THAT(outcome_.ledger, Contains(Field(&LedgerEntry::purpose, "replay")));
}

TEST_F(OneCase, CallsAFindingThatDiffersWhenReplayedUnstable) {
  const auto attempts = std::make_shared<int>(0);
  expect_violated("told-equals-held");
  const OperationFactory forgetful = [&, attempts] {
    return [&, attempts](sim::Client& client) {
      ++*attempts;
      return send_each(client, *attempts > turn_ ? Texts{two_saves[1], two_saves[0]} : two_saves);
    };
  };
  // The sweep is left alone; what comes after it are the replays.
  turn_ = 1000000;
  run(forgetful);
  int attempts_of_the_sweep = 0;
  for (const LedgerEntry& entry : outcome_.ledger) {
    if (entry.purpose == "replay") break;
    attempts_of_the_sweep += entry.told == entry.retried ? 1 : 2;
  }
  *attempts = 0;
  turn_ = attempts_of_the_sweep;
  const CaseVerdict& verdict = run(forgetful);
  EXPECT_EQ(to_string(verdict.result), "unstable");
  EXPECT_THAT(verdict.reason, HasSubstr("differs when replayed, first at statement 1: 'save 1'"));
}

TEST_F(OneCase, CallsCleanRunsThatDifferUnstable) {
  const auto runs = std::make_shared<int>(0);
  const CaseVerdict& verdict = run([=] {
    return [=](sim::Client& client) {
      return send_each(client,
                       {"INSERT INTO records (v) VALUES ('" + std::to_string(++*runs) + "')"});
    };
  });
  EXPECT_EQ(to_string(verdict.result), "unstable");
  EXPECT_THAT(verdict.reason, HasSubstr("differ"));
  EXPECT_THAT(verdict.sweeps, IsEmpty());
}

TEST_F(OneCase, IsInconclusiveWhereTheHarnessFails) {
  for (const int reads : {0, 2, 20}) {
    reads_left_ = reads;
    const CaseVerdict& verdict = run(each_alone(two_saves));
    EXPECT_EQ(to_string(verdict.result), "inconclusive");
    EXPECT_EQ(verdict.observed, "unknown");
    EXPECT_THAT(verdict.reason, HasSubstr("the harness could not finish: the database cannot be "
                                          "read: the world itself is broken"));
  }
}

TEST_F(OneCase, IsInconclusiveWhereAFaultCannotBeCarriedOut) {
  cuts_fail_ = true;
  const CaseVerdict& verdict = run(in_one_transaction(two_saves));
  EXPECT_EQ(to_string(verdict.result), "inconclusive");
  EXPECT_THAT(verdict.reason, HasSubstr("a connection could not be cut"));
}

TEST_F(OneCase, IsVacuousWhereTheCleanRunChangesNothing) {
  const CaseVerdict& verdict = run(each_alone({"SELECT count(*) FROM records"}));
  EXPECT_EQ(to_string(verdict.result), "vacuous");
}

TEST_F(OneCase, IsInconclusiveWhereItIsStopped) {
  options_.stopped = [] { return true; };
  const CaseVerdict& verdict = run(in_one_transaction(two_saves));
  EXPECT_EQ(to_string(verdict.result), "inconclusive");
  EXPECT_FALSE(verdict.closed);
  EXPECT_EQ(verdict.reason, "stopped before its end");
}

TEST_F(OneCase, RunsASinglePlanInsteadOfTheSweep) {
  expect_violated("told-equals-held");
  options_.plan = plan_of("a2=drop");
  const CaseVerdict& verdict = run(each_alone(two_saves));
  EXPECT_EQ(to_string(verdict.result), "pass") << verdict.reason;
  EXPECT_THAT(verdict.sweeps, IsEmpty());
  EXPECT_EQ(verdict.faults.fired, 1);
  options_.plan = plan_of("a9=drop");
  EXPECT_EQ(to_string(run(each_alone(two_saves)).result), "vacuous");
}

TEST_F(OneCase, CountsAStrikeThatGoesOnOnceAndNotInPlaceOfAnother) {
  options_.plan = plan_of("a1+=error:SQLITE_BUSY a50=drop");
  const CaseVerdict& verdict = run(in_one_transaction(two_saves));
  EXPECT_EQ(verdict.faults.planned, 2);
  EXPECT_EQ(verdict.faults.fired, 1);
}

TEST(Unfit, IsAnOrderOfSessionsThatTheScenarioDoesNotHave) {
  Scenario scenario = scenario_of(table_of_records, {"add", "add"});
  EXPECT_EQ(unfit(plan_of("order=a"), scenario),
            "the plan has an order, and the scenario has one session; expected a plan without it");
  scenario.operations[1].session = 'b';
  EXPECT_EQ(unfit(plan_of("order=a2b a1=drop"), scenario), "");
  EXPECT_THAT(unfit(plan_of("order=a2c"), scenario),
              HasSubstr("found the session 'c' in the plan's order; expected one of a, b"));
}

TEST(Unfit, IsAnOperationWhereTheScenarioHasItsOwn) {
  Scenario scenario = scenario_of(table_of_records);
  EXPECT_EQ(unfit(plan_of("a1=drop"), scenario), "");
  EXPECT_THAT(unfit(plan_of("add(visits,5) a1=drop"), scenario),
              HasSubstr("found the operation 'add(visits,5)' in the plan"));
  scenario.property = "random-operations";
  EXPECT_EQ(unfit(plan_of("add(visits,5) a1=drop"), scenario), "");
}

TEST_F(OneCase, ReplaysTheIncidentFirst) {
  expect_violated("told-equals-held", {"intermediate-read"});
  scenario_.incident = {{1, "save 2", "error"}};
  scenario_.incident_story = "The second save was refused.";
  const CaseVerdict& verdict = run(each_alone(two_saves));
  EXPECT_EQ(to_string(verdict.result), "pass") << verdict.reason;
  ASSERT_THAT(verdict.findings, Not(IsEmpty()));
  EXPECT_EQ(verdict.findings[0].id, "small.autocommit.sqlite.incident.1");
  EXPECT_EQ(verdict.findings[0].plan, "a2=error:SQLITE_FULL");
}

TEST_F(OneCase, IsNotClosedWhereTheIncidentsStatementDoesNotOccur) {
  scenario_.incident = {{1, "save 7", "error"}};
  const CaseVerdict& verdict = run(in_one_transaction(two_saves));
  EXPECT_EQ(to_string(verdict.result), "inconclusive");
  EXPECT_EQ(verdict.reason, "the incident's statement 'save 7' does not occur in operation 1");
}

TEST_F(OneCase, IsNotClosedWhereTheIncidentsFaultCannotStrike) {
  scenario_.incident = {{1, "look", "error"}};
  Texts looks = two_saves;
  looks.insert(looks.begin(), "/* look */ SELECT count(*) FROM records");
  const CaseVerdict& verdict = run(in_one_transaction(looks));
  EXPECT_EQ(to_string(verdict.result), "inconclusive");
  EXPECT_EQ(verdict.reason, "a fault of the incident does not strike: a2=error:SQLITE_FULL");
}

TEST_F(OneCase, GivesTheSameLedgerEveryTime) {
  const auto lines = [&] {
    Texts all;
    run(each_alone(two_saves));
    for (const LedgerEntry& entry : outcome_.ledger) {
      all.push_back(entry.purpose + entry.plan + entry.held + entry.finally);
    }
    return all;
  };
  EXPECT_EQ(lines(), lines());
}

TEST_F(OneCase, NamesEveryRunInTheLedger) {
  run(in_one_transaction(two_saves));
  EXPECT_THAT(outcome_.ledger, Each(Field(&LedgerEntry::variant, "autocommit")));
  Texts first;
  for (std::size_t i = 0; i < 4; ++i) first.push_back(outcome_.ledger.at(i).purpose);
  EXPECT_THAT(first, ElementsAre("calibration", "calibration", "clean", "observed"));
}

TEST_F(OneCase, ReplaySaysStepByStepWhatHappenedAndWhatIsHeld) {
  std::ostringstream out;
  BreakingWorld world;
  const ReplayResult result =
      replay(case_, world, {each_alone(two_saves)}, plan_of("a2=drop"), 1, out);
  ASSERT_THAT(result.violations, Not(IsEmpty()));
  EXPECT_EQ(result.violations[0].oracle, "told-equals-held");
  const std::string steps = out.str();
  for (const char* line :
       {"small / autocommit on sqlite, plan: a2=drop\n", "\nsave two records\n",
        "a1  [connection 1] /* save 1 */ INSERT INTO records", "answer: ok, 1 rows affected\n",
        "held: records + id=1, v=one", "FAULT  drop: the connection is lost before it is sent\n",
        "answer: no answer: the connection is lost\n", "the client is told: aborted",
        "\nsave two records (tried again)\n", "the client is told: committed\n"}) {
    EXPECT_THAT(steps, HasSubstr(line));
  }
}

TEST(ReplayLine, NamesTheSeedOnlyWhereItIsNotTheUsualOne) {
  Scenario scenario;
  Variant variant;
  variant.name = "read modify write";
  Case subject;
  subject.scenario = &scenario;
  subject.variant = &variant;
  subject.target = "postgresql://me:secret@host/db";
  subject.argument = "my cases/pay.yaml";
  EXPECT_EQ(replay_begin(subject, 1),
            "splitproof run 'my cases/pay.yaml' --variant 'read modify write' --target "
            "postgresql://me@host/db");
  EXPECT_THAT(replay_begin(subject, 7), HasSubstr(" --seed 7"));
}

TEST(ReplayLine, RepeatsTheWholeLineOfACommand) {
  Scenario scenario;
  Variant variant;
  variant.name = "command";
  Case subject;
  subject.scenario = &scenario;
  subject.variant = &variant;
  subject.target = "postgres";
  subject.command = "--setup schema.sql --command 'node app.mjs'";
  EXPECT_EQ(
      replay_begin(subject, 7),
      "splitproof run --target postgres --setup schema.sql --command 'node app.mjs' --seed 7");
}

}  // namespace
}  // namespace splitproof::harness
