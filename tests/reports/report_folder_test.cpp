// The folder of a report: what is in it, and what a later run takes out again.
#include "reports/report_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace splitproof::reports {
namespace {

using testing::ElementsAre;

class ReportFolder : public testing::Test {
 protected:
  ReportFolder()
      : folder_(std::filesystem::path(testing::TempDir()) /
                ("splitproof-folder-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~ReportFolder() override { std::filesystem::remove_all(folder_); }

  // A verdict of one finding that has the files.
  void write(const std::string& id, const std::string& spec, const std::string& script) {
    harness::RunVerdict verdict;
    harness::Finding finding;
    finding.id = id;
    finding.spec = spec;
    finding.script = script;
    verdict.cases.emplace_back().findings.push_back(finding);
    const auto failure =
        write_report_folder(folder_.string(), verdict, {}, {.took = std::chrono::milliseconds(1)});
    EXPECT_FALSE(failure.has_value()) << failure->message;
  }

  std::vector<std::string> finding_files() const {
    std::vector<std::string> names;
    if (!std::filesystem::exists(folder_ / "findings")) return names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "findings")) {
      names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }

  std::filesystem::path folder_;
};

TEST_F(ReportFolder, HasTheFilesOfFindings) {
  write("a.b.1", "# a.b.1\nsession", "-- a.b.1\nBEGIN;\n");
  EXPECT_THAT(finding_files(), ElementsAre("a.b.1.spec", "a.b.1.sql"));
  std::ifstream in(folder_ / "findings/a.b.1.sql");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(text, "-- a.b.1\nBEGIN;\n");
}

TEST_F(ReportFolder, IsWithoutTheFilesOfEarlierFindingsButKeepsThoseOfOthers) {
  write("a.b.1", "# a.b.1\n", "-- a.b.1\n");
  std::ofstream(folder_ / "findings/mine.sql") << "SELECT 1;\n";
  std::ofstream(folder_ / "findings/empty.spec");
  write("c.d.1", "", "-- c.d.1\n");
  EXPECT_THAT(finding_files(), ElementsAre("c.d.1.sql", "empty.spec", "mine.sql"));
}

TEST_F(ReportFolder, HasNoFolderForFindingsWithoutFiles) {
  write("a.b.1", "", "");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "findings"));
}

}  // namespace
}  // namespace splitproof::reports
