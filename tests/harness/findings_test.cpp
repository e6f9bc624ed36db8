// From violations to findings: one per cause, the smallest plan, the story that people read.
#include "harness/run/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/experiments.h"
#include "tests/harness/states.h"

namespace splitproof::harness {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Event event(int statement, const std::string& name, const std::string& answer = "ok") {
  Event one;
  one.statement = statement;
  one.attempt = 1;
  one.connection = 1;
  one.name = name;
  one.answer = answer;
  return one;
}

std::shared_ptr<const Observation> observed(const std::string& digest,
                                            const std::vector<sim::Row>& rows = {}) {
  Observation observation;
  observation.digest = digest;
  observation.state = {{"records", table({"id"}, rows)}};
  return std::make_shared<const Observation>(std::move(observation));
}

// A run that `plan` struck at its first strike, of one operation that was told aborted.
RunRecord struck(const std::string& plan, const std::string& at = "save 2") {
  RunRecord run;
  run.plan = plan_of(plan);
  run.history.events = {event(1, "save 1"), event(2, at, "no answer: the connection is lost")};
  if (!run.plan.strikes.empty()) {
    run.fired = {{run.plan.strikes.front().fault, 1}};
    run.history.events[1].struck = to_string(run.plan.strikes.front().fault);
  }
  Told told;
  told.attempt = 1;
  told.why = "the connection is lost";
  run.first = {told};
  run.last = run.first;
  run.history.told = {told};
  run.after = observed("half", {{num(1)}});
  run.finally = run.after;
  return run;
}

Violation violation(const std::string& oracle, const std::string& severity = "violation") {
  Violation found;
  found.oracle = oracle;
  found.severity = severity;
  found.claim = "All or nothing.";
  found.because = "It is half.";
  found.right = {0};
  return found;
}

class Findings : public testing::Test {
 protected:
  Findings() {
    references_.by_operations = {{0, observed("before")},
                                 {1, observed("clean", {{num(1)}, {num(2)}})}};
    references_.all = 1;
    references_.titles = {"save two records"};
    scenario_.incident_story = "The disk was full.";
    context_.scenario = &scenario_;
    context_.references = &references_;
    context_.comparison = &comparison_;
    context_.id_prefix = "small.autocommit.sqlite";
    context_.replay_begin = "splitproof run small --variant autocommit";
  }

  Texts plans() const {
    Texts plans;
    for (const auto& [cause, shown] : book_.findings()) plans.push_back(to_string(shown.run.plan));
    return plans;
  }

  Scenario scenario_;
  References references_;
  Comparison comparison_;
  FindingContext context_;
  FindingBook book_;
};

TEST_F(Findings, AreOnePerCause) {
  book_.note(struck("a2=drop"), {violation("converges")}, false);
  book_.note(struck("a5=drop"), {violation("converges")}, false);
  ASSERT_THAT(book_.findings(), SizeIs(1));
  EXPECT_EQ(book_.findings().front().second.runs, 2);
  EXPECT_THAT(book_.findings().front().second.plans, SizeIs(2));
  EXPECT_THAT(plans(), ElementsAre("a2=drop"));
}

TEST_F(Findings, AreApartByOracleStatementAndFaultFamily) {
  book_.note(struck("a2=drop"), {violation("converges"), violation("hand-back")}, false);
  book_.note(struck("a2=drop", "save 3"), {violation("converges")}, false);
  book_.note(struck("a2=throw"), {violation("converges")}, false);
  book_.note(struck("a2=throw-after"), {violation("converges")}, false);
  EXPECT_THAT(plans(), ElementsAre("a2=drop", "a2=drop", "a2=drop", "a2=throw"));
}

TEST_F(Findings, AreApartByInvariant) {
  Violation other = violation("invariant");
  other.claim = "The scenario's invariant 'total' holds.";
  book_.note(struck("a2=drop"), {violation("invariant"), other}, false);
  EXPECT_THAT(book_.findings(), SizeIs(2));
}

TEST_F(Findings, AreShownByTheSmallestPlan) {
  book_.note(struck("a2=drop a9=drop"), {violation("converges")}, false);
  EXPECT_THAT(plans(), ElementsAre("a2=drop a9=drop"));
  book_.note(struck("a2+=drop"), {violation("converges")}, false);
  EXPECT_THAT(plans(), ElementsAre("a2+=drop"));
  book_.note(struck("a4=drop"), {violation("converges")}, false);
  EXPECT_THAT(plans(), ElementsAre("a4=drop"));
  book_.note(struck("a2=drop"), {violation("converges")}, false);
  EXPECT_THAT(plans(), ElementsAre("a4=drop")) << "among equals the first one stays";
  EXPECT_EQ(book_.findings().front().second.runs, 4);
}

TEST_F(Findings, TellIncidentsFirstAndWarningsLast) {
  book_.note(struck("a2=drop"), {violation("unsafe-retry", "warning")}, false);
  book_.note(struck("a2=throw"), {violation("converges")}, false);
  book_.note(struck("a2=lose-reply"), {violation("hand-back")}, false);
  book_.note(struck("a2=error:53100 a7=drop"), {violation("converges")}, true);
  EXPECT_THAT(plans(),
              ElementsAre("a2=error:53100 a7=drop", "a2=throw", "a2=lose-reply", "a2=drop"));
  EXPECT_TRUE(book_.findings().front().second.incident);
}

TEST_F(Findings, OfACleanRunHaveACauseToo) {
  book_.note(struck("clean"), {violation("completes")}, false);
  ASSERT_THAT(book_.findings(), SizeIs(1));
  EXPECT_EQ(book_.findings().front().first.operation, -1);
}

TEST_F(Findings, CarryTheirIdAndTheLineThatShowsThemAgain) {
  book_.note(struck("a2=error:53100 a9=drop"), {violation("converges")}, false);
  const Finding finding = write_finding(book_.findings().front().second, 3, context_);
  EXPECT_EQ(finding.id, "small.autocommit.sqlite.3");
  EXPECT_EQ(finding.plan, "a2=error:53100 a9=drop");
  EXPECT_EQ(finding.replay,
            "splitproof run small --variant autocommit --plan 'a2=error:53100 a9=drop'");
  EXPECT_EQ(finding.oracle, "converges");
  EXPECT_EQ(finding.severity, "violation");
  EXPECT_EQ(finding.claim, "All or nothing.");
  EXPECT_EQ(finding.because, "It is half.");
  EXPECT_EQ(finding.runs, 1);
}

TEST_F(Findings, OfTheIncidentTellItsStory) {
  book_.note(struck("a2=drop"), {violation("converges")}, true);
  const Finding finding = write_finding(book_.findings().front().second, 1, context_);
  EXPECT_EQ(finding.id, "small.autocommit.sqlite.incident.1");
  EXPECT_EQ(finding.because, "The disk was full. It is half.");
}

TEST_F(Findings, CompareWithTheNearestStateThatWouldHaveBeenRight) {
  Violation found = violation("told-equals-held");
  found.right = {0, 1};
  RunRecord run = struck("a2=drop");
  run.after = observed("odd", {{num(1)}, {num(3)}, {num(2)}});
  book_.note(run, {found}, false);
  const Finding finding = write_finding(book_.findings().front().second, 1, context_);
  ASSERT_THAT(finding.differences, SizeIs(1));
  EXPECT_THAT(finding.differences[0].expected, IsEmpty());
  EXPECT_THAT(finding.differences[0].found, ElementsAre(ElementsAre("3")));
  EXPECT_THAT(finding.damage, ElementsAre(Field(&Damage::name, "rows")));
}

TEST_F(Findings, OfTheFinalStateCompareTheFinalState) {
  Violation found = violation("converges");
  found.in_final_state = true;
  found.right = {1};
  RunRecord run = struck("a2=drop");
  run.finally = observed("doubled", {{num(1)}, {num(2)}, {num(2)}});
  book_.note(run, {found}, false);
  const Finding finding = write_finding(book_.findings().front().second, 1, context_);
  ASSERT_THAT(finding.differences, SizeIs(1));
  EXPECT_THAT(finding.differences[0].found, ElementsAre(ElementsAre("2")));
}

TEST_F(Findings, TakeTheDamageFromTheOracleThenFromTheState) {
  Observation observation = *observed("half", {{num(1)}});
  observation.damage = {{"half", "record 1 stays"}};
  RunRecord run = struck("a2=drop");
  run.after = std::make_shared<const Observation>(observation);
  book_.note(run, {violation("told-equals-held")}, false);
  EXPECT_THAT(write_finding(book_.findings().front().second, 1, context_).damage,
              ElementsAre(Damage{"half", "record 1 stays"}));
  Violation own = violation("hand-back");
  own.damage = {{"open-transaction", "one is open"}};
  book_.note(run, {own}, false);
  EXPECT_THAT(write_finding(book_.findings().back().second, 2, context_).damage,
              ElementsAre(Damage{"open-transaction", "one is open"}));
}

TEST_F(Findings, ShowWhatTheProgramsWroteInTheirFirstAttempts) {
  RunRecord run = struck("a2=drop");
  book_.note(run, {violation("told-equals-held")}, false);
  EXPECT_EQ(write_finding(book_.findings().front().second, 1, context_).output, "");
  run.first.front().output = "saving 1\nlost it";
  run.last.front().output = "all is well";
  book_.note(run, {violation("converges")}, false);
  EXPECT_EQ(write_finding(book_.findings().back().second, 2, context_).output, "saving 1\nlost it");
  references_.titles = {"day 1", "day 2"};
  run.first.push_back(run.first.front());
  run.first.back().operation = 1;
  run.first.back().output = "too late\n";
  book_.note(run, {violation("hand-back")}, false);
  EXPECT_EQ(write_finding(book_.findings().back().second, 3, context_).output,
            "day 1:\nsaving 1\nlost it\nday 2:\ntoo late\n");
}

Texts told_story(const RunRecord& run, const FindingContext& context) {
  Texts lines;
  for (const StoryLine& line : story_of(run, context))
    lines.push_back(line.actor + ": " + line.text);
  return lines;
}

TEST_F(Findings, StoryNamesTheFaultWhatWasToldAndWhatIsHeld) {
  EXPECT_THAT(told_story(struck("a2=drop"), context_),
              ElementsAre("save two records: statement 1, save 1: ok",
                          "save two records: statement 2, save 2: HERE the connection is lost "
                          "before it is sent -> no answer: the connection is lost",
                          "save two records: the client is told aborted: the connection is lost",
                          "database: the database holds: something that no clean run leaves"));
}

TEST_F(Findings, StoryGoesOnThroughTheRetries) {
  RunRecord run = struck("a2=drop");
  Event again = event(3, "save 1");
  again.attempt = 2;
  run.history.events.push_back(again);
  Told told;
  told.attempt = 2;
  told.retry = true;
  told.outcome = sim::Outcome::committed;
  told.left_open = {"connection 2: a transaction is open"};
  run.history.told.push_back(told);
  run.after = observed("before");
  run.finally = observed("clean");
  const Texts story = told_story(run, context_);
  ASSERT_THAT(story, SizeIs(8));
  EXPECT_EQ(story[3],
            "database: the faults stop; the database holds: what it held before, nothing more");
  EXPECT_EQ(story[4], "save two records: is tried again, without faults");
  EXPECT_EQ(story[5], "save two records: statement 3, save 1: ok");
  EXPECT_EQ(story[6],
            "save two records: the client is told committed; left behind: connection 2: a "
            "transaction is open");
  EXPECT_EQ(story[7],
            "database: after the retries the database holds: everything that a clean run leaves");
}

TEST_F(Findings, StoryOfAPairDoesNotSayThatTheFaultsHaveStopped) {
  RunRecord run = struck("a2=drop retry a1=drop");
  Told told;
  told.attempt = 2;
  told.retry = true;
  run.history.told.push_back(told);
  run.after = run.finally = observed("before");
  const Texts story = told_story(run, context_);
  EXPECT_THAT(story, Contains("database: the first attempts have ended; the database holds: what "
                              "it held before, nothing more"));
  EXPECT_THAT(story, Contains("save two records: is tried again"));
}

TEST_F(Findings, StoryNamesTheOperationsWhoseEffectsAreHeld) {
  references_.titles = {"day 1", "day 2"};
  references_.all = 3;
  references_.by_operations[2] = observed("second day");
  references_.by_operations[3] = observed("both");
  RunRecord run = struck("a2=drop");
  run.after = run.finally = observed("second day");
  EXPECT_THAT(told_story(run, context_),
              Contains("database: the database holds: exactly what is left by 'day 2'"));
}

TEST_F(Findings, StorySumsUpWhatIsFarFromTheFault) {
  RunRecord run = struck("a2=drop");
  run.history.events.clear();
  for (int i = 1; i <= 40; ++i) {
    run.history.events.push_back(event(i, "step " + std::to_string(i)));
  }
  run.history.events[19].struck = "drop";
  const Texts story = told_story(run, context_);
  EXPECT_THAT(story, SizeIs(14));
  EXPECT_EQ(story[0], "save two records: … 16 statements, all answered …");
  EXPECT_THAT(story, Contains(AllOf(HasSubstr("statement 20, step 20: HERE"))));
  EXPECT_THAT(story, Contains(HasSubstr("step 40")));
  EXPECT_THAT(story, Not(Contains(HasSubstr("step 30:"))));
}

TEST_F(Findings, StoryOfAStatementOnALostSessionHasNoNumber) {
  RunRecord run = struck("a2=drop");
  run.history.events.push_back(event(0, "ROLLBACK", "no answer: the connection is lost"));
  EXPECT_THAT(told_story(run, context_),
              Contains("save two records: ROLLBACK: no answer: the connection is lost"));
}

}  // namespace
}  // namespace splitproof::harness
