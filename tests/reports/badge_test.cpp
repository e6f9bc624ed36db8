#include "reports/badge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/reports/golden_file.h"
#include "tests/reports/literal_verdict.h"

namespace splitproof::reports {
namespace {

using harness::CaseResult;
using harness::RunVerdict;
using testing::HasSubstr;

std::string badge_of(const RunVerdict& run, bool strict = false) {
  std::ostringstream out;
  BadgeRenderer(strict).render(run, out);
  return out.str();
}

TEST(BadgeRenderer, DrawsTheApprovedPictures) {
  EXPECT_TRUE(equals_golden(badge_of(literal_verdict()), "badge_fail.svg"));
  EXPECT_TRUE(equals_golden(badge_of(passing_verdict()), "badge_pass.svg"));
}

TEST(BadgeRenderer, NeverShowsAPassThatIsNone) {
  RunVerdict run = passing_verdict();
  EXPECT_THAT(badge_of(run), HasSubstr("pass"));
  run.complete = false;
  EXPECT_THAT(badge_of(run), HasSubstr("not complete"));
  run.complete = true;
  run.cases.front().result = CaseResult::vacuous;
  EXPECT_THAT(badge_of(run), HasSubstr("undecided"));
  run.cases.front().result = CaseResult::fail;
  EXPECT_THAT(badge_of(run), HasSubstr("fail"));
  EXPECT_THAT(badge_of(RunVerdict{}), HasSubstr("nothing was run"));
}

}  // namespace
}  // namespace splitproof::reports
