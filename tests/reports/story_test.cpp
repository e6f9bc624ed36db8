#include "reports/story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "reports/difference_table.h"
#include "reports/layout.h"
#include "reports/text.h"
#include "tests/reports/golden_file.h"
#include "tests/reports/literal_verdict.h"

namespace splitproof::reports {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string page_of(const harness::Finding& finding) {
  std::ostringstream out;
  render_finding(finding, out);
  return out.str();
}

std::string table_of(const harness::TableDifference& difference) {
  std::ostringstream out;
  write_difference(difference, out);
  return out.str();
}

TEST(Story, TellsAFindingStepByStep) {
  EXPECT_TRUE(equals_golden(page_of(split_finding()), "finding.txt"));
}

TEST(Story, EndsWithTheReplayLineWhole) {
  const harness::Finding finding = split_finding();
  EXPECT_THAT(page_of(finding), EndsWith("\nsee it again:\n" + finding.replay + "\n"));
}

TEST(Story, LeavesOutWhatAFindingDoesNotHave) {
  const std::string page = page_of({.id = "x.y.sqlite.1",
                                    .oracle = "completes",
                                    .severity = "violation",
                                    .anomaly = "P4",
                                    .claim = "It completes.",
                                    .because = "",
                                    .damage = {},
                                    .plan = "o1",
                                    .replay = "splitproof run x",
                                    .runs = 1,
                                    .story = {},
                                    .differences = {}});
  EXPECT_EQ(page,
            "x.y.sqlite.1\n  violation of completes, P4, seen in 1 run\n\nclaim    It completes.\n"
            "\nplan     o1\n\nsee it again:\nsplitproof run x\n");
}

TEST(Story, ShowsTheProgramsLastLinesWithTheirIndentation) {
  harness::Finding finding = split_finding();
  finding.output = "one\n\n  two\x1b[2J\n                    three\n";
  EXPECT_THAT(page_of(finding), HasSubstr("\nthe last lines of what the program wrote\n  one\n    "
                                          "two\\x1b[2J\n          three\n"));
  finding.output.clear();
  EXPECT_THAT(page_of(finding), Not(HasSubstr("wrote\n")));
}

TEST(Story, NumbersManyStepsInOneColumn) {
  harness::Finding finding = split_finding();
  finding.story.assign(12, {"client a", "does something"});
  const std::string page = page_of(finding);
  EXPECT_THAT(page, HasSubstr("\n   1. client a  does something\n"));
  EXPECT_THAT(page, HasSubstr("\n  12. client a  does something\n"));
}

TEST(Story, KeepsClientsApartWhoseNamesBeginAlike) {
  const std::string common = "aggregates the campaign metrics of ";
  harness::Finding finding = split_finding();
  finding.story = {{common + "client a", "reads"}, {common + "client b", "writes"}, {"db", "-"}};
  EXPECT_THAT(page_of(finding), HasSubstr("\n  1. " + common + "client a  reads\n  2. " + common +
                                          "client b  writes\n"));
}

TEST(Story, CutsOneLongNameThatNobodyIsMistakenFor) {
  harness::Finding finding = split_finding();
  finding.story = {{std::string(60, 'a'), "reads"}, {"client b", "writes"}};
  EXPECT_THAT(page_of(finding), HasSubstr("\n  1. " + std::string(31, 'a') + "…  reads\n"));
}

TEST(Story, WrapsStepsBesideTheColumnOfActors) {
  harness::Finding finding = split_finding();
  finding.story = {{"client a", "statement 2, write: waits for client b, who holds the row"},
                   {"client b", "statement 2, write: deadlock detected"}};
  std::ostringstream out;
  write_steps(finding.story, "", out, 44);
  EXPECT_EQ(out.str(),
            "1. client a  statement 2, write: waits for\n"
            "             client b, who holds the row\n"
            "2. client b  statement 2, write: deadlock\n"
            "             detected\n");
}

TEST(Story, FitsAPageOfAnyWidth) {
  for (const std::size_t width : {40U, 60U, 80U, 120U}) {
    std::ostringstream out;
    harness::Finding finding = split_finding();
    finding.differences.clear();
    render_finding(finding, out, width);
    std::istringstream page(out.str());
    for (std::string line; std::getline(page, line);) {
      if (line.starts_with("plan ") || line == finding.replay || line == finding.id) continue;
      EXPECT_LE(display_width(line), width) << line;
    }
  }
}

TEST(Story, TakesAPageThatIsTooNarrowAsTheNarrowest) {
  std::ostringstream narrow;
  std::ostringstream narrowest;
  render_finding(split_finding(), narrow, 3);
  render_finding(split_finding(), narrowest, page_width_min);
  EXPECT_EQ(narrow.str(), narrowest.str());
}

TEST(DifferenceTable, ContinuesBelowWhenTheTableIsWiderThanThePage) {
  harness::TableDifference wide{
      .table = "t", .columns = {"key"}, .expected = {{"k1"}}, .found = {}, .rows_left_out = 0};
  for (int i = 0; i < 20; ++i) {
    wide.columns.push_back("column_" + std::to_string(i));
    wide.expected[0].push_back("value_" + std::to_string(i));
  }
  const std::string page = table_of(wide);
  std::istringstream lines(page);
  std::size_t parts = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(display_width(line), page_width);
    if (line.starts_with("  missing  k1   ")) ++parts;
  }
  EXPECT_EQ(parts, 3U);
  for (int i = 0; i < 20; ++i) EXPECT_THAT(page, HasSubstr("value_" + std::to_string(i)));
}

TEST(DifferenceTable, ShortensALongValueAndShowsItsStart) {
  const std::string page = table_of({.table = "t",
                                     .columns = {"a"},
                                     .expected = {{std::string(200, 'x')}},
                                     .found = {},
                                     .rows_left_out = 0});
  EXPECT_THAT(page, HasSubstr("  missing  " + std::string(23, 'x') + "…\n"));
}

TEST(DifferenceTable, SurvivesRowsThatAreShorterThanTheHeading) {
  EXPECT_EQ(table_of({.table = "t",
                      .columns = {"a", "b"},
                      .expected = {{"1"}},
                      .found = {{"1", "2", "3"}},
                      .rows_left_out = 1}),
            "table t is not what it should be\n           a  b\n  missing  1\n  surplus  1  2\n"
            "  (and 1 more row)\n");
}

TEST(DifferenceTable, SaysSomethingEvenWithoutRows) {
  EXPECT_EQ(
      table_of({.table = "t", .columns = {}, .expected = {}, .found = {}, .rows_left_out = 2}),
      "table t is not what it should be\n  (and 2 more rows)\n");
}

}  // namespace
}  // namespace splitproof::reports
