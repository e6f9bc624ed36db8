#include "tests/tidy/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splitproof::tidy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::size_t> line_numbers(const Complaints& complaints) {
  std::vector<std::size_t> lines;
  for (const Complaint& complaint : complaints) lines.push_back(complaint.line);
  return lines;
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result += text;
  return result;
}

SourceFile cpp(const std::string& text) { return {"sim/base/example.cpp", text}; }

// The complaints of `check` about a file of this path with this one line.
using Rule = Complaints (*)(const SourceFile&);
std::size_t count(Rule check, const std::string& path, const std::string& line) {
  return check({path, line + "\n"}).size();
}

TEST(CodeOf, BlanksCommentsAndLiteralsAndKeepsLines) {
  EXPECT_EQ(code_of("a; // b\n\"c\\\"d\" /* e\nf */ 'g' h"), "a;     \n\"    \"     \n     ' ' h");
}

TEST(CodeOf, KnowsRawStringsAndDigitSeparators) {
  EXPECT_EQ(code_of("R\"(a\"b)\" c"), "         c");
  EXPECT_EQ(code_of("R\"x(a)\"b)x\" c"), "            c");
  EXPECT_EQ(code_of("1'000 + 2'000;"), "1'000 + 2'000;");
}

TEST(IncludeArrows, PointDownwards) {
  const std::string upward = "#include \"harness/plan/plan.h\"";
  EXPECT_EQ(count(include_arrows, "sim/sql/session.h", upward), 1U);
  EXPECT_EQ(count(include_arrows, "sim/aggregator/aggregator.cpp", upward), 1U);
  EXPECT_EQ(count(include_arrows, "reports/terminal.cpp", upward), 1U);
  EXPECT_EQ(count(include_arrows, "harness/verdict/verdict.h", upward), 1U);
  EXPECT_EQ(count(include_arrows, "harness/run/sweep.cpp", upward), 0U);
  EXPECT_EQ(count(include_arrows, "scenarios/catalog.cpp", upward), 0U);
  EXPECT_EQ(count(include_arrows, "tests/harness/plan_test.cpp", upward), 0U);
}

TEST(IncludeArrows, LetReportsSeeOnlyTheVerdict) {
  EXPECT_EQ(count(include_arrows, "reports/json.h", "#include \"harness/verdict/verdict.h\""), 0U);
  EXPECT_EQ(count(include_arrows, "reports/json.h", "#include \"sim/base/result.h\""), 1U);
}

TEST(IncludeArrows, LetOnlyTheMainProgramSeeEverything) {
  const std::string reports = "#include \"reports/json.h\"";
  EXPECT_EQ(count(include_arrows, "scenarios/main.cpp", reports), 0U);
  EXPECT_EQ(count(include_arrows, "scenarios/catalog.cpp", reports), 1U);
  EXPECT_EQ(count(include_arrows, "harness/cli/usage.cpp", reports), 1U);
  EXPECT_EQ(count(include_arrows, "sim/base/clock.cpp", "#  include \"scenarios/catalog.h\""), 1U);
}

TEST(IncludeArrows, StartAtTheRoot) {
  EXPECT_EQ(count(include_arrows, "sim/sql/session.cpp", "#include \"session.h\""), 1U);
  EXPECT_EQ(count(include_arrows, "sim/sql/session.cpp", "#include \"../base/rng.h\""), 1U);
  EXPECT_EQ(count(include_arrows, "attic/old.cpp", "#include \"sim/base/rng.h\""), 1U)
      << "a folder that is no room has no arrows";
}

TEST(ThirdPartyIncludes, StayWhereTheLibraryIsWrapped) {
  EXPECT_EQ(count(third_party_includes, "sim/sql/sqlite/code.h", "#include <sqlite3.h>"), 0U);
  EXPECT_EQ(count(third_party_includes, "harness/run/world.cpp", "#include <sqlite3.h>"), 1U);
  EXPECT_EQ(count(third_party_includes, "sim/server/server.cpp", "#include <pqxx/pqxx>"), 1U);
  EXPECT_EQ(count(third_party_includes, "sim/base/clock.cpp", "#include <libpq-fe.h>"), 1U);
  EXPECT_EQ(count(third_party_includes, "harness/run/a.cpp", "#include <boost/process.hpp>"), 1U);
  EXPECT_EQ(count(third_party_includes, "sim/base/a.cpp", "#include <yaml-cpp/yaml.h>"), 1U);
  EXPECT_EQ(count(third_party_includes, "sim/base/a.cpp", "#include <CLI/CLI.hpp>"), 1U);
  EXPECT_EQ(count(third_party_includes, "sim/base/a.cpp", "#include <nlohmann/json.hpp>"), 1U);
  EXPECT_EQ(count(third_party_includes, "sim/base/a.cpp", "#include <rapidcheck.h>"), 1U);
  EXPECT_EQ(count(third_party_includes, "sim/base/a.cpp", "#include <gtest/gtest.h>"), 1U);
  EXPECT_EQ(count(third_party_includes, "sim/base/a.cpp", "#include <fmt/format.h>"), 0U);
  EXPECT_EQ(count(third_party_includes, "sim/base/a.cpp", "#include <vector>"), 0U);
}

TEST(ThirdPartyIncludes, StayOutOfHeadersWhereTheyAreHeavy) {
  EXPECT_EQ(count(third_party_includes, "sim/process/a.cpp", "#include <boost/process.hpp>"), 0U);
  EXPECT_EQ(count(third_party_includes, "sim/process/a.h", "#include <boost/process.hpp>"), 1U);
  EXPECT_EQ(count(third_party_includes, "reports/json.h", "#include <nlohmann/json.hpp>"), 1U);
}

TEST(HeaderOpening, IsACommentAndAPragma) {
  EXPECT_THAT(header_opening({"a.h", "// What it is.\n#pragma once\n"}), IsEmpty());
  EXPECT_EQ(header_opening({"a.h", "#pragma once\n"}).size(), 1U);
  EXPECT_EQ(header_opening({"a.h", "// What it is.\n// #pragma once\n"}).size(), 1U);
  EXPECT_THAT(header_opening({"a.cpp", ""}), IsEmpty());
}

TEST(FileSize, HasALimitThatIsHigherForTests) {
  EXPECT_THAT(file_size({"sim/a.cpp", repeated("x\n", 300)}), IsEmpty());
  EXPECT_EQ(file_size({"sim/a.cpp", repeated("x\n", 301)}).size(), 1U);
  EXPECT_THAT(file_size({"tests/a.cpp", repeated("x\n", 500)}), IsEmpty());
  EXPECT_EQ(file_size({"tests/a.cpp", repeated("x\n", 501)}).size(), 1U);
  EXPECT_EQ(file_size({"dev", repeated("x\n", 301)}).size(), 1U);
  EXPECT_EQ(file_size({"dev.d/packages.sh", repeated("x\n", 301)}).size(), 1U);
  EXPECT_THAT(file_size({"scenarios/data/a.csv", repeated("x\n", 9000)}), IsEmpty());
}

TEST(FunctionSize, CountsFromBraceToBrace) {
  const auto function = [](std::size_t lines) {
    return "int f(int a) {\n" + repeated("  a = a + 1;\n", lines - 2) + "}\n";
  };
  EXPECT_THAT(function_size(cpp(function(70))), IsEmpty());
  EXPECT_THAT(line_numbers(function_size(cpp("\n\n" + function(71)))), ElementsAre(3));
}

TEST(FunctionSize, LooksIntoNamespacesAndTypes) {
  const std::string body = " {\n" + repeated("  ;\n", 80) + "}\n";
  EXPECT_THAT(line_numbers(function_size(cpp("namespace a {\nclass B final : public C {\n public:\n"
                                             "  void f() const override" +
                                             body + "};\n}\nvoid g()" + body))),
              ElementsAre(4, 88));
  EXPECT_THAT(line_numbers(function_size(cpp("#define M(a) a\n#include <vector>\nnamespace {\n"
                                             "B::B(int a) : a_(a), b_{1}, c_{2}" +
                                             body + "}\n"))),
              ElementsAre(4));
}

TEST(FunctionSize, PassesOverTypesNamespacesAndTables) {
  const std::string lines = repeated("  int a;\n", 80);
  EXPECT_THAT(function_size(cpp("namespace a {\n" + lines + "}\n")), IsEmpty());
  EXPECT_THAT(function_size(cpp("struct A {\n" + lines + "};\n")), IsEmpty());
  EXPECT_THAT(function_size(cpp("const int a[] = {\n" + repeated("  1,\n", 80) + "};\n")),
              IsEmpty());
  EXPECT_THAT(function_size(cpp("void f();\n// {\n" + lines + "const char* a = \"{\";\n" + lines)),
              IsEmpty());
}

TEST(LineLength, CountsCharactersAndNotBytes) {
  EXPECT_THAT(line_length(cpp(repeated("ü", 100) + "\n")), IsEmpty());
  EXPECT_THAT(line_numbers(line_length(cpp("\n" + std::string(101, 'x')))), ElementsAre(2));
  EXPECT_THAT(line_length({"tests/reports/golden/a.txt", std::string(300, 'x')}), IsEmpty());
}

TEST(BannedCalls, AreSleepsClocksAndChance) {
  for (const std::string line :
       {"std::this_thread::sleep_for(1s);", "std::this_thread::sleep_until(t);", "usleep(10);",
        "sleep(1);", "std::random_device device;", "int a = rand();", "srand(1);",
        "auto now = std::chrono::system_clock::now();", "time(nullptr);",
        "std::uniform_int_distribution<int> d(1, 6);", "std::shuffle(a.begin(), a.end(), g);"}) {
    EXPECT_EQ(count(banned_calls, "sim/base/a.cpp", line), 1U) << line;
  }
}

TEST(BannedCalls, AreTestsThatSkipOrCannotFail) {
  for (const std::string line : {"GTEST_SKIP();", "TEST(A, DISABLED_B) {}", "SUCCEED();",
                                 "EXPECT_TRUE(true);", "ASSERT_TRUE( true );"}) {
    EXPECT_EQ(count(banned_calls, "tests/sim/a.cpp", line), 1U) << line;
  }
}

TEST(BannedCalls, AreNotWordsInSentencesOrOtherNames) {
  for (const std::string line : {"// sleep_for(1s) is banned.", "say(\"usleep(10)\");",
                                 "clock.sleep_some();", "int operand(int a);", "brand();",
                                 "run_time(nullptr);", "std::chrono::steady_clock::now();"}) {
    EXPECT_EQ(count(banned_calls, "sim/base/a.cpp", line), 0U) << line;
  }
}

TEST(UnorderedLoops, AreFoundByTheNameOfTheContainer) {
  const std::string declaration = "std::unordered_map<std::string, std::vector<int>> by_name_;\n";
  EXPECT_THAT(
      line_numbers(unordered_loops(cpp(declaration + "for (const auto& [a, b] : by_name_) {}"))),
      ElementsAre(2));
  EXPECT_THAT(unordered_loops(cpp(declaration + "for (const auto& a : by_age_) {}")), IsEmpty());
  EXPECT_THAT(unordered_loops(cpp("std::map<int, int> by_name_;\nfor (auto& a : by_name_) {}")),
              IsEmpty());
}

TEST(UnfinishedWords, AreFoundEverywhere) {
  EXPECT_THAT(line_numbers(unfinished_words({"README.md",
                                             "a\n"
                                             "TO"
                                             "DO: b\n"})),
              ElementsAre(2));
  EXPECT_EQ(count(unfinished_words, "sim/a.cpp",
                  "// FIX"
                  "ME"),
            1U);
  EXPECT_EQ(count(unfinished_words, "dev",
                  "# X"
                  "XX later"),
            1U);
  EXPECT_EQ(count(unfinished_words, "sim/a.cpp", "mkdtemp(\"run.XXXXXX\")"), 0U);
}

TEST(MachinePaths, AreFoundEverywhere) {
  EXPECT_EQ(count(machine_paths, "dev", std::string("cp a /wo") + "rk/main"), 1U);
  EXPECT_EQ(count(machine_paths, "README.md", std::string("/ho") + "me/anna/splitproof"), 1U);
  EXPECT_EQ(count(machine_paths, "sim/a.cpp", std::string("\"/ro") + "ot/.pgpass\""), 1U);
  EXPECT_EQ(count(machine_paths, "sim/a.cpp", "folder + \"/dev/shm/run\""), 0U);
  EXPECT_EQ(count(machine_paths, "sim/a.cpp", "build/work/a"), 0U);
}

TEST(UnlistedScenarios, AreThoseInNoRowOfTheTable) {
  const SourceFile readme{"README.md", "lost-update is nice\n| `double-cron` | a |\n"};
  EXPECT_THAT(unlisted_scenarios({"scenarios/double-cron.yaml"}, readme), IsEmpty());
  const Complaints complaints =
      unlisted_scenarios({"scenarios/lost-update.yaml", "scenarios/cron.yaml"}, readme);
  ASSERT_EQ(complaints.size(), 2U);
  EXPECT_THAT(to_string(complaints[0]), HasSubstr("lost-update is in no row of a table"));
}

TEST(Allowances, CoverOneRuleInOneFile) {
  const AllowanceList list = read_allowances({"allowed.txt", "# why\n\nheader a.h: Generated.\n"});
  ASSERT_EQ(list.allowances.size(), 1U);
  const Complaints complaints{{"header", "a.h", 1, ""}, {"header", "b.h", 1, ""}};
  const Complaints rest = without_allowed(complaints, list, "allowed.txt");
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].path, "b.h");
}

TEST(Allowances, NeedAReasonAndAUse) {
  const AllowanceList list =
      read_allowances({"allowed.txt", "header a.h\nheader b.h: \nheader c.h: Generated.\n"});
  EXPECT_THAT(line_numbers(without_allowed({}, list, "allowed.txt")), ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace splitproof::tidy
