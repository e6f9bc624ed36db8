#include "reports/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace splitproof::reports {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Files : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) /
              ("splitproof-files-" + std::string(test->name()) + "-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string content(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  std::size_t file_count() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

TEST_F(Files, AreWrittenWholeAndReplaceTheOldOnes) {
  EXPECT_FALSE(write_file_atomically(path("report.json"), "old").has_value());
  const std::string large(3'000'000, 'x');
  EXPECT_FALSE(write_file_atomically(path("report.json"), large).has_value());
  EXPECT_EQ(content("report.json"), large);
  EXPECT_EQ(file_count(), 1U) << "a temporary file was left";
}

TEST_F(Files, MayBeEmpty) {
  EXPECT_FALSE(write_file_atomically(path("empty"), "").has_value());
  EXPECT_TRUE(fs::exists(path("empty")));
}

TEST_F(Files, CannotBeWrittenIntoAFolderThatIsNotThere) {
  const auto error = write_file_atomically(path("absent/report.json"), "text");
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->message, "cannot write " + path("absent/report.json") +
                                ": No such file or directory; is " + path("absent") +
                                " a folder that you may write to?");
}

TEST_F(Files, CannotBeWrittenBelowAFile) {
  ASSERT_FALSE(write_file_atomically(path("file"), "text").has_value());
  const auto error = write_file_atomically(path("file/report.json"), "text");
  ASSERT_TRUE(error.has_value());
  EXPECT_THAT(error->message, HasSubstr("Not a directory; is " + path("file") + " a folder"));
  EXPECT_EQ(content("file"), "text");
}

TEST_F(Files, CannotTakeThePlaceOfAFolderAndLeaveNothingBeside) {
  fs::create_directories(path("report.json/inside"));
  const auto error = write_file_atomically(path("report.json"), "text");
  ASSERT_TRUE(error.has_value());
  EXPECT_THAT(error->message, HasSubstr("cannot write " + path("report.json")));
  EXPECT_TRUE(fs::exists(path("report.json/inside")));
  EXPECT_EQ(file_count(), 1U) << "a temporary file was left";
}

TEST_F(Files, GetTheirFolderMadeWithThoseAbove) {
  EXPECT_FALSE(make_folder(path("a/b/c")).has_value());
  EXPECT_FALSE(make_folder(path("a/b/c")).has_value()) << "it is there already";
  EXPECT_FALSE(write_file_atomically(path("a/b/c/report.json"), "text").has_value());
}

TEST_F(Files, CannotHaveAFileAsTheirFolder) {
  ASSERT_FALSE(write_file_atomically(path("file"), "text").has_value());
  for (const std::string name : {"file", "file/below"}) {
    const auto error = make_folder(path(name));
    ASSERT_TRUE(error.has_value()) << name;
    EXPECT_THAT(error->message, HasSubstr(path(name)));
    EXPECT_THAT(error->message, HasSubstr("choose another place"));
  }
}

TEST_F(Files, CannotHaveAFolderWithoutAName) { EXPECT_TRUE(make_folder("").has_value()); }

}  // namespace
}  // namespace splitproof::reports
