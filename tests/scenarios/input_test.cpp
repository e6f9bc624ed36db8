// Input files that cannot be used: one message that names the place, exit code 3, and no report.
// Files that merely look odd are taken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/scenarios/support.h"

namespace splitproof::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* header =
    "client_id,client_name,platform,date,campaigns_count,total_spend,total_impressions,"
    "total_clicks,total_conversions,click_to_call,email_contacts,booking_step_1,booking_step_2,"
    "booking_step_3,reservations,reservation_value,reach";

constexpr const char* row =
    "c01,Amber Bay,meta,2025-07-15,11,76.69,5518,124,4,1,2,13,5,2,1,1728.83,2547";

constexpr const char* beginning = R"(scenario: small
title: A small case
story: One counter is set.
claim: It is set or not.
data:
  schema: aggregator
)";

constexpr const char* ending = R"(operations:
  - title: set the counter
    steps: ["INSERT INTO counters (name, value) VALUES ('x', 1) ON CONFLICT DO NOTHING"]
variants:
  - name: transactional
    title: in one transaction
    expect: holds
)";

class Input : public testing::Test {
 protected:
  // Runs small.yaml, which consists of `data` between its fixed parts and `after` behind them.
  Ended run(const std::string& data, const std::string& after = "",
            const std::string& target = "sqlite") {
    write_file(folder_ / "small.yaml", beginning + data + ending + after);
    return splitproof({"run", "small.yaml", "--target", target}, folder_);
  }

  Ended import(const std::string& csv) {
    write_file(folder_ / "rows.csv", csv);
    return run("  import:\n    - file: rows.csv\n");
  }

  // `place` is "file:line:column", relative to the folder or not.
  void expect_refused(const Ended& ended, const std::string& place, const std::string& why) {
    EXPECT_EQ(ended.status.code, 3) << to_string(ended.status);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, AllOf(StartsWith("splitproof: "), HasSubstr(place), HasSubstr(why)));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "splitproof-report/report.json"));
  }

  ScratchFolder folder_;
};

std::string with(const std::string& text, const std::string& part, const std::string& instead) {
  std::string changed = text;
  return changed.replace(changed.find(part), part.size(), instead);
}

TEST_F(Input, ThatIsGoodPasses) {
  const Ended ended = import(std::string(header) + "\n" + row + "\n");
  EXPECT_EQ(ended.status.code, 0) << ended.out << ended.err;
}

TEST_F(Input, WithCarriageReturnsPasses) {
  const Ended ended = import(std::string(header) + "\r\n" + row + "\r\n");
  EXPECT_EQ(ended.status.code, 0) << ended.out << ended.err;
}

TEST_F(Input, WithAQuotedCommaPasses) {
  const Ended ended =
      import(std::string(header) + "\n" + with(row, "Amber Bay", R"("Amber Bay, the ""old""")"));
  EXPECT_EQ(ended.status.code, 0) << ended.out << ended.err;
}

TEST_F(Input, WithABadNumberIsRefused) {
  expect_refused(import(std::string(header) + "\n" + row + "\n" +
                        with(with(row, "c01", "c02"), "5518", "5x18")),
                 "rows.csv:3:40: ", "total_impressions: found '5x18'; expected a whole number");
}

TEST_F(Input, WithoutAColumnIsRefused) {
  expect_refused(import(with(header, ",reach", "") + "\n" + with(row, ",2547", "")),
                 "rows.csv:1:1: ", "missing in the header: 'reach'");
}

TEST_F(Input, WithADuplicateKeyIsRefused) {
  expect_refused(import(std::string(header) + "\n" + row + "\n" + row + "\n"),
                 "rows.csv:3:1: ", "it is already on line 2");
}

TEST_F(Input, ThatIsNotThereIsRefused) {
  expect_refused(run("  import:\n    - file: nowhere.csv\n"), "small.yaml:8:13: ", "'nowhere.csv'");
}

// What an operation reads is an input file too.
TEST_F(Input, OfAnOperationIsRefusedAsWell) {
  write_file(folder_ / "rows.csv", std::string(header) + "\n" + with(row, "76.69", "76,69"));
  write_file(folder_ / "small.yaml", std::string(beginning) + R"(operations:
  - title: collect
    run: collect-day
    with: {file: rows.csv, day: 2025-07-15}
variants:
  - name: transactional
    title: in one transaction
    expect: holds
)");
  expect_refused(splitproof({"run", "small.yaml"}, folder_),
                 "rows.csv:2:72: ", "found 18 fields; expected 17");
}

TEST_F(Input, ThatIsBrokenYamlIsRefused) {
  expect_refused(run("  sql: [\n"), "small.yaml:9:3: ", "not valid YAML");
  const Ended ended = run("  sq: []\n");
  expect_refused(ended, "small.yaml:7:3: ", "'sq'");
}

TEST_F(Input, OfACommandIsRefusedWhereAFileIsMissing) {
  expect_refused(splitproof({"run", "--command", "true", "--setup", "no.sql"}, folder_), "no.sql",
                 "is not there");
  expect_refused(splitproof({"run", "--command", "true", "--invariant", "no.sql"}, folder_),
                 "no.sql", "is not there");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "splitproof-report"));
}

class InputSql : public Input, public testing::WithParamInterface<std::string> {};

TEST_P(InputSql, ThatTheDatabaseRefusesIsRefused) {
  expect_refused(run("  sql:\n    - INSERT INTO nowhere VALUES (1)\n", "", GetParam()),
                 "small.yaml:8:7: ", "nowhere");
  expect_refused(run("  sql:\n    - INSERT INTO counters (name, value) VALUES ('a', 1), ('a', 2)\n",
                     "", GetParam()),
                 "small.yaml:8:7: ", "'INSERT INTO counters");
}

TEST_P(InputSql, ThatAsksInVainIsRefused) {
  expect_refused(
      run("", "invariants:\n  - name: none\n    sql: SELECT x FROM nowhere\n", GetParam()),
      "small.yaml:15:5: ", "the invariant 'none'");
}

TEST_P(InputSql, ThatAScriptSaysIsRefusedWithItsLine) {
  write_file(folder_ / "schema.sql",
             "CREATE TABLE t (id INTEGER);\nINSERT INTO nowhere VALUES (1);");
  const Ended in_file = run("  scripts: [schema.sql]\n", "", GetParam());
  expect_refused(in_file, "schema.sql:2:", "nowhere");
  const Ended on_line = splitproof(
      {"run", "--setup", "schema.sql", "--command", "true", "--target", GetParam()}, folder_);
  expect_refused(on_line, "schema.sql:2:", "nowhere");
}

INSTANTIATE_TEST_SUITE_P(On, InputSql, testing::Values("sqlite", "postgres"),
                         [](const testing::TestParamInfo<std::string>& target) {
                           return target.param;
                         });

}  // namespace
}  // namespace splitproof::tests
