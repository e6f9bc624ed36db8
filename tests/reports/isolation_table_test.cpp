// The isolation table as a block for each target, and what marks a cell.
#include "reports/isolation_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "reports/terminal.h"
#include "tests/reports/literal_verdict.h"

namespace splitproof::reports {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string table_of(const harness::RunVerdict& run) {
  std::ostringstream out;
  write_isolation_table(run.cases, Paint(false), out);
  return out.str();
}

TEST(IsolationTable, HasABlockForEachTargetAndMarksWhatIsNotAsDocumented) {
  const std::string table = table_of(isolation_verdict());
  EXPECT_THAT(table, HasSubstr("Isolation on sqlite\n"
                               "            autocommit  wal-\n"
                               "                        deferred\n"
                               "  g0        occurs 6    no 24\n"
                               "  g-single  no 6 !      occurs 70 !\n"
                               "\n"
                               "Isolation on postgres\n"
                               "            read-\n"
                               "            committed\n"
                               "  g0        n/a\n"
                               "  g-single  no 35/70\n"));
  EXPECT_THAT(table, HasSubstr("The shortest order in which it occurs, on sqlite\n"
                               "  g0        autocommit    order=a2b\n"
                               "  g-single  wal-deferred  order=a2b\n"));
  EXPECT_THAT(table, HasSubstr("deviations from the documentation: 2 in 6 cells\n"));
}

TEST(IsolationTable, IsNothingWithoutCells) { EXPECT_EQ(table_of(literal_verdict()), ""); }

TEST(IsolationTable, StandsInTheTerminalInsteadOfTheLinesOfItsCases) {
  std::ostringstream out;
  TerminalRenderer(TerminalOptions{}).render(isolation_verdict(), out);
  const std::string page = out.str();
  EXPECT_THAT(page, AllOf(HasSubstr("Isolation on sqlite"),
                          HasSubstr("isolation-g-single / wal-deferred on sqlite: fail"),
                          Not(HasSubstr("\nisolation-g0  g0: an anomaly"))));
  EXPECT_THAT(page, Not(HasSubstr("isolation-g0 / autocommit on sqlite: caught by")))
      << "the table shows it";
}

TEST(IsolationTable, CountsNoCellAsDeviationThatDidNotFail) {
  harness::RunVerdict run = isolation_verdict();
  for (harness::CaseVerdict& verdict : run.cases) verdict.result = harness::CaseResult::unstable;
  EXPECT_THAT(table_of(run), HasSubstr("deviations from the documentation: 0 in 6 cells\n"));
}

}  // namespace
}  // namespace splitproof::reports
