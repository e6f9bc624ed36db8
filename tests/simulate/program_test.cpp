// The program as people call it: the same bytes again and from every build, findings that replay.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "harness/cli/shell_quote.h"
#include "tests/support/paths.h"

namespace {

struct Ran {
  int code = -1;
  std::string output;  // Standard output.
};

Ran run(const std::string& arguments) {
  const std::string line =
      splitproof::tests::built_program("splitproof") + " " + arguments + " 2>/dev/null";
  Ran ran;
  FILE* const pipe = ::popen(line.c_str(), "r");
  if (pipe == nullptr) return ran;
  std::array<char, 4096> buffer{};
  std::size_t size = 0;
  while ((size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0) {
    ran.output.append(buffer.data(), size);
  }
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) ran.code = WEXITSTATUS(status);
  return ran;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What stands behind a label of the output: "  again     splitproof …".
std::string labelled(const std::string& output, const std::string& label) {
  const std::size_t at = output.find("\n  " + label);
  if (at == std::string::npos) return "";
  const std::size_t begin = output.find_first_not_of(' ', at + 3 + label.size());
  return output.substr(begin, output.find('\n', begin) - begin);
}

// The file is kept in the tree, and every build is held against it: those of the release and of the
// sanitizers, unoptimised, give the same bytes.
TEST(Simulate, GivesTheBytesThatAreKeptInTheTree) {
  const std::filesystem::path golden =
      splitproof::tests::in_tree("tests/simulate/golden/lives.txt");
  const Ran ran = run("simulate --days 45 --clients 3 --seed 1 --seeds 3");
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.output, read_file(golden));
}

TEST(Simulate, GivesTheSameBytesInAnotherProcess) {
  const std::string arguments = "simulate --days 20 --clients 2 --seed 11";
  const Ran first = run(arguments);
  EXPECT_EQ(first.code, 0);
  EXPECT_NE(first.output.find("nothing was lost"), std::string::npos);
  EXPECT_EQ(run(arguments).output, first.output);
}

TEST(Simulate, FindsTheCodeBeforeAndALineThatShowsItAgain) {
  const Ran ran = run("simulate --days 90 --clients 3 --variant autocommit --seeds 3");
  EXPECT_EQ(ran.code, 1);
  const std::string line = labelled(ran.output, "again");
  ASSERT_TRUE(line.starts_with("splitproof simulate --days ")) << ran.output;
  EXPECT_EQ(ran.output.find("UNSTABLE"), std::string::npos);
  const Ran again = run(line.substr(std::string("splitproof ").size()));
  EXPECT_EQ(again.code, 1);
  EXPECT_EQ(labelled(again.output, "FOUND"), labelled(ran.output, "FOUND"));
  EXPECT_EQ(labelled(again.output, "again"), line);
}

TEST(Simulate, LivesWithoutFaultsWhereThePlanIsClean) {
  const Ran ran = run("simulate --days 10 --clients 2 --plan clean");
  EXPECT_EQ(ran.code, 0);
  EXPECT_NE(ran.output.find("faults    0 planned, 0 fired"), std::string::npos) << ran.output;
}

// A step that no day has.
TEST(Simulate, IsVacuousWhereFaultsArePlannedAndNoneFires) {
  const Ran ran = run("simulate --days 3 --clients 1 --plan 2.5000=drop");
  EXPECT_EQ(ran.code, 2);
  EXPECT_NE(ran.output.find("vacuous"), std::string::npos) << ran.output;
}

TEST(Simulate, WritesWhatItFoundAsJson) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / "splitproof-simulate";
  const Ran ran = run("simulate --days 5 --clients 1 --out " +
                      splitproof::harness::shell_quote(folder.string()));
  const std::string json = read_file(folder / "simulate.json");
  std::filesystem::remove_all(folder);
  EXPECT_TRUE(ran.code == 0 || ran.code == 2);
  const std::string digest = labelled(ran.output, "digest");
  EXPECT_NE(json.find("\"digest\": \"" + digest + "\""), std::string::npos) << json;
  EXPECT_NE(json.find("\"seed\": 1,"), std::string::npos);
}

// It is stopped as soon as a life was told of, in the middle of one of those that follow.
TEST(Simulate, EndsWithTheSignalsNumberAndWhatItHasSoFar) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / "splitproof-stopped";
  std::filesystem::create_directories(folder);
  const std::string place = splitproof::harness::shell_quote(folder.string());
  const std::string script =
      "cd " + place + " && " + splitproof::tests::built_program("splitproof") +
      " simulate --days 30 --clients 2 --minutes 60 --out . >lives 2>errors & "
      "stopped=$!; until grep -q 'seed 2' " +
      place +
      "/lives 2>/dev/null; do :; done; "
      "kill -INT $stopped; wait $stopped";
  const int status = std::system(script.c_str());
  const std::string json = read_file(folder / "simulate.json");
  std::filesystem::remove_all(folder);
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_NE(json.find("\n  \"complete\": false,"), std::string::npos) << json;
}

TEST(Simulate, RefusesWhatCannotBeMeant) {
  EXPECT_EQ(run("simulate --days 0").code, 3);
  EXPECT_EQ(run("simulate --variant nothing").code, 3);
  EXPECT_EQ(run("simulate --days 5 --plan 6.1=drop").code, 3);
  EXPECT_EQ(run("simulate --plan clean --seeds 2").code, 3);
  EXPECT_EQ(run("simulate august-september-split").code, 3);
}

}  // namespace
