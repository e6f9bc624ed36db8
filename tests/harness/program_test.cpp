// Anyone's programs behind the proxy: real clients, real faults, and what is found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/run/failure.h"
#include "tests/harness/program_case.h"

namespace splitproof::harness {
namespace {

using testing::HasSubstr;

using Program = ProgramCase;

TEST_F(Program, OfTwoStatementsWithoutATransactionLeavesHalf) {
  add(psql("UPDATE a SET n = n - 10;\nUPDATE b SET n = n + 10;"));
  const CaseOutcome outcome = run();
  EXPECT_EQ(outcome.verdict.result, CaseResult::fail) << outcome.verdict.reason;
  EXPECT_THAT(findings_of(outcome),
              testing::IsSupersetOf({"told-equals-held a3=error:23505", "told-equals-held a3=drop",
                                     "told-equals-held a2=lose-reply",
                                     "told-equals-held a2=kill-after", "told-equals-held a3=term",
                                     "told-equals-held a2=tear-reply", "told-equals-held a3=stop",
                                     "unsafe-retry a3=lose-reply", "intermediate-read clean"}));
  EXPECT_TRUE(all_closed(outcome.verdict));
}

TEST_F(Program, OfOneTransactionThatKnowsWhatItHasDoneHolds) {
  scenario_.data.sql.emplace_back("CREATE TABLE done (id INTEGER PRIMARY KEY)");
  add(psql(
      "BEGIN;\nINSERT INTO done VALUES (1) ON CONFLICT DO NOTHING RETURNING 1 AS fresh \\gset\n"
      "\\if :{?fresh}\nUPDATE a SET n = n - 10;\nUPDATE b SET n = n + 10;\n\\endif\nCOMMIT;"));
  const CaseOutcome outcome = run();
  EXPECT_THAT(findings_of(outcome), testing::IsEmpty());
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  EXPECT_TRUE(all_closed(outcome.verdict));
  EXPECT_TRUE(outcome.verdict.closed);
}

TEST_F(Program, OfSeveralStatementsInOneQueryIsOneTransaction) {
  ProgramSpec program;
  program.command = {"psql", "-X", "-q", "-c", "UPDATE a SET n = 90; UPDATE b SET n = 110"};
  program.folder = "/";
  add(program);
  const CaseOutcome outcome = run();
  EXPECT_THAT(findings_of(outcome), testing::IsEmpty());
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
}

TEST_F(Program, ThatReadsAndWritesBesideAnotherOneLosesItsUpdate) {
  for (const char session : {'a', 'b'}) {
    const std::string amount = session == 'a' ? "10" : "5";
    add(psql("BEGIN;\nSELECT n FROM a \\gset\nUPDATE a SET n = :n + " + amount + ";\nCOMMIT;"),
        session);
  }
  scenario_.faults = {"drop"};
  const CaseOutcome outcome = run();
  EXPECT_EQ(outcome.verdict.result, CaseResult::fail) << outcome.verdict.reason;
  ASSERT_TRUE(outcome.verdict.schedules);
  EXPECT_TRUE(outcome.verdict.schedules->complete) << outcome.verdict.schedules->left;
  EXPECT_THAT(findings_of(outcome), testing::ElementsAre("serializable order=a2b"));
  EXPECT_THAT(outcome.verdict.findings.front().because, testing::EndsWith("its update is lost."));
  // One line shows it again.
  const CaseOutcome again = run("order=a2b");
  EXPECT_THAT(findings_of(again), testing::ElementsAre("serializable order=a2b"));
}

TEST_F(Program, ThatLeavesHalfForAMomentFailsAlsoBesideAnotherOne) {
  for (const char session : {'a', 'b'}) {
    const std::string table(1, session);
    add(psql("UPDATE " + table + " SET n = 90;\nINSERT INTO " + table + " VALUES (2, 10);"),
        session);
  }
  scenario_.faults = {"drop"};
  const CaseOutcome outcome = run();
  EXPECT_EQ(outcome.verdict.result, CaseResult::fail) << outcome.verdict.reason;
  EXPECT_THAT(findings_of(outcome), testing::Contains("intermediate-read clean"));
}

TEST_F(Program, ThatLocksWhatItReadsLosesNothing) {
  for (const char session : {'a', 'b'}) {
    const std::string amount = session == 'a' ? "10" : "5";
    add(psql("BEGIN;\nSELECT n FROM a FOR UPDATE \\gset\nUPDATE a SET n = :n + " + amount +
             ";\nCOMMIT;"),
        session);
  }
  scenario_.faults = {"drop"};
  const CaseOutcome outcome = run();
  // It does not know its own work again, which is another matter.
  EXPECT_THAT(findings_of(outcome), testing::IsEmpty());
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  ASSERT_TRUE(outcome.verdict.schedules);
  EXPECT_TRUE(outcome.verdict.schedules->complete) << outcome.verdict.schedules->left;
}

TEST_F(Program, OfTwoTransactionsHoldsWhereEachIsAllThatIsClaimed) {
  scenario_.by_transaction = true;
  scenario_.faults = {"drop"};
  add(psql("UPDATE a SET n = 90;\nUPDATE b SET n = 110;"));
  const CaseOutcome outcome = run();
  EXPECT_THAT(findings_of(outcome), testing::IsEmpty());
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  EXPECT_TRUE(outcome.verdict.closed);
}

TEST_F(Program, ThatSwallowsAnErrorIsCaughtAlsoWhereEachTransactionIsAllThatIsClaimed) {
  scenario_.by_transaction = true;
  scenario_.faults = {"error"};
  ProgramSpec program = psql("UPDATE a SET n = 90;\nUPDATE b SET n = 110;");
  program.command.back() = "psql -X -q <<'END'\nUPDATE a SET n = 90;\nUPDATE b SET n = 110;\nEND";
  add(program);
  EXPECT_THAT(findings_of(run()), testing::Contains("told-equals-held a2=error:23505"));
}

TEST_F(Program, SaysWhatEachTransactionWasToldAndWhatBecameOfIt) {
  add(psql("BEGIN;\nUPDATE a SET n = 90;\nCOMMIT;"));
  const auto world = postgres_world();
  Experiment experiment(*world, scenario_, {[] { return Operation(); }});
  const auto programs = make_programs(*shared_guardian(), scenario_.operations, "command");
  experiment.run_clients_in(programs.get());
  const RunRecord run = experiment.run(parse_plan("a4=lose-reply").value(), {});
  ASSERT_EQ(run.first.front().transactions.size(), 1U);
  const TransactionTold& transaction = run.first.front().transactions.front();
  EXPECT_EQ(transaction.told, sim::Outcome::indeterminate);
  EXPECT_EQ(transaction.held, true);
  EXPECT_EQ(transaction.known_by, "pg_xact_status");
  EXPECT_THAT(transaction.statements, testing::ElementsAre("UPDATE a SET n = 90;"));
  const RunRecord dropped = experiment.run(parse_plan("a4=drop").value(), {});
  EXPECT_EQ(dropped.first.front().outcome, sim::Outcome::aborted);
  EXPECT_EQ(dropped.first.front().transactions.front().told, sim::Outcome::aborted);
}

TEST_F(Program, ThatFailsByItselfCannotBeUsed) {
  ProgramSpec program;
  program.command = {"/bin/sh", "-c", "echo nothing will come of it; exit 3"};
  program.folder = "/";
  add(program);
  try {
    run();
    FAIL() << "it was used";
  } catch (const UnusableInput& unusable) {
    EXPECT_THAT(unusable.what(), HasSubstr("exit code 3"));
    EXPECT_THAT(unusable.what(), HasSubstr("nothing will come of it"));
  }
}

TEST_F(Program, ThatAsksNothingCannotBeUsed) {
  ProgramSpec program;
  program.command = {"/bin/true"};
  program.folder = "/";
  add(program);
  EXPECT_THROW(run(), UnusableInput);
}

TEST_F(Program, ThatTakesTooLongIsEnded) {
  ProgramSpec program = psql("UPDATE a SET n = 90;\n\\! sleep 600");
  program.time_limit = std::chrono::milliseconds(500);
  add(program);
  try {
    run();
    FAIL() << "it was used";
  } catch (const UnusableInput& unusable) {
    EXPECT_THAT(unusable.what(), HasSubstr("ran for longer than 500ms"));
  }
}

TEST_F(Program, ThatWaitsForItselfGoesOn) {
  ProgramSpec program;
  // The second connection waits for the first one, which goes on.
  program.command = {"/bin/sh", "-c",
                     "(echo 'BEGIN; UPDATE a SET n = 90;'; sleep 0.3; echo 'COMMIT;') | "
                     "psql -X -q & sleep 0.1; psql -X -q -c 'UPDATE a SET n = n + 1'; wait"};
  program.folder = "/";
  add(program);
  const auto world = postgres_world();
  Experiment experiment(*world, scenario_, {[] { return Operation(); }});
  const auto programs = make_programs(*shared_guardian(), scenario_.operations, "command");
  experiment.run_clients_in(programs.get());
  const RunRecord run = experiment.run({}, {});
  EXPECT_EQ(run.first.front().outcome, sim::Outcome::committed);
  EXPECT_EQ(sim::to_string(run.after->state.at("a")->rows.front().at(1)), "91");
}

TEST_F(ProgramRun, MeetsItsOwnTimeOutWhereTheAnswerIsWithheld) {
  ProgramSpec program;
  program.command = {"timeout", "1", "psql", "-X", "-q", "-c", "UPDATE a SET n = 90"};
  program.folder = "/";
  program.own_timeout = std::chrono::seconds(1);
  add(program);
  const RunRecord run = run_once("a2=delay");
  ASSERT_EQ(run.fired.size(), 1U);
  EXPECT_EQ(run.first.front().outcome, sim::Outcome::indeterminate);
  EXPECT_EQ(run.first.front().why, "the program ended with exit code 124");
  EXPECT_EQ(amount(run, "a"), "90");
}

TEST_F(ProgramRun, CopiesFromOneOfItsConnectionsToAnother) {
  ProgramSpec program;
  program.command = {"/bin/sh", "-c",
                     "psql -X -q -c 'COPY (SELECT 2, 20) TO STDOUT' | "
                     "psql -X -q -c 'COPY a FROM STDIN'"};
  program.folder = "/";
  add(program);
  const RunRecord run = run_once("clean");
  EXPECT_EQ(run.first.front().outcome, sim::Outcome::committed);
  EXPECT_EQ(run.after->state.at("a")->rows.size(), 2U);
}

TEST_F(ProgramRun, OfABatchIsToldByItsSync) {
  add(pgbench("\\startpipeline\nUPDATE a SET n = 90;\nUPDATE b SET n = 110;\n\\endpipeline"));
  const RunRecord clean = run_once("clean");
  EXPECT_EQ(clean.first.front().outcome, sim::Outcome::committed);
  const Event& last = clean.history.events.back();
  EXPECT_EQ(last.text, "Sync");
  EXPECT_EQ(last.answer, "ok");
  const std::string sync = std::to_string(last.statement);
  const RunRecord dropped = run_once("a" + sync + "=drop");
  EXPECT_EQ(dropped.first.front().outcome, sim::Outcome::aborted);
  EXPECT_EQ(amount(dropped, "a"), "100");
  const RunRecord lost = run_once("a" + sync + "=lose-reply");
  EXPECT_EQ(lost.first.front().outcome, sim::Outcome::indeterminate);
  EXPECT_EQ(amount(lost, "a") + " " + amount(lost, "b"), "90 110");
}

TEST_F(ProgramRun, WhoseSyncIsRefusedHasCommittedNothing) {
  scenario_.data.sql.emplace_back(
      "CREATE TABLE c (id INTEGER REFERENCES a DEFERRABLE INITIALLY DEFERRED)");
  add(pgbench("INSERT INTO c VALUES (7);"));
  const RunRecord run = run_once("clean");
  EXPECT_EQ(run.first.front().outcome, sim::Outcome::aborted);
  ASSERT_EQ(run.first.front().transactions.size(), 0U);
  EXPECT_THAT(run.history.events.back().answer, HasSubstr("error 23503"));
}

TEST_F(ProgramRun, MayBeRefusedBeforeThePlannedError) {
  add(
      pgbench("\\startpipeline\nINSERT INTO a VALUES (1, 1);\nUPDATE b SET n = 110;\n"
              "\\endpipeline"));
  const RunRecord clean = run_once("clean");
  ASSERT_THAT(clean.history.events.back().text, HasSubstr("Sync"));
  const int update = clean.history.events.back().statement - 1;
  const RunRecord run = run_once("a" + std::to_string(update) + "=error:53100");
  EXPECT_EQ(run.first.front().outcome, sim::Outcome::aborted);
  EXPECT_EQ(amount(run, "b"), "100");
}

// The service itself, as somebody would schedule it.
class Service : public Program {
 protected:
  void aggregate(const std::string& program) {
    scenario_.data = {};
    scenario_.data.aggregator_schema = true;
    const std::filesystem::path root = std::filesystem::path(__FILE__).parent_path() / "../..";
    scenario_.data.imports = {
        {(root / "scenarios/data/daily_kpi_2025.csv").lexically_normal().string(),
         {"c01"},
         "",
         ""}};
    ProgramSpec spec;
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
    spec.command = {(self.parent_path() / program).string(), "--today", "2025-09-01", "aggregate"};
    spec.folder = "/";
    add(spec);
  }
};

TEST_F(Service, OfOneTransactionIsAsCleanAsInProcess) {
  scenario_.faults = {"drop", "lose-reply"};
  aggregate("aggregator");
  const CaseOutcome outcome = run();
  EXPECT_THAT(findings_of(outcome), testing::IsEmpty());
  EXPECT_EQ(outcome.verdict.result, CaseResult::pass) << outcome.verdict.reason;
  EXPECT_TRUE(outcome.verdict.closed);
}

TEST_F(Service, AsItWasBeforeIsSplitBetweenTheSameTwoSaves) {
  scenario_.faults = {"drop", "lose-reply"};
  aggregate("aggregator-before");
  const CaseOutcome outcome = run();
  ASSERT_FALSE(outcome.verdict.findings.empty());
  const auto split = std::ranges::find_if(outcome.verdict.findings, [](const Finding& finding) {
    return finding.oracle == "told-equals-held" && finding.plan.ends_with("=drop");
  });
  ASSERT_NE(split, outcome.verdict.findings.end());
  const auto struck = std::ranges::find_if(split->story, [](const StoryLine& line) {
    return line.text.find("no answer") != std::string::npos;
  });
  ASSERT_NE(struck, split->story.end());
  EXPECT_THAT(struck->text, HasSubstr("save conversion metrics"));
}

}  // namespace
}  // namespace splitproof::harness
