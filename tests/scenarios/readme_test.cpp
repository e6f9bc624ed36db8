// The outputs that README shows are produced here again, so that they cannot go stale.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "tests/support/paths.h"

namespace {

struct Shown {
  std::string command;
  std::string output;
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The console blocks of a Markdown text: a "$ command" line and what it prints.
std::vector<Shown> shown_in(const std::string& text) {
  const std::string open = "```console\n$ ";
  std::vector<Shown> all;
  for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    at += open.size();
    const std::size_t line_end = text.find('\n', at);
    const std::size_t close = text.find("```", line_end);
    all.push_back(
        {text.substr(at, line_end - at), text.substr(line_end + 1, close - line_end - 1)});
    at = close;
  }
  return all;
}

// Standard output of a command of README, run in a folder of its own with the built programs.
std::string run(const std::string& command) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / "splitproof-readme";
  std::filesystem::create_directories(folder);
  const std::string line = "cd '" + folder.string() + "' && PATH='" +
                           splitproof::tests::built_program("") + "':\"$PATH\" " + command;
  std::string output;
  FILE* pipe = ::popen(line.c_str(), "r");
  if (pipe == nullptr) return "popen failed";
  std::array<char, 4096> buffer{};
  std::size_t size = 0;
  while ((size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0) {
    output.append(buffer.data(), size);
  }
  ::pclose(pipe);
  std::filesystem::remove_all(folder);
  return output;
}

// The library's version is the machine's, and so is whether the power of a server can fail on it,
// and a part of what MANIFEST is about.
std::string without_versions(const std::string& text) {
  const std::regex missing("  - power loss below PostgreSQL: .*\n(    .*\n)*");
  const std::string everywhere = std::regex_replace(text, missing, "");
  const std::string known =
      std::regex_replace(everywhere, std::regex("SQLite [0-9.]+"), "SQLite x");
  return std::regex_replace(known, std::regex("manifest: sha256:[0-9a-f]{64}"),
                            "manifest: sha256:...");
}

TEST(Readme, ShowsWhatTheProgramsPrint) {
  const std::vector<Shown> all = shown_in(read_file(splitproof::tests::in_tree("README.md")));
  ASSERT_GE(all.size(), 2U);
  for (const Shown& shown : all) {
    EXPECT_EQ(without_versions(run(shown.command)), without_versions(shown.output))
        << "README shows another output of: " << shown.command;
  }
}

}  // namespace
