// The contract matrix on SQLite, whole: every setting, every failure, and the same bytes whatever
// the jobs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "reports/json.h"
#include "tests/scenarios/support.h"

namespace splitproof::tests {
namespace {

using harness::CaseResult;
using harness::CaseVerdict;
using harness::ContractCell;
using testing::HasSubstr;
using testing::SizeIs;

const harness::RunVerdict& matrix_with(int jobs) {
  static std::map<int, harness::RunVerdict> runs;
  const auto known = runs.find(jobs);
  if (known != runs.end()) return known->second;
  const harness::Selection selection = select({"contract-matrix"}, "sqlite");
  harness::CampaignOptions options;
  options.jobs = jobs;
  return runs[jobs] = run_cases(selection.cases, options);
}

std::string report_of(const harness::RunVerdict& run) {
  std::ostringstream out;
  reports::JsonRenderer().render(run, out);
  return out.str();
}

TEST(ContractMatrix, KeepsEachPromiseAndCatchesEachClaimThatIsNone) {
  const harness::RunVerdict& run = matrix_with(1);
  ASSERT_THAT(run.cases, SizeIs(24));
  for (const CaseVerdict& verdict : run.cases) {
    EXPECT_EQ(verdict.result, CaseResult::pass) << name_of(verdict) << ": " << verdict.reason;
    EXPECT_TRUE(verdict.closed) << name_of(verdict);
    ASSERT_THAT(verdict.contract.value().cells, SizeIs(3));
    const bool claims_more = verdict.contract->claim == "durable";
    EXPECT_EQ(claims_more, verdict.role == "control") << name_of(verdict);
    std::int64_t lost = 0;
    for (const ContractCell& cell : verdict.contract->cells) {
      EXPECT_GT(cell.tried, 0) << name_of(verdict) << ", " << cell.failure;
      EXPECT_EQ(cell.broken, 0) << name_of(verdict) << ", " << cell.failure;
      EXPECT_EQ(cell.plan.empty(), not_kept(cell) == 0) << name_of(verdict) << cell.failure;
      EXPECT_THAT(cell.clause, HasSubstr("sqlite.org/")) << cell.failure;
      lost += not_kept(cell);
    }
    EXPECT_TRUE(!claims_more || lost > 0) << name_of(verdict);
  }
  EXPECT_EQ(run.controls.expected, 12);
  EXPECT_EQ(run.controls.caught, 12);
}

TEST(ContractMatrix, IsTheSameWhateverTheJobs) {
  EXPECT_EQ(report_of(matrix_with(1)), report_of(matrix_with(2)));
}

}  // namespace
}  // namespace splitproof::tests
