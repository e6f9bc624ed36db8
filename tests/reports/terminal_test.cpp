#include "reports/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "reports/layout.h"
#include "reports/text.h"
#include "tests/reports/golden_file.h"
#include "tests/reports/literal_verdict.h"
#include "tests/reports/random_verdict.h"

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
  const std::string coloured =
      page_of(literal_verdict(), {.colour = true, .strict = false, .stories = true});
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
  EXPECT_EQ(replay_lines, 4U);
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
  EXPECT_THAT(page_of(passing_verdict(), {.colour = false, .strict = true, .stories = true}),
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

TEST(TerminalRenderer, SumsUpTheSweepsOfSecondFaults) {
  RunVerdict run = run_with_results({CaseResult::inconclusive});
  run.cases.back().sweeps = {{"drop", "once", "operation", 7, 7, true, ""}};
  for (int i = 0; i < 40; ++i) {
    const bool closed = i % 4 != 0;
    run.cases.back().sweeps.push_back({"throw", "once", i < 20 ? "retry" : "recovery", 5, 5, closed,
                                       closed ? "" : "stopped before its end"});
  }
  const std::string page = page_of(run);
  EXPECT_THAT(page,
              HasSubstr("    open     5 of 20 sweeps, a second fault during retry: 100 of 100 "
                        "fired; the first: stopped\n             before its end\n"
                        "    open     5 of 20 sweeps, a second fault during recovery: "));
  EXPECT_THAT(page, Not(HasSubstr("throw")));
  EXPECT_THAT(page, HasSubstr("\nsweeps closed    33 of 43 (operation 3 of 3, retry 15 of 20, "
                              "recovery 15 of 20)\n"));
}

TEST(TerminalRenderer, ShowsOrdersAndObserversBelowACaseOfSeveralSessions) {
  RunVerdict run = passing_verdict();
  run.cases.front().schedules = {.explored = 70, .of = 70, .complete = true};
  run.cases.front().observers = {{"fresh", 12, 1}, {"split-read", 0, 0}};
  EXPECT_THAT(page_of(run),
              HasSubstr("  yes\n      70 of 70 orders; observers saw 12 states: fresh "
                        "12; 1 not observable\ndaily-collection"));
  run.cases.front().schedules = {.explored = 9, .of = 70, .shows = "a bug is rarely missed"};
  run.cases.front().observers = {{"fresh", 0, 9}};
  EXPECT_THAT(page_of(run),
              HasSubstr("      9 of about 70 orders: a bug is rarely missed\ndaily-collection"));
}

TEST(TerminalRenderer, TellsTheStoriesOfTheFirstCasesThatFail) {
  RunVerdict run = run_with_results({CaseResult::fail, CaseResult::fail, CaseResult::inconclusive,
                                     CaseResult::fail, CaseResult::fail});
  std::size_t stories = 0;
  const std::string page = page_of(run);
  for (std::size_t at = 0; (at = page.find("    what happened in ", at)) != std::string::npos;
       ++at) {
    ++stories;
  }
  EXPECT_EQ(stories, 3U);
  EXPECT_THAT(page, HasSubstr("      3. day 1     is told aborted.\n"));
  EXPECT_THAT(page_of(run, {.colour = false, .strict = false, .stories = false}),
              Not(HasSubstr("what happened")));
}

TEST(TerminalRenderer, ShowsTheMostDangerousPredictionsAndCountsTheRest) {
  RunVerdict run = passing_verdict();
  EXPECT_THAT(page_of(run), Not(HasSubstr("Predicted")));
  run.cases.front().predictions.assign(7, {.kind = "writes-apart", .because = "It is dangerous."});
  run.cases.front().predictions[1].confirmed = true;
  run.cases.front().predictions[1].finding = "small.1";
  run.cases.front().ambiguities.assign(6, {"a1=drop", "COMMIT", "indeterminate", "unknown", "", 1});
  const std::string page = page_of(run);
  EXPECT_THAT(page,
              HasSubstr("\nPredicted from the clean run\n  august-september-split / autocommit "
                        "on sqlite: 7 places predicted, 1 of them confirmed\n"
                        "    - predicted and not confirmed: It is dangerous.\n"
                        "    - confirmed by small.1: It is dangerous.\n"));
  EXPECT_THAT(page, HasSubstr("    and 2 more, in report.json\n"));
  EXPECT_THAT(page, HasSubstr("    - told indeterminate, held unknown, in 1 run such as 'a1=drop': "
                              "COMMIT\n    and 1 more, in report.json\n"));
}

TEST(TerminalRenderer, KeepsToThePageWhateverTheTexts) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const std::string whole = page_of(random_verdict(seed));
    // The last line is one sentence, however long.
    std::istringstream page(whole.substr(0, whole.rfind("\n\n")));
    for (std::string line; std::getline(page, line);) {
      if (line.starts_with("    again    ")) continue;
      EXPECT_LE(display_width(line), page_width) << line;
      EXPECT_EQ(line.find_first_of("\r\t\x1b\x01"), std::string::npos) << line;
    }
  }
}

}  // namespace
}  // namespace splitproof::reports
