#include "reports/markdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "reports/markdown_text.h"
#include "tests/reports/golden_file.h"
#include "tests/reports/literal_verdict.h"
#include "tests/reports/random_verdict.h"

namespace splitproof::reports {
namespace {

using harness::CaseResult;
using harness::RunVerdict;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string page_of(const RunVerdict& run, MarkdownOptions options = {}) {
  std::ostringstream out;
  MarkdownRenderer(options).render(run, out);
  return out.str();
}

// Bars that part cells: those without a backslash before them.
std::size_t cells_in(const std::string& line) {
  std::size_t bars = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '|') {
      ++bars;
    }
  }
  return bars - 1;
}

// The lines that are not in a block of code. A block ends at a line of as many backticks as it
// began with, or more.
std::vector<std::string> lines_outside_code(const std::string& page) {
  std::istringstream in(page);
  std::vector<std::string> lines;
  std::size_t fence = 0;
  for (std::string line; std::getline(in, line);) {
    const std::size_t ticks = std::min(line.find_first_not_of('`'), line.size());
    if (fence == 0 && ticks >= 3) {
      fence = ticks;
    } else if (fence > 0 && ticks >= fence && ticks == line.size()) {
      fence = 0;
    } else if (fence == 0) {
      lines.push_back(line);
    }
  }
  EXPECT_EQ(fence, 0U) << "a block of code is not closed";
  return lines;
}

TEST(MarkdownRenderer, WritesTheApprovedSummary) {
  EXPECT_TRUE(equals_golden(page_of(literal_verdict()), "summary.md"));
}

TEST(MarkdownRenderer, IsShortForARunThatPasses) {
  const std::string page = page_of(passing_verdict());
  EXPECT_THAT(page, StartsWith("## ✓ PASS: 2 cases did what was expected;"));
  EXPECT_THAT(page, Not(HasSubstr("What did not pass")));
  EXPECT_THAT(page, Not(HasSubstr("<details>")));
  EXPECT_LT(std::ranges::count(page, '\n'), 50);
}

TEST(MarkdownRenderer, TellsTheFailureBeforeTheTable) {
  const std::string page = page_of(literal_verdict());
  const std::size_t failure = page.find("#### ✗ balance-transfer");
  EXPECT_LT(failure, page.find("#### ? cache-refresh"));
  EXPECT_LT(failure, page.find("### Cases"));
  EXPECT_THAT(page, HasSubstr("```sh\nsplitproof run balance-transfer --plan 'o1=drop@2+'\n```\n"));
  EXPECT_THAT(page, HasSubstr("\n3. **client b** statement 1, read A\\|B: ok, 1 row\n"));
}

TEST(MarkdownRenderer, AgreesWithStrict) {
  const std::string page = page_of(passing_verdict(), {.strict = true, .bytes_max = 1'000'000});
  EXPECT_THAT(page, StartsWith("## ✗ FAIL: "));
  EXPECT_THAT(page, HasSubstr("### What did not pass\n\n#### ✓ daily-collection"));
  EXPECT_THAT(page, Not(HasSubstr("### Warnings about what holds")));
}

TEST(MarkdownRenderer, LeavesOutStoriesFirstAndSaysSo) {
  const std::size_t whole = page_of(literal_verdict()).size();
  const std::string page = page_of(literal_verdict(), {.strict = false, .bytes_max = whole - 1});
  EXPECT_THAT(page, HasSubstr("> The steps of the findings are left out here, for the page would "
                              "be larger than CI shows. All of it is in report.json.\n"));
  EXPECT_THAT(page, Not(HasSubstr("client b")));
  EXPECT_THAT(page, HasSubstr("A was debited twice."));
  const std::string less =
      page_of(literal_verdict(), {.strict = false, .bytes_max = page.size() - 1});
  EXPECT_THAT(less, HasSubstr("> The findings are left out here"));
  EXPECT_THAT(less, Not(HasSubstr("A was debited twice.")));
  EXPECT_THAT(less, HasSubstr("| balance-transfer |"));
}

TEST(MarkdownRenderer, ListsSomePredictionsAndAmbiguitiesAndCountsTheRest) {
  RunVerdict run = passing_verdict();
  EXPECT_THAT(page_of(run), Not(HasSubstr("Predicted")));
  run.cases.front().predictions.assign(25, {.kind = "writes-apart", .because = "It is dangerous."});
  run.cases.front().ambiguities.assign(22, {"a1=drop", "a|b", "indeterminate", "unknown", "", 1});
  const std::string page = page_of(run);
  EXPECT_THAT(page, HasSubstr("- **predicted and not confirmed** It is dangerous.\n\n5 more are in "
                              "report.json.\n"));
  EXPECT_THAT(page,
              HasSubstr("| a\\|b | indeterminate | unknown |  | 1 | a1=drop |\n\n2 more are in "
                        "report.json.\n"));
}

TEST(MarkdownRenderer, StaysBelowTheLimitHoweverLongTheNames) {
  RunVerdict run = literal_verdict();
  for (auto& verdict : run.cases) verdict.scenario = std::string(10'000, 'x');
  run.version = std::string(5'000, 'v');
  for (const std::size_t limit : {1'000U, 3'000U, 30'000U, 100'000U, 1'000'000U}) {
    EXPECT_LE(page_of(run, {.strict = false, .bytes_max = limit}).size(), limit);
  }
  EXPECT_THAT(page_of(run, {.strict = false, .bytes_max = 1'000}),
              StartsWith("## ✗ splitproof: fail\n\n- 8 cases: 3 pass, 1 fail, 1 inconclusive, "));
}

TEST(MarkdownRenderer, StaysBelowGitHubsLimitWithThousandsOfSteps) {
  RunVerdict run = literal_verdict();
  run.cases[2].findings.front().story.assign(30'000, {"client a", "waits for client b, again"});
  const std::string page = page_of(run);
  EXPECT_LE(page.size(), 1'048'576U);
  EXPECT_THAT(page, HasSubstr("The steps of the findings are left out"));
}

TEST(MarkdownRenderer, KeepsItsTablesWhateverTheNames) {
  std::size_t rows = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    std::size_t width = 0;
    for (const std::string& line : lines_outside_code(page_of(random_verdict(seed)))) {
      EXPECT_EQ(line.find_first_of("\r\t\x1b\x01"), std::string::npos) << line;
      if (!line.starts_with("|")) {
        width = 0;
        continue;
      }
      ++rows;
      if (width == 0) width = cells_in(line);
      EXPECT_EQ(cells_in(line), width) << line;
    }
  }
  EXPECT_GT(rows, 500U);
}

TEST(MarkdownRenderer, LetsNoTextMakeHtmlOfItsOwn) {
  static const std::regex ours("</?details>|<details open>|</?summary>");
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    for (const std::string& line : lines_outside_code(page_of(random_verdict(seed)))) {
      // A plan stands as inline code, in which a bracket is a bracket.
      if (line.starts_with("- **plan**")) continue;
      EXPECT_EQ(std::regex_replace(line, ours, "").find('<'), std::string::npos) << line;
    }
  }
}

TEST(MarkdownText, EscapesWhatMarkdownReads) {
  EXPECT_EQ(markdown_text("a|b `c` *d* _e_ [f](g) <h> & $i$ ~j~ \\"),
            "a\\|b \\`c\\` \\*d\\* \\_e\\_ \\[f\\](g) &lt;h&gt; &amp; \\$i\\$ \\~j\\~ \\\\");
  EXPECT_EQ(markdown_text("a\nb\x1b"), "a\\\\nb\\\\x1b");
}

TEST(MarkdownText, DoesNotBeginABlock) {
  EXPECT_EQ(markdown_text("- a"), "\\- a");
  EXPECT_EQ(markdown_text("# a"), "\\# a");
  EXPECT_EQ(markdown_text("12. a"), "12\\. a");
  EXPECT_EQ(markdown_text("1) a"), "1\\) a");
  EXPECT_EQ(markdown_text("12 a - b"), "12 a - b");
  EXPECT_EQ(markdown_text("12"), "12");
  EXPECT_EQ(markdown_text("12.50 are gone"), "12.50 are gone");
  EXPECT_EQ(markdown_text(""), "");
}

TEST(MarkdownText, FencesCodeByMoreBackticksThanItHolds) {
  EXPECT_EQ(markdown_code("a"), "`a`");
  EXPECT_EQ(markdown_code("a``b"), "```a``b```");
  EXPECT_EQ(markdown_code("`a`"), "`` `a` ``");
  EXPECT_EQ(markdown_block("sh", "a\nb"), "```sh\na\nb\n```\n");
  EXPECT_EQ(markdown_block("", "````"), "`````\n````\n`````\n");
  EXPECT_EQ(markdown_block("text", ""), "```text\n```\n");
}

}  // namespace
}  // namespace splitproof::reports
