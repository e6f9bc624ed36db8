// The page of a report that is written again: from the run's own page, or from report.json.
#include "reports/page_again.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "reports/report_folder.h"
#include "tests/reports/literal_verdict.h"

namespace splitproof::reports {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

std::string text_of_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class PageAgain : public testing::Test {
 protected:
  PageAgain()
      : place_(fs::path(testing::TempDir()) / ("splitproof-again-" + std::to_string(::getpid()))) {
    fs::create_directories(place_ / "report");
    EXPECT_FALSE(write_report_folder(report(), run_, {}, {}).has_value());
  }
  ~PageAgain() override { fs::remove_all(place_); }

  std::string report() const { return (place_ / "report").string(); }
  std::string page() const { return (place_ / "page.html").string(); }

  std::string written(const std::optional<harness::ReportComparison>& comparison = {}) {
    const auto failure = write_page_again(page(), report(), run_, comparison);
    EXPECT_FALSE(failure.has_value()) << failure->message;
    return text_of_file(page());
  }

  // What is wrong with this file as the place of the page.
  std::string refusal(const fs::path& file) {
    const auto failure = write_page_again(file.string(), report(), run_, {});
    if (!failure) return "";
    EXPECT_TRUE(failure->input);
    return failure->message;
  }

  fs::path place_;
  harness::RunVerdict run_ = literal_verdict();
};

TEST_F(PageAgain, IsTheOneThatTheRunWrote) {
  EXPECT_EQ(written(), text_of_file(report() + "/report.html"));
}

TEST_F(PageAgain, HasTheComparisonBesideTheDataOfTheRun) {
  const std::string own = written();
  const std::string compared = written(harness::ReportComparison{"old", "new", {}, 3});
  EXPECT_THAT(own, Not(HasSubstr("id=\"comparison\"")));
  EXPECT_THAT(compared, HasSubstr("id=\"comparison\""));
  EXPECT_THAT(compared, Not(HasSubstr("id=\"lacks\"")));
}

TEST_F(PageAgain, IsMadeOfTheReportWhereThereIsNoPageOrAnother) {
  std::ofstream(report() + "/report.html", std::ios::app) << "\n";
  EXPECT_THAT(written(), HasSubstr("id=\"lacks\""));
  fs::remove(report() + "/report.html");
  const std::string page = written(harness::ReportComparison{"old", "new", {}, 3});
  EXPECT_THAT(page, HasSubstr("id=\"lacks\""));
  EXPECT_THAT(page, HasSubstr("id=\"comparison\""));
  EXPECT_THAT(page, HasSubstr("id=\"findings-0\""));
}

TEST_F(PageAgain, LiesInAFolderThatExistsAndIsNotTheReports) {
  EXPECT_THAT(refusal(place_ / "nowhere/page.html"), HasSubstr("a folder that exists"));
  EXPECT_THAT(refusal(place_ / "report/report.html"), HasSubstr("outside of it"));
  EXPECT_THAT(refusal(place_ / "report/../report/other.html"), HasSubstr("outside of it"));
  EXPECT_THAT(refusal(place_ / "report"), HasSubstr("a folder; expected a file"));
  EXPECT_EQ(refusal(place_ / "reports.html"), "");
}

}  // namespace
}  // namespace splitproof::reports
