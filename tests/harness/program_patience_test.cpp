// Programs that wait, and those that wait for them: for an answer, for a lock, for another
// connection of their own, and for longer than they may.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/run/failure.h"
#include "tests/harness/program_case.h"

namespace splitproof::harness {
namespace {

using testing::HasSubstr;

class ProgramPatience : public ProgramRun {
 protected:
  // A program of the shell.
  static ProgramSpec shell(const std::string& script) {
    ProgramSpec program;
    program.command = {"/bin/bash", "-c", script};
    program.folder = "/";
    return program;
  }

  // What the harness says where it gives up.
  std::string failure_of(const std::string& plan) {
    try {
      run_once(plan);
    } catch (const HarnessFailure& failure) {
      return failure.what();
    }
    return "nothing";
  }
};

// Only that the client has left can end the wait before an hour has passed.
TEST_F(ProgramPatience, WithAnAnswerIsAtItsEndWhereTheClientHasLeft) {
  ProgramSpec program = shell("timeout 1 psql -X -q -c 'UPDATE a SET n = 90'; sleep 600");
  program.own_timeout = std::chrono::hours(1);
  program.time_limit = std::chrono::seconds(2);
  add(program);
  const RunRecord run = run_once("a2=delay");
  ASSERT_EQ(run.fired.size(), 1U);
  EXPECT_EQ(run.first.front().outcome, sim::Outcome::indeterminate);
  EXPECT_EQ(run.first.front().why, "the program ran for longer than 2000ms and was ended");
  EXPECT_EQ(amount(run, "a"), "90");
}

TEST_F(ProgramPatience, EndsWithItsStatementThatTakesTooLong) {
  ProgramSpec program = psql("UPDATE a SET n = 90;\nSELECT pg_sleep(600);");
  program.time_limit = std::chrono::seconds(1);
  add(program);
  const RunRecord run = run_once("clean");
  EXPECT_EQ(run.first.front().outcome, sim::Outcome::indeterminate);
  EXPECT_EQ(run.first.front().why, "the program ran for longer than 1000ms and was ended");
  EXPECT_EQ(amount(run, "a"), "90");
}

TEST_F(ProgramPatience, EndsWithAStatementThatTakesTooLongWhileAnotherProgramWaitsForItsTurn) {
  ProgramSpec program = psql("UPDATE a SET n = 90;\nSELECT pg_sleep(600);");
  program.time_limit = std::chrono::seconds(1);
  add(program, 'a');
  add(psql("UPDATE b SET n = 110;"), 'b');
  EXPECT_THAT(failure_of("order=a3b"),
              HasSubstr("the statement 'SELECT pg_sleep(600);' ran for longer than 1000ms"));
}

// Only between the two statements of the other one.
TEST_F(ProgramPatience, BlamesNobodyForAStatementThatTakesTooLongInSomeOrder) {
  scenario_.faults = {"drop"};
  ProgramSpec program = psql(
      "DO 'BEGIN IF (SELECT n FROM b) = 1 THEN PERFORM pg_sleep(600); END IF; END';\n"
      "UPDATE a SET n = 90;");
  program.time_limit = std::chrono::seconds(1);
  add(program, 'a');
  add(psql("UPDATE b SET n = 1;\nUPDATE b SET n = 110;"), 'b');
  const CaseOutcome outcome = run();
  EXPECT_EQ(outcome.verdict.result, CaseResult::inconclusive);
  EXPECT_THAT(outcome.verdict.reason, HasSubstr("ran for longer than 1000ms and was ended"));
  EXPECT_THAT(findings_of(outcome), testing::Not(testing::Contains(HasSubstr("completes"))));
}

TEST_F(ProgramPatience, CountsNoTimeThatIsSpentInWaitingForAnotherProgram) {
  add(psql("BEGIN;\nUPDATE a SET n = 90;\nSELECT pg_sleep(1.5);\nCOMMIT;"), 'a');
  ProgramSpec program = psql("UPDATE a SET n = n + 1;");
  program.time_limit = std::chrono::seconds(1);
  add(program, 'b');
  const RunRecord run = run_once("order=a2ba");
  ASSERT_EQ(run.first.size(), 2U);
  EXPECT_EQ(run.first.back().outcome, sim::Outcome::committed) << run.first.back().why;
  EXPECT_EQ(amount(run, "a"), "91");
  EXPECT_TRUE(std::ranges::any_of(run.history.events,
                                  [](const Event& event) { return event.waited_for == "a"; }));
}

// Programs with several connections: one holds what the others wait for, and goes on by `say`.
class ProgramOfConnections : public ProgramPatience {
 protected:
  // `waiting N` returns when so many of its statements wait for a lock.
  static ProgramSpec connections(const std::string& script) {
    ProgramSpec program = shell(
        "coproc holder { psql -XqAt; }\n"
        "say() { echo \"$1\" >&${holder[1]}; }\n"
        "held() { say '\\echo held'; read -r word <&${holder[0]}; }\n"
        "waiting() { until [ \"$(psql -XqAt -c \"SELECT count(*) FROM pg_stat_activity WHERE "
        "datname"
        " = current_database() AND wait_event_type = 'Lock'\")\" = $1 ]; do :; done; }\n" +
        script + "\nsay '\\q'; wait");
    program.time_limit = std::chrono::seconds(10);
    return program;
  }

  static std::ptrdiff_t place_of(const RunRecord& run, const std::string& text) {
    const std::vector<Event>& events = run.history.events;
    const auto found = std::ranges::find_if(
        events, [&](const Event& event) { return event.text.find(text) != std::string::npos; });
    EXPECT_NE(found, events.end()) << text;
    return found - events.begin();
  }
};

TEST_F(ProgramOfConnections, KeepsAnAnswerThatComesWhileAnotherOneIsWaitedFor) {
  // The holder's COMMIT lets the update go on; what is sent with it ends when the server has
  // answered that one.
  add(
      connections("say 'BEGIN; UPDATE a SET n = 90;'; held\n"
                  "psql -Xq -c 'UPDATE a SET n = n + 1' & waiting 1\n"
                  "say \"COMMIT \\; DO 'BEGIN WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE"
                  " query LIKE ''UPDATE%'' AND wait_event = ''ClientRead'') LOOP PERFORM"
                  " pg_stat_clear_snapshot(); END LOOP; END';\""));
  const RunRecord run = run_once("clean");
  EXPECT_EQ(run.first.front().outcome, sim::Outcome::committed) << run.first.front().why;
  EXPECT_EQ(amount(run, "a"), "91");
  EXPECT_LT(place_of(run, "DO 'BEGIN"), place_of(run, "n + 1"));
}

TEST_F(ProgramOfConnections, MayWaitOnTwoOfThemForAThird) {
  add(
      connections("say 'BEGIN; UPDATE a SET n = 90; UPDATE b SET n = 110;'; held\n"
                  "psql -Xq -c 'UPDATE a SET n = n + 1' & waiting 1\n"
                  "psql -Xq -c 'UPDATE b SET n = n + 1' & waiting 2\n"
                  "say 'COMMIT;'"));
  const RunRecord run = run_once("clean");
  EXPECT_EQ(run.first.front().outcome, sim::Outcome::committed) << run.first.front().why;
  EXPECT_EQ(amount(run, "a") + " " + amount(run, "b"), "91 111");
}

TEST_F(ProgramOfConnections, MayWaitOnOneForAnotherThatWaitsItself) {
  // The second update has to wait until the first one's transaction goes on and ends.
  add(
      connections("say 'BEGIN; UPDATE a SET n = 90;'; held\n"
                  "printf 'BEGIN;UPDATE a SET n = n + 1;COMMIT;' | psql -Xq & waiting 1\n"
                  "psql -Xq -c 'UPDATE a SET n = n + 10' & waiting 2\n"
                  "say 'COMMIT;'"));
  const RunRecord run = run_once("clean");
  EXPECT_EQ(run.first.front().outcome, sim::Outcome::committed) << run.first.front().why;
  EXPECT_EQ(amount(run, "a"), "101");
}

// Each waits for the other: the server ends one of them.
TEST_F(ProgramPatience, OfTwoProgramsEndsWhereTheyWaitForEachOther) {
  add(psql("BEGIN;\nUPDATE a SET n = 90;\nUPDATE b SET n = 110;\nCOMMIT;"), 'a');
  add(psql("BEGIN;\nUPDATE b SET n = 111;\nUPDATE a SET n = 91;\nCOMMIT;"), 'b');
  const RunRecord run = run_once("order=a2b2ab");
  ASSERT_EQ(run.first.size(), 2U);
  EXPECT_EQ(run.first.front().outcome, sim::Outcome::committed) << run.first.front().why;
  EXPECT_EQ(run.first.back().outcome, sim::Outcome::aborted);
  EXPECT_EQ(amount(run, "a") + " " + amount(run, "b"), "90 110");
  EXPECT_TRUE(std::ranges::any_of(run.history.events, [](const Event& event) {
    return event.client == 'b' && event.answer.find("40P01") != std::string::npos;
  }));
}

}  // namespace
}  // namespace splitproof::harness
