// The habits of this project, checked on the tree itself. What each rule says is in rules.h; that
// each can complain is shown in rules_test.cpp.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "tests/support/paths.h"
#include "tests/tidy/rules.h"

namespace splitproof::tidy {
namespace {

namespace fs = std::filesystem;

const fs::path root = tests::in_tree("");
const std::string allowed_path = "tests/tidy/allowed.txt";

SourceFile read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << "cannot read " << path;
  std::ostringstream text;
  if (file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  return {fs::relative(path, root).generic_string(), text.str()};
}

// Made by a build or a run, or kept by git; not written by anybody.
bool is_ours(const fs::path& path) {
  static const std::set<std::string> foreign{".git",   "build",   "splitproof-report",
                                             ".cache", ".vscode", ".idea"};
  return !foreign.contains(path.filename().string());
}

std::vector<SourceFile> read_tree() {
  std::vector<SourceFile> files;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (!is_ours(entry.path())) continue;
    if (entry.is_regular_file()) files.push_back(read(entry.path()));
    if (!entry.is_directory()) continue;
    for (const auto& below : fs::recursive_directory_iterator(entry.path())) {
      if (below.is_regular_file()) files.push_back(read(below.path()));
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

const std::vector<SourceFile>& tree() {
  static const std::vector<SourceFile> files = read_tree();
  return files;
}

std::string joined(const Complaints& complaints) {
  std::string text;
  for (const Complaint& complaint : complaints) text += to_string(complaint) + "\n";
  return text;
}

// What a rule says about the whole tree, without the exceptions from this rule.
std::string complaints_about_tree(const std::string& rule,
                                  const std::function<Complaints(const SourceFile&)>& check) {
  Complaints all;
  for (const SourceFile& file : tree()) std::ranges::copy(check(file), std::back_inserter(all));
  AllowanceList list = read_allowances(read(root / allowed_path));
  std::erase_if(list.allowances, [&rule](const Allowance& one) { return one.rule != rule; });
  return joined(without_allowed(all, list, allowed_path));
}

TEST(Tree, IsReadWithAllItsRooms) {
  std::set<std::string> rooms;
  for (const SourceFile& file : tree()) rooms.insert(room_of(file.path));
  for (const std::string room : {"sim", "harness", "scenarios", "reports", "tests"}) {
    EXPECT_TRUE(rooms.contains(room)) << room;
  }
}

TEST(Tree, IncludesOnlyAlongTheArrows) {
  EXPECT_EQ(complaints_about_tree("include-arrow", include_arrows), "");
}

TEST(Tree, IncludesThirdPartyLibrariesOnlyWhereTheyAreWrapped) {
  EXPECT_EQ(complaints_about_tree("third-party", third_party_includes), "");
}

TEST(Tree, OpensEachHeaderWithAComment) {
  EXPECT_EQ(complaints_about_tree("header", header_opening), "");
}

TEST(Tree, HasFilesThatCanBeReadAtOnce) {
  EXPECT_EQ(complaints_about_tree("file-size", file_size), "");
}

TEST(Tree, HasFunctionsThatCanBeReadAtOnce) {
  EXPECT_EQ(complaints_about_tree("function-size", function_size), "");
}

TEST(Tree, HasLinesThatFitTwoWindowsOnAScreen) {
  EXPECT_EQ(complaints_about_tree("line-length", line_length), "");
}

TEST(Tree, HasNoHiddenClockChanceOrSleep) {
  EXPECT_EQ(complaints_about_tree("banned-call", banned_calls), "");
}

TEST(Tree, LoopsOverNoUnorderedContainer) {
  EXPECT_EQ(complaints_about_tree("unordered-loop", unordered_loops), "");
}

TEST(Tree, HasNoUnfinishedWork) {
  EXPECT_EQ(complaints_about_tree("unfinished", unfinished_words), "");
}

TEST(Tree, NamesNoPathOfOneMachine) {
  EXPECT_EQ(complaints_about_tree("machine-path", machine_paths), "");
}

TEST(Tree, NamesEachScenarioInTheTableOfTheReadme) {
  std::vector<std::string> scenarios;
  for (const SourceFile& file : tree()) {
    const bool in_folder = fs::path(file.path).parent_path() == "scenarios";
    if (in_folder && file.path.ends_with(".yaml")) scenarios.push_back(file.path);
  }
  EXPECT_FALSE(scenarios.empty());
  EXPECT_EQ(joined(unlisted_scenarios(scenarios, read(root / "README.md"))), "");
}

TEST(Tree, HasAChangelogAndALicense) {
  for (const std::string name : {"CHANGELOG.md", "LICENSE"}) {
    EXPECT_TRUE(fs::exists(root / name)) << name;
  }
}

TEST(Tree, HasScriptsThatCanBeStarted) {
  for (const std::string name : {"dev", ".ci/run"}) {
    const fs::perms permissions = fs::status(root / name).permissions();
    EXPECT_NE(permissions & fs::perms::owner_exec, fs::perms::none) << name;
  }
}

TEST(Allowances, NameRulesThatExist) {
  const std::set<std::string> rules{"include-arrow", "third-party", "header",      "file-size",
                                    "function-size", "line-length", "banned-call", "unordered-loop",
                                    "unfinished",    "machine-path"};
  const AllowanceList list = read_allowances(read(root / allowed_path));
  EXPECT_EQ(joined(list.complaints), "");
  for (const Allowance& one : list.allowances) EXPECT_TRUE(rules.contains(one.rule)) << one.rule;
}

}  // namespace
}  // namespace splitproof::tidy
