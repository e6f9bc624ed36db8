#include "reports/annotations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

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

CasePlace place_of_case(const harness::CaseVerdict& verdict) {
  return {"scenarios/" + verdict.scenario + ".yaml", 12};
}

std::string annotations_of(const RunVerdict& run, AnnotationOptions options = {}) {
  std::ostringstream out;
  AnnotationRenderer(std::move(options)).render(run, out);
  return out.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(AnnotationRenderer, WritesTheApprovedCommands) {
  EXPECT_TRUE(
      equals_golden(annotations_of(literal_verdict(), {.strict = false, .place_of = place_of_case}),
                    "annotations.txt"));
}

TEST(AnnotationRenderer, IsSilentAboutARunThatPasses) {
  EXPECT_EQ(annotations_of(passing_verdict()), "");
}

TEST(AnnotationRenderer, IsSilentAboutAControlThatIsCaught) {
  EXPECT_THAT(annotations_of(literal_verdict()), Not(HasSubstr("read-modify-write")));
  EXPECT_THAT(annotations_of(literal_verdict()), Not(HasSubstr("truncate")));
}

TEST(AnnotationRenderer, NamesAControlThatIsNotCaught) {
  RunVerdict run = passing_verdict();
  run.cases.front().result = CaseResult::fail;
  run.cases.front().reason = "No oracle objected.";
  run.cases.front().findings.clear();
  EXPECT_EQ(annotations_of(run),
            "::error title=august-september-split / autocommit on sqlite%3A fail::No oracle "
            "objected.\n");
}

TEST(AnnotationRenderer, PutsErrorsBeforeWarnings) {
  RunVerdict run = literal_verdict();
  run.cases.back().result = CaseResult::fail;
  const auto lines = lines_of(annotations_of(run));
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_THAT(lines[0], StartsWith("::error "));
  EXPECT_THAT(lines[1], StartsWith("::error "));
  EXPECT_THAT(lines[2], StartsWith("::warning "));
  EXPECT_THAT(lines[3], StartsWith("::warning title=1 case was not run::"));
}

TEST(AnnotationRenderer, CountsAWarningAsAnErrorOnlyWhenStrict) {
  EXPECT_THAT(annotations_of(passing_verdict(), {.strict = true, .place_of = {}}),
              StartsWith("::error title=daily-collection / transactional on sqlite%3A a warning%2C "
                         "which --strict counts as a failure (unsafe-retry)::claim: "));
}

TEST(AnnotationRenderer, SaysThatARunWasStopped) {
  RunVerdict run = passing_verdict();
  run.complete = false;
  EXPECT_EQ(annotations_of(run),
            "::warning title=splitproof was stopped before its end::What was not reached is not in "
            "the report.\n");
}

TEST(AnnotationRenderer, CountsTheFindingsThatItDoesNotTell) {
  RunVerdict run = literal_verdict();
  run.cases[2].findings.push_back(split_finding());
  EXPECT_THAT(annotations_of(run), HasSubstr("%0A1 other finding is in the report\n"));
}

TEST(AnnotationRenderer, EscapesPercentLineEndsColonsAndCommas) {
  RunVerdict run = passing_verdict();
  run.cases.resize(1);
  run.cases.front().result = CaseResult::fail;
  run.cases.front().target = "postgresql://h:1,2/%d";
  run.cases.front().reason = "100% of a:b,c\r\n::error::x";
  run.cases.front().findings.clear();
  EXPECT_EQ(
      annotations_of(
          run, {.strict = false,
                .place_of = [](const harness::CaseVerdict&) { return CasePlace{"a,b:c%.yaml"}; }}),
      "::error file=a%2Cb%3Ac%25.yaml,title=august-september-split / autocommit on "
      "postgresql%3A//h%3A1%2C2/%25d%3A fail::100%25 of a:b,c\\r\\n::error::x\n");
}

TEST(AnnotationRenderer, StartsEachLineWithACommandOfItsOwn) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    for (const std::string& line : lines_of(annotations_of(random_verdict(seed)))) {
      EXPECT_TRUE(line.starts_with("::error title=") || line.starts_with("::warning title="))
          << line;
      const std::size_t title_end = line.find("::", 2);
      ASSERT_NE(title_end, std::string::npos) << line;
      EXPECT_EQ(line.substr(0, title_end).find(',', 2), std::string::npos) << line;
      EXPECT_EQ(line.find_first_of("\r\x1b\x01"), std::string::npos) << line;
    }
  }
}

}  // namespace
}  // namespace splitproof::reports
