#include "reports/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "reports/digest.h"
#include "tests/reports/golden_file.h"
#include "tests/reports/literal_verdict.h"
#include "tests/reports/random_verdict.h"

namespace splitproof::reports {
namespace {

using harness::RunVerdict;
using testing::HasSubstr;

std::string json_of(const RunVerdict& run) {
  std::ostringstream out;
  JsonRenderer().render(run, out);
  return out.str();
}

RunVerdict read_back(const std::string& text) {
  const auto result = parse_report(text);
  if (const auto* error = std::get_if<ReportError>(&result)) {
    ADD_FAILURE() << to_string(*error);
    return {};
  }
  return std::get<RunVerdict>(result);
}

std::string error_of(const std::string& text) {
  const auto result = parse_report(text);
  const auto* error = std::get_if<ReportError>(&result);
  return error == nullptr ? "no error" : to_string(*error);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

TEST(JsonRenderer, WritesTheApprovedReport) {
  EXPECT_TRUE(equals_golden(json_of(literal_verdict()), "report.json"));
}

TEST(JsonRenderer, WritesTheSameBytesEachTime) {
  EXPECT_EQ(json_of(literal_verdict()), json_of(literal_verdict()));
}

TEST(JsonRenderer, SurvivesTextThatIsNotUtf8) {
  RunVerdict run = passing_verdict();
  run.cases[0].reason = "\xff\xfe";
  const std::string text = json_of(run);
  EXPECT_EQ(read_back(text).cases[0].reason, "\uFFFD\uFFFD");
  EXPECT_EQ(check_digest(text), std::nullopt);
}

TEST(JsonReader, ReadsBackWhatWasWritten) {
  EXPECT_EQ(read_back(json_of(literal_verdict())), literal_verdict());
  EXPECT_EQ(read_back(json_of(passing_verdict())), passing_verdict());
  EXPECT_EQ(read_back(json_of(RunVerdict{})), RunVerdict{});
}

TEST(JsonReader, ReadsBackWhateverWasWritten) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const RunVerdict run = random_verdict(seed);
    ASSERT_EQ(read_back(json_of(run)), run) << "seed " << seed;
    ASSERT_EQ(check_digest(json_of(run)), std::nullopt) << "seed " << seed;
  }
}

TEST(JsonReader, ReadsReportsFromBeforeThereWereSchedulesObserversAndGrades) {
  RunVerdict run = passing_verdict();
  const std::string text = replaced(json_of(run), " \"grades\": [],\n", "");
  EXPECT_THAT(text, testing::Not(HasSubstr("schedules")));
  EXPECT_THAT(text, testing::Not(HasSubstr("observers")));
  EXPECT_EQ(read_back(text), run);
}

TEST(JsonReader, ReadsReportsFromBeforeThereWerePredictionsAmbiguitiesAndOutput) {
  RunVerdict run = passing_verdict();
  for (auto& verdict : run.cases) {
    for (auto& finding : verdict.findings) finding.output.clear();
  }
  const std::string text = json_of(run);
  for (const char* key : {"\"predictions\"", "\"ambiguities\"", "\"output\""}) {
    EXPECT_THAT(text, testing::Not(HasSubstr(key)));
  }
  EXPECT_EQ(read_back(text), run);
}

TEST(JsonReader, NamesWhatIsWrongInPredictionsAmbiguitiesAndOutput) {
  const std::string text = json_of(literal_verdict());
  EXPECT_EQ(error_of(replaced(text, "\"client\": \"a\"", "\"client\": \"\"")),
            "/cases/2/predictions/0/client: found \"\", expected one letter");
  EXPECT_EQ(error_of(replaced(text, "\"after\": 3", "\"after\": 2147483648")),
            "/cases/2/predictions/0/after: found 2147483648, expected a whole number below 2^31");
  EXPECT_EQ(error_of(replaced(text, "\"known_by\"", "\"known_of\"")),
            "/cases/2/ambiguities/0/known_by: found nothing, expected this key");
  EXPECT_EQ(error_of(replaced(text, "\"output\": \"", "\"output\": 1, \"unread\": \"")),
            "/cases/0/findings/0/evidence/output: found 1, expected a string");
}

TEST(JsonReader, NamesWhatIsWrongInSchedulesObserversAndGrades) {
  const std::string text = json_of(literal_verdict());
  EXPECT_EQ(error_of(replaced(text, "\"explored\": 9", "\"explored\": \"all\"")),
            "/cases/6/schedules/explored: found \"all\", expected a whole number, 0 or more");
  EXPECT_EQ(error_of(replaced(text, "\"observers\": [", "\"observers\": [1, ")),
            "/cases/7/observers/0: found 1, expected an object");
  EXPECT_EQ(error_of(replaced(text, "\"declared\"", "\"expected\"")),
            "/grades/0/declared: found nothing, expected this key");
}

TEST(JsonReader, PassesOverKeysThatItDoesNotKnow) {
  const std::string text =
      replaced(json_of(literal_verdict()), "\"seed\"", "\"later\": [1.5], \"seed\"");
  EXPECT_EQ(read_back(text), literal_verdict());
}

TEST(JsonReader, NamesLineAndColumnOfBrokenSyntax) {
  EXPECT_THAT(error_of("{\n \"splitproof\": oops}"), HasSubstr("line 2, column 16: expected a"));
  EXPECT_THAT(error_of(""), HasSubstr("line 1, column 1: expected a report in JSON"));
  const std::string half = json_of(literal_verdict()).substr(0, 500);
  EXPECT_THAT(error_of(half), HasSubstr("expected a report in JSON"));
  EXPECT_THAT(error_of(std::string(100000, '[')), HasSubstr("expected a report in JSON"));
}

TEST(JsonReader, NamesThePathOfAValueThatCannotBeUsed) {
  const std::string text = json_of(literal_verdict());
  EXPECT_EQ(error_of(replaced(text, "\"verdict\": \"pass\"", "\"verdict\": \"great\"")),
            "/cases/0/verdict: found \"great\", expected pass, fail, inconclusive, unstable, "
            "vacuous, not-run or not-applicable");
  EXPECT_EQ(error_of(replaced(text, "\"points\": 12", "\"points\": -1")),
            "/cases/0/points: found -1, expected a whole number, 0 or more");
  EXPECT_EQ(error_of(replaced(text, "\"points\": 12", "\"points\": 9223372036854775808")),
            "/cases/0/points: found 9223372036854775808, expected a whole number below 2^63");
  EXPECT_EQ(error_of(replaced(text, "\"points\": 12", "\"points\": 1.5")),
            "/cases/0/points: found 1.5, expected a whole number, 0 or more");
  EXPECT_EQ(error_of(replaced(text, "\"complete\": true", "\"complete\": \"yes\"")),
            "/complete: found \"yes\", expected true or false");
  EXPECT_EQ(error_of(replaced(text, "\"cases\": [", "\"cases\": 3, \"other\": [")),
            "/cases: found 3, expected a list");
  EXPECT_EQ(error_of(replaced(text, "\"story\": [", "\"story\": [7, ")),
            "/cases/0/findings/0/evidence/story/0: found 7, expected an object");
}

TEST(JsonReader, NamesAKeyThatIsMissing) {
  const std::string text = json_of(literal_verdict());
  EXPECT_EQ(error_of(replaced(text, "\"oracle\"", "\"orakel\"")),
            "/cases/0/findings/0/oracle: found nothing, expected this key");
  EXPECT_EQ(error_of("{}"), "/report_version: found nothing, expected this key");
  EXPECT_EQ(error_of("[]"), "/: found [], expected an object");
}

TEST(JsonReader, RefusesAReportOfAnotherVersion) {
  EXPECT_EQ(error_of(replaced(json_of(literal_verdict()), "\"report_version\": 1",
                              "\"report_version\": 2")),
            "/report_version: found 2, expected 1, the version that this program reads");
}

TEST(Digest, IsTheSha256OfTheFileWithAnEmptyDigest) {
  const std::string text = json_of(literal_verdict());
  const std::size_t at = text.rfind("sha256:");
  ASSERT_NE(at, std::string::npos);
  const std::string claimed = text.substr(at, 71);
  EXPECT_EQ(claimed, sha256_of(std::string(text).erase(at, 71)));
}

TEST(Digest, IsTheKnownSha256OfAKnownText) {
  EXPECT_EQ(sha256_of("abc"),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, MatchesAReportAsItWasWritten) {
  EXPECT_EQ(check_digest(json_of(literal_verdict())), std::nullopt);
}

TEST(Digest, ShowsAnyChangedByte) {
  const std::string text = json_of(passing_verdict());
  for (std::size_t at = 0; at < text.size(); at += 7) {
    std::string changed = text;
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    EXPECT_NE(check_digest(changed), std::nullopt) << "byte " << at;
  }
  EXPECT_NE(check_digest(text + "\n"), std::nullopt);
  EXPECT_NE(check_digest(text.substr(0, text.size() - 1)), std::nullopt);
}

TEST(Digest, SaysWhatToDoAboutAChangedReport) {
  const auto error = check_digest(replaced(json_of(literal_verdict()), "\"fail\"", "\"pass\""));
  ASSERT_TRUE(error.has_value());
  EXPECT_THAT(to_string(*error), HasSubstr("changed after it was written, so run the cases again"));
}

TEST(Digest, IsMissedWhereThereIsNone) {
  ASSERT_TRUE(check_digest("{}").has_value());
  EXPECT_THAT(to_string(*check_digest("{}")), HasSubstr("/digest: found none"));
  EXPECT_THAT(to_string(*check_digest("{\"digest\": \"sha")), HasSubstr("the file ends inside"));
}

}  // namespace
}  // namespace splitproof::reports
