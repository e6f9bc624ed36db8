#include "reports/grades.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "reports/layout.h"
#include "reports/markdown_grades.h"
#include "reports/text.h"
#include "tests/reports/literal_verdict.h"
#include "tests/reports/random_verdict.h"

namespace splitproof::reports {
namespace {

using harness::GradeLine;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

std::string page_of(const std::vector<GradeLine>& lines) {
  std::ostringstream out;
  write_grades(lines, Paint(false), out);
  return out.str();
}

TEST(GradeTable, HasARowForEachMutantAndAColumnForEachOracle) {
  const GradeTable table = grade_table(literal_verdict().grades);
  EXPECT_THAT(table.oracles,
              ElementsAre("told-equals-held", "converges", "serializable", "invariant"));
  EXPECT_THAT(table.targets, ElementsAre("sqlite", "postgres"));
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_EQ(table.rows[0].mutant, "lost-update / read-modify-write");
  EXPECT_THAT(table.rows[0].cells[2].targets, ElementsAre("sqlite", "postgres"));
  EXPECT_TRUE(table.rows[0].cells[2].declared);
  EXPECT_THAT(table.rows[0].cells[3].targets, ElementsAre("postgres"));
  EXPECT_FALSE(table.rows[0].cells[3].declared);
  EXPECT_THAT(table.rows[0].cells[0].targets, IsEmpty());
}

TEST(GradeTable, PutsOraclesInTheOrderInWhichTheyAreAsked) {
  const GradeTable table = grade_table({{"s", "1", "sqlite", "c", {"c"}, ""},
                                        {"s", "2", "sqlite", "b", {"b", "d"}, ""},
                                        {"s", "3", "sqlite", "a", {"a", "b", "c"}, ""}});
  EXPECT_THAT(table.oracles, ElementsAre("a", "b", "c", "d"));
}

TEST(GradeTable, SurvivesLinesThatContradictEachOther) {
  const GradeTable table = grade_table(
      {{"s", "1", "sqlite", "a", {"a", "b", "a"}, ""}, {"s", "2", "sqlite", "b", {"b", "a"}, ""}});
  EXPECT_THAT(table.oracles, ElementsAre("a", "b"));
}

TEST(GradeTable, TellsAMissFromABugThatCannotBeWritten) {
  const GradeTable table = grade_table(literal_verdict().grades);
  EXPECT_THAT(table.missed, ElementsAre(Pair("transaction-helper / swallow-the-error on postgres",
                                             "told-equals-held must object and does not")));
  EXPECT_THAT(table.not_expressible,
              ElementsAre(Pair("lost-update / wrong-isolation-level on sqlite",
                               "SQLite has no isolation level below serializable.")));
}

TEST(GradeTable, HasAColumnForAnOracleThatNeverObjectsThoughItMust) {
  const GradeTable table = grade_table({{"s", "v", "sqlite", "completes", {}, ""}});
  EXPECT_THAT(table.oracles, ElementsAre("completes"));
  EXPECT_THAT(table.missed, testing::SizeIs(1));
}

TEST(Grades, SayNothingWhereNothingWasGraded) { EXPECT_EQ(page_of({}), ""); }

TEST(Grades, AreATableOfLettersOnTheTerminal) {
  EXPECT_EQ(page_of(literal_verdict().grades), R"(
Which oracle objects to which mutant
  oracles  A told-equals-held, B converges, C serializable, D invariant
  objects  on s sqlite, p postgres; in brackets the oracle that must, - where it does not
  mutant                                     A     B     C     D
  lost-update / read-modify-write            .     .  [sp]     p
  lost-update / wrong-isolation-level        .     .   [p]     .
  transaction-helper / swallow-the-error   [s]    sp     s     .
  Missed
  - transaction-helper / swallow-the-error on postgres: told-equals-held must object and does not
  Not expressible
  - lost-update / wrong-isolation-level on sqlite: SQLite has no isolation level below serializable.
)");
}

TEST(Grades, GiveEachTargetALetterOfItsOwn) {
  const std::string page = page_of({{"s", "v", "sqlite", "o", {"o"}, ""},
                                    {"s", "v", "sqlite-copy", "o", {"o"}, ""},
                                    {"s", "v", "://", "o", {"o"}, ""}});
  EXPECT_THAT(page, HasSubstr("on s sqlite, q sqlite-copy, 1 ://;"));
  EXPECT_THAT(page, HasSubstr("[sq1]"));
}

TEST(Grades, ContinueBelowWhenThereAreMoreOraclesThanFit) {
  std::vector<GradeLine> lines{{"scenario", std::string(80, 'v'), "sqlite", "o1", {}, ""}};
  for (int i = 0; i < 40; ++i) lines.front().caught.push_back("o" + std::to_string(i));
  const std::string page = page_of(lines);
  EXPECT_THAT(page, HasSubstr(" AN\n"));
  std::istringstream in(page);
  std::size_t rows = 0;
  for (std::string line; std::getline(in, line);) {
    EXPECT_LE(display_width(line), page_width) << line;
    if (line.starts_with("  scenario / vvv")) ++rows;
  }
  EXPECT_EQ(rows, 5U);
}

TEST(Grades, KeepToThePageWhateverTheNames) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    std::istringstream page(page_of(random_verdict(seed).grades));
    for (std::string line; std::getline(page, line);) {
      EXPECT_LE(display_width(line), page_width) << line;
    }
  }
}

TEST(MarkdownGrades, AreFoldedUnlessAnOracleMissedSomething) {
  std::vector<GradeLine> lines = literal_verdict().grades;
  std::ostringstream red;
  write_markdown_grades(lines, red);
  EXPECT_THAT(red.str(), HasSubstr("<details open><summary>3 mutants, 4 oracles; bold: "));
  lines.pop_back();
  std::ostringstream green;
  write_markdown_grades(lines, green);
  EXPECT_THAT(green.str(), HasSubstr("<details><summary>"));
  EXPECT_THAT(green.str(), testing::Not(HasSubstr("Missed")));
}

}  // namespace
}  // namespace splitproof::reports
