// The program from outside, as its users meet it: exit codes, what it prints where, its report.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "tests/scenarios/support.h"
#include "tests/support/paths.h"

namespace splitproof::tests {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAreArray;

class ProgramTest : public testing::Test {
 protected:
  Ended run(const Texts& arguments) { return splitproof(arguments, folder_); }

  // Runs it and expects a refusal in one message: nothing but `err` is said.
  void expect_refusal(const Texts& arguments, int code, const testing::Matcher<std::string>& err) {
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.status.code, code) << to_string(ended.status);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, err);
    EXPECT_THAT(ended.err, StartsWith("splitproof: "));
  }

  ScratchFolder folder_;
};

TEST_F(ProgramTest, WithoutArgumentsSaysWhatThereIs) {
  expect_refusal({}, 3,
                 AllOf(HasSubstr("list, run, replay, report"), HasSubstr("splitproof --help")));
}

TEST_F(ProgramTest, ShowsHelpAndVersionOnStandardOutput) {
  for (const char* const option : {"--help", "--version"}) {
    const Ended ended = run({option});
    EXPECT_EQ(ended.status.code, 0);
    EXPECT_THAT(ended.out, HasSubstr("splitproof"));
    EXPECT_EQ(ended.err, "");
  }
  EXPECT_THAT(run({"--help"}).out, AllOf(HasSubstr("Usage:"), HasSubstr("Exit codes:")));
}

TEST_F(ProgramTest, ListsEveryDocumentedCaseAndItsVariants) {
  const Ended ended = run({"list"});
  EXPECT_EQ(ended.status.code, 0);
  EXPECT_EQ(ended.err, "");
  for (const std::string& name : harness::documented_cases()) {
    EXPECT_THAT(ended.out, HasSubstr(name + ": "));
  }
  for (const char* const text : {"sequential-upserts", "caught by told-equals-held",
                                 "caught by serializable", "holds", "not applicable"}) {
    EXPECT_THAT(ended.out, HasSubstr(text));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "splitproof-report"));
}

TEST_F(ProgramTest, ExitsWithZeroWhenEveryCasePasses) {
  const Ended& ended = shared_run().ended;
  EXPECT_EQ(ended.status.code, 0) << ended.out;
  EXPECT_EQ(ended.err, "") << "standard error is no terminal";
  EXPECT_THAT(ended.out, AllOf(HasSubstr("✓ PASS"), Not(HasSubstr("\x1b["))));
  const std::string folder = shared_run().folder / "splitproof-report";
  EXPECT_TRUE(report_in(folder).at("complete").get<bool>());
  EXPECT_TRUE(std::filesystem::exists(folder + "/ledger.jsonl"));
}

// The condition of those who gate on the report by jq.
TEST_F(ProgramTest, WithoutNamesRunsEveryDocumentedCase) {
  Texts not_applicable;
  std::set<std::string> judged;
  const json report = report_in(shared_run().folder / "splitproof-report");
  for (const json& one : report.at("cases")) {
    if (one.at("verdict") == "not-applicable") {
      not_applicable.push_back(one.at("scenario").get<std::string>() + " / " +
                               one.at("variant").get<std::string>());
      continue;
    }
    judged.insert(one.at("scenario"));
    EXPECT_EQ(one.at("verdict"), "pass") << one.at("scenario") << one.at("variant");
    if (is_generated(one.at("scenario"))) continue;
    EXPECT_TRUE(one.at("closed").get<bool>());
    EXPECT_GT(one.at("faults").at("fired"), 0);
    EXPECT_GT(one.at("points"), 0);
  }
  EXPECT_THAT(not_applicable, ElementsAre("lost-update / row-lock", "cache-refresh / truncate"));
  EXPECT_THAT(judged, UnorderedElementsAreArray(harness::documented_cases()));
}

TEST_F(ProgramTest, ExitsWithOneWhenACaseFails) {
  std::string text = read_file(scenario_folder() + "/partial-failure.yaml");
  const std::string honest = "expect: holds";
  const std::size_t at = text.find(honest);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, honest.size(),
               "expect: {observed: violated, oracle: told-equals-held, damage: [rows]}");
  write_file(folder_ / "wrong.yaml", text);
  const Ended ended = run({"run", "wrong.yaml", "--variant", "transactional"});
  EXPECT_EQ(ended.status.code, 1) << ended.out;
  EXPECT_THAT(ended.out, AllOf(HasSubstr("✗ FAIL"), HasSubstr("was not caught by the oracle")));
}

TEST_F(ProgramTest, ShowsTheIsolationTableAndItsDeviations) {
  const Ended table = run({"run", "isolation-table"});
  EXPECT_EQ(table.status.code, 0) << table.out;
  EXPECT_THAT(table.out, AllOf(HasSubstr("deviations from the documentation: 0 in 60 cells"),
                               HasSubstr("of the isolation table, on postgres: autocommit, ")));
  EXPECT_EQ(run({"report", "splitproof-report"}).out, table.out);
  std::string text = read_file(scenario_folder() + "/isolation/isolation-table.yaml");
  const std::string honest = "column: shared-uncommitted, says: happens";
  const std::size_t at = text.find(honest);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, honest.size(), "column: shared-uncommitted, says: ruled-out");
  write_file(folder_ / "wrong.yaml", text);
  const Ended wrong = run({"run", "wrong.yaml"});
  EXPECT_EQ(wrong.status.code, 1) << wrong.out;
  EXPECT_THAT(wrong.out, HasSubstr("deviations from the documentation: 1 in 60 cells"));
  const Ended again = run({"replay", "isolation-g1a.shared-uncommitted.sqlite.1"});
  EXPECT_EQ(again.status.code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("reproduced: isolation is broken"));
  const std::size_t last = text.rfind("\"0\"");
  text.replace(last, 3, "[]");
  write_file(folder_ / "bad.yaml", text);
  expect_refusal({"run", "bad.yaml"}, 3, HasSubstr("bad.yaml:"));
}

TEST_F(ProgramTest, ShowsTheIsolationTableOfPostgres) {
  const Ended table = run({"run", "isolation-table", "--target", "postgres"});
  EXPECT_EQ(table.status.code, 0) << table.out << table.err;
  EXPECT_THAT(table.out, HasSubstr("deviations from the documentation: 0 in 40 cells"));
}

TEST_F(ProgramTest, NamesTheNearestScenarioAndVariant) {
  expect_refusal({"run", "partial-failur"}, 3, HasSubstr("did you mean 'partial-failure'?"));
  expect_refusal({"run", "partial-failure", "--variant", "autocomit"}, 3,
                 AllOf(HasSubstr("no variant 'autocomit' in partial-failure"),
                       HasSubstr("did you mean 'autocommit'?")));
  expect_refusal({"run", "no/such.yaml"}, 3, HasSubstr("no/such.yaml is not there"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "splitproof-report"));
}

TEST_F(ProgramTest, ShowsThePlaceOfAMistakeInAPlan) {
  expect_refusal({"run", "partial-failure", "--variant", "autocommit", "--plan", "a2=dorp"}, 3,
                 AllOf(HasSubstr("'--plan' at character 4"), HasSubstr("'dorp'")));
}

TEST_F(ProgramTest, CallsAPlanThatStrikesNothingVacuous) {
  const Ended ended =
      run({"run", "partial-failure", "--variant", "autocommit", "--plan", "a99=drop"});
  EXPECT_EQ(ended.status.code, 2);
  const json one = report_in(folder_ / "splitproof-report").at("cases").at(0);
  EXPECT_EQ(one.at("verdict"), "vacuous");
  EXPECT_EQ(one.at("faults"), (json{{"planned", 1}, {"fired", 0}}));
  EXPECT_THAT(ended.out, HasSubstr("none fired"));
}

TEST_F(ProgramTest, WritesTheSameReportWhateverTheJobsAndTheFolder) {
  const Ended ended = run({"run", "--quiet", "--jobs", "1", "--out", "an/other"});
  EXPECT_EQ(ended.status.code, 0);
  EXPECT_EQ(ended.out + ended.err, "");
  for (const char* const name : {"/report.json", "/ledger.jsonl"}) {
    const std::string two = read_file((shared_run().folder / "splitproof-report") + name);
    EXPECT_FALSE(two.empty());
    EXPECT_EQ(read_file((folder_ / "an/other") + name), two) << name;
  }
}

TEST_F(ProgramTest, RendersAReportAgainUnlessItWasChanged) {
  const Ended first = run({"run", "balance-transfer", "--out", "kept"});
  ASSERT_EQ(first.status.code, 0);
  const Ended again = run({"report", "kept"});
  EXPECT_EQ(again.status.code, 0);
  EXPECT_EQ(again.out, first.out);
  EXPECT_EQ(again.err, "");
  std::string text = read_file(folder_ / "kept/report.json");
  const std::size_t at = text.find("\"fired\": ");
  ASSERT_NE(at, std::string::npos);
  char& digit = text[at + std::string_view("\"fired\": ").size()];
  digit = digit == '8' ? '7' : '8';
  write_file(folder_ / "kept/report.json", text);
  expect_refusal({"report", "kept"}, 3, HasSubstr("kept/report.json: "));
  expect_refusal({"report", "elsewhere"}, 3, HasSubstr("elsewhere/report.json cannot be opened"));
}

TEST_F(ProgramTest, EndsAStatementThatRunsForEverAndGoesOn) {
  write_file(folder_ / "endless.yaml", R"(scenario: endless
title: A report that never ends
story: A query goes round in circles.
claim: The row is saved.
data: {sql: [CREATE TABLE t (id INTEGER PRIMARY KEY)]}
operations:
  - title: save and count
    steps:
      - INSERT INTO t (id) VALUES (1)
      - >-
        /* count for ever */ WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 0 FROM n)
        SELECT count(*) FROM n
variants: [{name: transactional, title: together, expect: holds}]
)");
  const Ended ended = run({"run", "endless.yaml", "partial-failure", "--timeout", "300ms"});
  EXPECT_EQ(ended.status.code, 2) << ended.out;
  EXPECT_THAT(ended.out, HasSubstr("the statement 'count for ever' ran for longer than 300ms"));
  EXPECT_THAT(ended.out, HasSubstr("✓ pass"));
}

TEST_F(ProgramTest, SaysSoWhenTheTimeIsUp) {
  const Ended ended = run({"run", "august-september-split", "--budget", "1ms"});
  EXPECT_EQ(ended.status.code, 2);
  EXPECT_THAT(ended.out, HasSubstr("STOPPED BEFORE THE END"));
  EXPECT_FALSE(report_in(folder_ / "splitproof-report").at("complete").get<bool>());
}

// A file stands where a folder should be: nobody, not even root, can write there.
TEST_F(ProgramTest, SaysSoWhenTheReportCannotBeWritten) {
  write_file(folder_ / "file", "");
  expect_refusal({"run", "partial-failure", "--out", "file/report"}, 4, HasSubstr("file/report"));
  EXPECT_EQ(read_file(folder_ / "file"), "");
}

// A folder without the right to write does not stop root, who therefore runs it as another. The
// program and the scenario are copied to where that one may read.
TEST_F(ProgramTest, SaysSoWhenTheFolderForbidsTheReport) {
  Program::Options options;
  if (::geteuid() == 0) options.account = sim::Account{"nobody", 65534, 65534};
  options.program = folder_ / "copy";
  std::filesystem::copy_file(tests::built_program("splitproof"), options.program);
  std::filesystem::copy_file(scenario_folder() + "/partial-failure.yaml", folder_ / "case.yaml");
  std::filesystem::create_directory(folder_ / "closed");
  ASSERT_EQ(::chmod((folder_ / "closed").c_str(), 0555), 0);
  Program program({"run", "case.yaml", "--out", folder_ / "closed"}, folder_, options);
  const Ended ended = program.wait();
  EXPECT_EQ(ended.status.code, 4) << ended.err;
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, HasSubstr(folder_ / "closed"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "closed"));
}

TEST_F(ProgramTest, SaysSoWhenAServerCannotBeReached) {
  expect_refusal({"run", "partial-failure", "--target",
                  "postgresql://me:secret@127.0.0.1:1/none?connect_timeout=1"},
                 4, AllOf(HasSubstr("database server"), Not(HasSubstr("secret"))));
}

TEST_F(ProgramTest, SaysNothingWhenQuiet) {
  const Ended ended = run({"run", "partial-failure", "--quiet"});
  EXPECT_EQ(ended.status.code, 0);
  EXPECT_EQ(ended.out + ended.err, "");
  EXPECT_FALSE(report_in(folder_ / "splitproof-report").is_null());
}

class Stopped : public ProgramTest, public testing::WithParamInterface<int> {};

// The report's folder is made before the first case begins, and all cases take far longer than the
// signal.
TEST_P(Stopped, WritesTheReportSoFar) {
  Program program({"run", "--jobs", "1", "--out", "so-far"}, folder_);
  while (!std::filesystem::exists(folder_ / "so-far") &&
         !program.has_ended_within(std::chrono::milliseconds(1))) {
  }
  program.signal(GetParam());
  const Ended ended = program.wait();
  EXPECT_EQ(ended.status.code, 128 + GetParam()) << to_string(ended.status);
  EXPECT_EQ(ended.err, "");
  EXPECT_THAT(ended.out, HasSubstr("STOPPED BEFORE THE END"));
  const json report = report_in(folder_ / "so-far");
  EXPECT_FALSE(report.at("complete").get<bool>());
  EXPECT_EQ(report.at("cases").size(), select(built_cases(), "sqlite").cases.size());
  EXPECT_EQ(report.at("cases").back().at("verdict"), "not-run");
  EXPECT_EQ(run({"report", "so-far"}).out, ended.out);
}

INSTANTIATE_TEST_SUITE_P(By, Stopped, testing::Values(SIGINT, SIGTERM),
                         [](const testing::TestParamInfo<int>& signal) {
                           return signal.param == SIGINT ? "SIGINT" : "SIGTERM";
                         });

}  // namespace
}  // namespace splitproof::tests
