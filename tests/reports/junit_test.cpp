#include "reports/junit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "reports/xml_text.h"
#include "tests/reports/golden_file.h"
#include "tests/reports/literal_verdict.h"
#include "tests/reports/random_verdict.h"
#include "tests/reports/xml_schema.h"

namespace splitproof::reports {
namespace {

using harness::CaseResult;
using harness::RunVerdict;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

std::string junit_of(const RunVerdict& run, JUnitOptions options = {}) {
  std::ostringstream out;
  JUnitRenderer(std::move(options)).render(run, out);
  return out.str();
}

RunVerdict run_with(CaseResult result) {
  RunVerdict run = passing_verdict();
  run.cases.resize(1);
  run.cases.front().result = result;
  run.cases.front().reason = "A reason.";
  return run;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

TEST(JUnitRenderer, WritesTheApprovedReport) {
  EXPECT_TRUE(equals_golden(junit_of(literal_verdict()), "junit.xml"));
}

TEST(JUnitRenderer, IsValidAgainstTheSchema) {
  EXPECT_EQ(junit_complaints(junit_of(literal_verdict())), "");
  EXPECT_EQ(junit_complaints(junit_of(passing_verdict())), "");
  EXPECT_EQ(junit_complaints(junit_of(RunVerdict{})), "");
  EXPECT_EQ(junit_complaints(junit_of(literal_verdict(), {.strict = true, .took = {}})), "");
}

TEST(JUnitRenderer, IsValidWhateverADatabaseAnswers) {
  RunVerdict all;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    RunVerdict run = random_verdict(seed);
    for (auto& verdict : run.cases) {
      verdict.scenario += std::to_string(all.cases.size());  // Each suite has a name of its own.
      verdict.reason += "\xff\xc3";
      all.cases.push_back(verdict);
    }
  }
  ASSERT_GT(all.cases.size(), 100U);
  EXPECT_EQ(junit_complaints(junit_of(all)), "");
}

TEST(JUnitSchema, RefusesWhatCiSystemsDoNotRead) {
  const std::string good = junit_of(literal_verdict());
  const auto complaints = [&good](const std::string& from, const std::string& to) {
    return junit_complaints(replaced(good, from, to));
  };
  EXPECT_THAT(complaints("<system-out>", "<stdout>"), HasSubstr("mismatch"));
  EXPECT_THAT(complaints(" classname=", " class="), HasSubstr("'class' is not allowed"));
  EXPECT_THAT(complaints(" failures=\"1\"", " failures=\"one\""), HasSubstr("'one'"));
  EXPECT_THAT(complaints("<failure", "<skipped message=\"m\"/><failure"), HasSubstr("failure"));
  EXPECT_THAT(complaints("splitproof", "\x1b"), HasSubstr("invalid character in attribute value"));
  EXPECT_THAT(complaints("SQLite has no", "SQLite <has> no"), Not(testing::IsEmpty()));
}

TEST(JUnitRenderer, CallsOnlyAFailureOfTheCodeAFailure) {
  const auto has = [](CaseResult result, const std::string& tag) {
    return junit_of(run_with(result)).find("<" + tag + " message=\"A reason.\"") !=
           std::string::npos;
  };
  EXPECT_TRUE(has(CaseResult::fail, "failure"));
  for (const CaseResult result :
       {CaseResult::inconclusive, CaseResult::unstable, CaseResult::vacuous}) {
    EXPECT_TRUE(has(result, "error")) << harness::to_string(result);
  }
  for (const CaseResult result : {CaseResult::not_run, CaseResult::not_applicable}) {
    EXPECT_TRUE(has(result, "skipped")) << harness::to_string(result);
  }
  for (const std::string tag : {"failure", "error", "skipped"}) {
    EXPECT_FALSE(has(CaseResult::pass, tag)) << tag;
  }
}

TEST(JUnitRenderer, PutsAllFindingsOfACaseIntoItsOneFailure) {
  RunVerdict run = run_with(CaseResult::fail);
  run.cases.front().findings.push_back(split_finding());
  run.cases.front().findings.back().claim = "Another claim.";
  const std::string page = junit_of(run);
  EXPECT_EQ(page.find("<failure"), page.rfind("<failure"));
  EXPECT_THAT(page, HasSubstr("claim:   A month has both halves of its summary, or neither.\n"));
  EXPECT_THAT(page, HasSubstr("claim:   Another claim.\n"));
  EXPECT_THAT(page, HasSubstr("\nagain:   splitproof run august-september-split --variant "
                              "autocommit --target sqlite --plan "
                              "'o1=error:SQLITE_CONSTRAINT@save-conversions'\n"));
}

TEST(JUnitRenderer, CountsAWarningAsAFailureOnlyWhenStrict) {
  EXPECT_THAT(junit_of(passing_verdict()), Not(HasSubstr("<failure")));
  EXPECT_THAT(junit_of(passing_verdict(), {.strict = true, .took = {}}),
              HasSubstr("<failure message=\"a warning counts as a failure with --strict\" "
                        "type=\"unsafe-retry\">"));
}

TEST(JUnitRenderer, HasNoTimeUnlessItIsGiven) {
  EXPECT_THAT(junit_of(literal_verdict()), Not(HasSubstr("time=")));
  const std::string page = junit_of(
      passing_verdict(), {.strict = false, .took = {milliseconds(1005), milliseconds(20)}});
  EXPECT_EQ(junit_complaints(page), "");
  EXPECT_THAT(page, HasSubstr("<testsuites name=\"splitproof\" tests=\"2\" failures=\"0\" "
                              "errors=\"0\" time=\"1.025\">"));
  EXPECT_THAT(page, HasSubstr("classname=\"sqlite.daily-collection\" time=\"0.020\">"));
}

TEST(JUnitRenderer, ShowsThatARunWasStopped) {
  RunVerdict run = passing_verdict();
  run.complete = false;
  const std::string page = junit_of(run);
  EXPECT_EQ(junit_complaints(page), "");
  EXPECT_THAT(page, HasSubstr("tests=\"3\" failures=\"0\" errors=\"1\">"));
  EXPECT_THAT(page, HasSubstr("<error message=\"The run was stopped before its end.\""));
}

TEST(XmlText, EscapesWhatXmlReadsAndWhatItMayNotHold) {
  EXPECT_EQ(xml_text("a<b>&\"'\nc\x01\x1b\r\t"), "a&lt;b&gt;&amp;&quot;'\nc\\x01\\x1b\\r\\t");
  EXPECT_EQ(xml_attribute("a\nb"), "a\\nb");
  EXPECT_EQ(xml_text("\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xBF\xBD"), "\\ufffe\\uffff\xEF\xBF\xBD");
  EXPECT_EQ(xml_text("\xff"), "\xEF\xBF\xBD");
  EXPECT_EQ(xml_text("]]>"), "]]&gt;");
}

}  // namespace
}  // namespace splitproof::reports
