// Two reports held against each other: what appeared, what was mended, what vanished; and what a
// report of an older program lacks when it is opened.
#include "reports/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "reports/json.h"
#include "reports/ledger.h"
#include "tests/reports/literal_verdict.h"

namespace splitproof::reports {
namespace {

using harness::CaseComparison;
using harness::CaseResult;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// One case with one finding, at the second save.
OpenedReport report() {
  OpenedReport opened;
  harness::CaseVerdict& verdict = opened.verdict.cases.emplace_back();
  verdict.scenario = "sums";
  verdict.variant = "autocommit";
  verdict.target = "sqlite";
  verdict.result = CaseResult::pass;
  verdict.points = 8;
  verdict.sweeps = {{"drop", "once", "operation", 4, 4, true, ""}};
  harness::Finding& finding = verdict.findings.emplace_back();
  finding.id = "sums.autocommit.sqlite.1";
  finding.oracle = "told-equals-held";
  finding.plan = "a2=drop";
  finding.damage = {{"half-a-month", "August"}};
  for (const char* const statement : {"save spend", "save sales"}) {
    harness::LedgerEntry& line = opened.ledger.emplace_back();
    line.scenario = "sums";
    line.variant = "autocommit";
    line.target = "sqlite";
    line.plan = opened.ledger.size() == 1 ? "a1=drop" : "a2=drop";
    line.struck = {{"drop", "a", 1, statement}};
  }
  return opened;
}

harness::ReportComparison compared(const OpenedReport& before, const OpenedReport& now) {
  return compare_reports(before, now);
}

TEST(Comparison, FindsNothingBetweenTheSame) {
  const harness::ReportComparison same = compared(report(), report());
  EXPECT_THAT(same.cases, IsEmpty());
  EXPECT_EQ(same.alike, 1);
  EXPECT_EQ(harness::exit_code(same), 0);
}

TEST(Comparison, KnowsAFindingAgainWhoseStatementMoved) {
  OpenedReport now = report();
  now.verdict.cases[0].findings[0].plan = now.ledger[1].plan = "a3=drop";
  EXPECT_EQ(compared(report(), now).alike, 1);
}

TEST(Comparison, TellsWhatAppearedAndWhatWasMended) {
  OpenedReport clean = report();
  clean.verdict.cases[0].findings.clear();
  const harness::ReportComparison worse = compared(clean, report());
  ASSERT_EQ(worse.cases.size(), 1U);
  EXPECT_THAT(worse.cases[0].appeared,
              ElementsAre(harness::ComparedFinding{
                  "sums.autocommit.sqlite.1",
                  "told-equals-held: half-a-month, where 'save sales' of operation 1 is struck"}));
  EXPECT_EQ(harness::exit_code(worse), 1);
  const harness::ReportComparison better = compared(report(), clean);
  EXPECT_EQ(better.cases[0].mended, worse.cases[0].appeared);
  EXPECT_EQ(harness::exit_code(better), 0);
}

TEST(Comparison, TellsAFindingAtAnotherStatement) {
  OpenedReport now = report();
  now.verdict.cases[0].findings[0].plan = "a1=drop";
  const harness::ReportComparison other = compared(report(), now);
  EXPECT_EQ(other.cases[0].appeared.size(), 1U);
  EXPECT_EQ(other.cases[0].mended.size(), 1U);
}

TEST(Comparison, TellsWhatIsNotSweptAnyMore) {
  OpenedReport now = report();
  now.verdict.cases[0].points = 6;
  now.verdict.cases[0].sweeps.clear();
  now.ledger[0].struck.clear();
  const harness::ReportComparison less = compared(report(), now);
  EXPECT_THAT(less.cases[0].vanished,
              ElementsAre("6 points of the clean run, where there were 8",
                          "'save spend' of operation 1 is not struck any more",
                          "the sweep of drop (once, operation) is gone"));
  EXPECT_EQ(harness::exit_code(less), 2);
  const harness::ReportComparison more = compared(now, report());
  EXPECT_THAT(more.cases[0].vanished, IsEmpty());
  EXPECT_THAT(more.cases[0].added, ElementsAre("8 points of the clean run, where there were 6",
                                               "'save spend' of operation 1 is struck",
                                               "the sweep of drop (once, operation)"));
  EXPECT_EQ(harness::exit_code(more), 0);
  now = report();
  now.verdict.cases[0].sweeps[0].closed = false;
  now.verdict.cases[0].sweeps[0].open_because = "stopped";
  EXPECT_THAT(compared(report(), now).cases[0].vanished,
              ElementsAre("the sweep of drop (once, operation) is not closed any more: stopped"));
}

TEST(Comparison, TellsResultsThatAreOthersAndCasesThatComeAndGo) {
  OpenedReport now = report();
  now.verdict.cases[0].result = CaseResult::inconclusive;
  EXPECT_EQ(harness::exit_code(compared(report(), now)), 1);
  EXPECT_EQ(harness::exit_code(compared(now, report())), 0);
  const harness::ReportComparison gone = compared(report(), OpenedReport());
  EXPECT_EQ(gone.cases[0].now, "");
  EXPECT_THAT(gone.cases[0].mended, IsEmpty());
  EXPECT_EQ(harness::exit_code(gone), 2);
  OpenedReport more = report();
  more.verdict.cases[0].findings.clear();
  EXPECT_EQ(harness::exit_code(compared(OpenedReport(), more)), 0);
}

TEST(Comparison, IsShownCaseByCase) {
  OpenedReport clean = report();
  clean.verdict.cases[0].findings.clear();
  clean.verdict.cases[0].result = CaseResult::fail;
  harness::ReportComparison comparison = compared(clean, report());
  comparison.now = "new";
  comparison.before = "old";
  std::ostringstream out;
  render_comparison(comparison, out);
  EXPECT_EQ(out.str(),
            "new against old\n\n"
            "sums / autocommit on sqlite: pass, was fail\n"
            "  appeared  sums.autocommit.sqlite.1  told-equals-held: half-a-month, where 'save "
            "sales' of operation 1 is struck\n\n"
            "0 cases are alike, 1 not\n");
}

// Before there was a chain, evidence or MANIFEST.
TEST(OpenedReport, OfAnOlderProgramSaysWhatItLacks) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("older-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream out(folder / "report.json");
  JsonRenderer().render(literal_verdict(), out);
  out.close();
  std::ofstream(folder / "ledger.jsonl")
      << R"({"scenario":"a","variant":"b","target":"sqlite","purpose":"sweep","plan":"clean",)"
      << R"("operations":[1],"fired":0,"told":["committed"],"held":"00","retried":["committed"],)"
      << R"("finally":"00","broken":[]})" << '\n';
  const auto opened = open_report(folder.string());
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(std::holds_alternative<OpenedReport>(opened)) << std::get<OpenError>(opened).message;
  EXPECT_EQ(std::get<OpenedReport>(opened).ledger.size(), 1U);
  EXPECT_THAT(std::get<OpenedReport>(opened).changed, IsEmpty());
  EXPECT_THAT(std::get<OpenedReport>(opened).lacks,
              ElementsAre(HasSubstr("the chain of ledger.jsonl"), HasSubstr("evidence.jsonl")));
}

}  // namespace
}  // namespace splitproof::reports
