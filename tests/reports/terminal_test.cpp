#include "reports/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "reports/layout.h"
#include "reports/text.h"
#include "tests/reports/golden_file.h"
#include "tests/reports/literal_verdict.h"

namespace splitproof::reports {
namespace {

using harness::CaseResult;
using harness::RunVerdict;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string page_of(const RunVerdict& run, TerminalOptions options = {}) {
  std::ostringstream out;
  TerminalRenderer(options).render(run, out);
  return out.str();
}

RunVerdict run_with_results(const std::vector<CaseResult>& results) {
  RunVerdict run = passing_verdict();
  run.cases.resize(1);
  for (const CaseResult result : results) {
    run.cases.push_back(run.cases.front());
    run.cases.back().result = result;
    run.cases.back().variant = "other";
  }
  return run;
}

TEST(TerminalRenderer, ShowsEveryKindOfResultWithItsReason) {
  EXPECT_TRUE(equals_golden(page_of(literal_verdict()), "terminal.txt"));
}

TEST(TerminalRenderer, ShowsARunThatPasses) {
  EXPECT_TRUE(equals_golden(page_of(passing_verdict()), "terminal_pass.txt"));
}

TEST(TerminalRenderer, ColoursOnlyWhenAsked) {
  const std::string plain = page_of(literal_verdict());
  const std::string coloured = page_of(literal_verdict(), {.colour = true, .strict = false});
  EXPECT_TRUE(equals_golden(coloured, "terminal_colour.txt"));
  EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
  EXPECT_EQ(std::regex_replace(coloured, std::regex("\x1b\\[[0-9;]*m"), ""), plain)
      << "colour must add nothing but colour";
}

TEST(TerminalRenderer, KeepsToThePageExceptInReplayLines) {
  std::istringstream page(page_of(literal_verdict()));
  std::size_t replay_lines = 0;
  for (std::string line; std::getline(page, line);) {
    if (line.find("again    splitproof run") != std::string::npos) {
      ++replay_lines;
      continue;
    }
    EXPECT_LE(display_width(line), page_width) << line;
  }
  EXPECT_EQ(replay_lines, 3U);
}

TEST(TerminalRenderer, KeepsToThePageForNamesOfAnyLength) {
  RunVerdict run = literal_verdict();
  for (auto& verdict : run.cases) {
    verdict.scenario = std::string(300, 's');
    verdict.title = std::string(300, 't');
    verdict.variant = std::string(300, 'v');
    verdict.target = std::string(300, 'x');
    verdict.points = verdict.runs = verdict.faults.planned = verdict.faults.fired = 123'456;
    verdict.findings.clear();
  }
  std::istringstream page(page_of(run));
  std::string line;
  while (std::getline(page, line) && !line.starts_with("What did not pass")) {
    EXPECT_LE(display_width(line), page_width) << line;
  }
}

TEST(TerminalRenderer, NeverPassesControlCharactersOn) {
  RunVerdict run = literal_verdict();
  for (auto& verdict : run.cases) {
    verdict.scenario += "\x1b[2J";
    verdict.reason += "\x07\xff";
    verdict.variant += "\n";
    for (auto& finding : verdict.findings) {
      finding.replay += "\x1b]0;title\x07";
      finding.claim += "\r";
    }
  }
  EXPECT_EQ(page_of(run).find_first_of("\x1b\x07\r\xff"), std::string::npos);
}

TEST(TerminalRenderer, EndsWithThePassInOneSentence) {
  EXPECT_THAT(page_of(passing_verdict()),
              EndsWith("\n✓ PASS: 2 cases did what was expected; 1 of 1 controls and 24 of 24 "
                       "mutants caught.\n"));
}

TEST(TerminalRenderer, EndsWithTheFailureInOneSentence) {
  EXPECT_THAT(
      page_of(run_with_results({CaseResult::fail})),
      EndsWith("\n✗ FAIL: 1 of 2 cases failed: august-september-split / other on sqlite.\n"));
}

TEST(TerminalRenderer, NamesEachKindThatLeavesTheRunUndecided) {
  EXPECT_THAT(page_of(run_with_results({CaseResult::not_run, CaseResult::vacuous,
                                        CaseResult::not_run, CaseResult::not_applicable})),
              EndsWith("\n? NOT DECIDED: no case failed, but 3 of 5 cases did not pass "
                       "(1 vacuous, 2 not-run).\n"));
}

TEST(TerminalRenderer, SaysThatAStoppedRunIsNotAWholeOne) {
  RunVerdict run = passing_verdict();
  run.complete = false;
  EXPECT_THAT(page_of(run), HasSubstr("\n? STOPPED BEFORE THE END. So far: PASS: 2 cases"));
}

TEST(TerminalRenderer, CountsWarningsAsFailuresWhenStrict) {
  EXPECT_THAT(page_of(passing_verdict(), {.colour = false, .strict = true}),
              EndsWith("\n✗ FAIL: every case passes, but --strict counts warnings as failures.\n"));
}

TEST(TerminalRenderer, SaysThatNothingWasRunWhenThereIsNoCase) {
  EXPECT_THAT(page_of(RunVerdict{}), EndsWith("\n- NOTHING RUN: there was no case to run.\n"));
}

TEST(TerminalRenderer, ShowsTheOpenSweepsOfACaseAndCountsTheRest) {
  RunVerdict run = run_with_results({CaseResult::inconclusive});
  run.cases.back().sweeps.assign(
      5, {"drop", "once", "operation", 7, 6, false, "point 7 was never reached"});
  const std::string page = page_of(run);
  EXPECT_THAT(page, HasSubstr("open     drop, once, during operation: 6 of 7 fired; point 7 was "
                              "never reached\n"));
  EXPECT_THAT(page, HasSubstr("and 2 more open sweeps\n"));
}

}  // namespace
}  // namespace splitproof::reports
