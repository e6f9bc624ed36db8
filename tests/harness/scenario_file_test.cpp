// What the loader makes of files that are right: the shipped ones, the documentation's example, and
// one that uses every key.
#include "harness/run/scenario_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "harness/run/selection.h"
#include "tests/support/paths.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Pair;

const std::string folder = tests::in_tree("scenarios");

Scenario accepted(sim::Result<Scenario, ScenarioError> read) {
  if (read.ok()) return std::move(read).value();
  ADD_FAILURE() << to_string(read.error());
  return {};
}

Scenario shipped(const std::string& name) {
  return accepted(read_scenario_file(folder + "/" + name + ".yaml"));
}

std::string content_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> names_of(const std::vector<Variant>& variants) {
  std::vector<std::string> names;
  for (const Variant& variant : variants) names.push_back(variant.name);
  return names;
}

constexpr const char* every_key = R"(
scenario: every-key
title: All of it
story: >
  One line
  and another.
claim: "It holds: always."
data:
  schema: aggregator
  import:
    - {file: data/daily_kpi_2025.csv, clients: [c01, c02], from: 2025-08-01, to: 2025-08-31}
    - file: ./data/../data/daily_kpi_2025.csv
  sql: [INSERT INTO a, INSERT INTO b]
operations:
  - title: first
    run: collect-day
    code: transactional
    with: {file: data/daily_kpi_2025.csv, day: 2025-09-15, amount: "1.00"}
  - title: second
    steps:
      - /* save */ INSERT INTO a
retry: 7
faults: [drop, error]
incident:
  story: It broke.
  strikes: ["1: save rows = error", " 2 :  save = x = lose-reply "]
invariants:
  - {name: one, sql: SELECT 1}
  - {name: two, sql: SELECT 2, when: finally}
damage:
  - {name: lost, sql: SELECT 3, says: "{n_1} rows, {v:money}"}
compare:
  leave-out:
    - {table: a, column: b, reason: clock}
    - {table: c, reason: scratch}
variants:
  - {name: good, title: as it must be, code: transactional, expect: holds}
)";

TEST(ScenarioFile, IsReadWithEveryKey) {
  const Scenario read = accepted(read_scenario_text(every_key, "every.yaml", folder));
  EXPECT_EQ(read.name, "every-key");
  EXPECT_EQ(read.title, "All of it");
  EXPECT_EQ(read.story, "One line and another.\n");
  EXPECT_EQ(read.claim, "It holds: always.");
  EXPECT_EQ(read.not_built, "");
  EXPECT_EQ(read.retry_attempts, 7);
  EXPECT_THAT(read.faults, ElementsAre("drop", "error"));
  EXPECT_EQ(read.place.file, "every.yaml");
  EXPECT_EQ(read.place.line, 2);
  EXPECT_EQ(read.place.column, 1);
}

TEST(ScenarioFile, ReadsTheDataWithAbsolutePaths) {
  const InitialData data = accepted(read_scenario_text(every_key, "every.yaml", folder)).data;
  EXPECT_TRUE(data.aggregator_schema);
  ASSERT_EQ(data.imports.size(), 2U);
  EXPECT_EQ(data.imports[0].path, folder + "/data/daily_kpi_2025.csv");
  EXPECT_THAT(data.imports[0].clients, ElementsAre("c01", "c02"));
  EXPECT_EQ(data.imports[0].from, "2025-08-01");
  EXPECT_EQ(data.imports[0].to, "2025-08-31");
  EXPECT_EQ(data.imports[1].path, data.imports[0].path);
  EXPECT_THAT(data.imports[1].clients, IsEmpty());
  EXPECT_EQ(data.imports[1].from, "");
  EXPECT_THAT(data.sql, ElementsAre("INSERT INTO a", "INSERT INTO b"));
}

TEST(ScenarioFile, ReadsOperationsAndTheIncident) {
  const Scenario read = accepted(read_scenario_text(every_key, "every.yaml", folder));
  ASSERT_EQ(read.operations.size(), 2U);
  EXPECT_EQ(read.operations[0].title, "first");
  EXPECT_EQ(read.operations[0].run, "collect-day");
  EXPECT_EQ(read.operations[0].code, "transactional");
  EXPECT_EQ(read.operations[1].code, "");
  EXPECT_THAT(read.operations[0].with,
              ElementsAre(Pair("amount", "1.00"), Pair("day", "2025-09-15"),
                          Pair("file", folder + "/data/daily_kpi_2025.csv")));
  EXPECT_EQ(read.operations[1].run, "");
  EXPECT_THAT(read.operations[1].steps, ElementsAre("/* save */ INSERT INTO a"));
  EXPECT_EQ(read.operations[1].place.line, 19);
  EXPECT_EQ(read.operations[1].place.column, 5);
  EXPECT_EQ(read.incident_story, "It broke.");
  ASSERT_EQ(read.incident.size(), 2U);
  EXPECT_EQ(read.incident[0].operation, 1);
  EXPECT_EQ(read.incident[0].statement, "save rows");
  EXPECT_EQ(read.incident[0].fault, "error");
  EXPECT_EQ(read.incident[1].operation, 2);
  EXPECT_EQ(read.incident[1].statement, "save = x");
  EXPECT_EQ(read.incident[1].fault, "lose-reply");
}

TEST(ScenarioFile, ReadsHowToJudge) {
  const Scenario read = accepted(read_scenario_text(every_key, "every.yaml", folder));
  ASSERT_EQ(read.invariants.size(), 2U);
  EXPECT_EQ(read.invariants[0].name, "one");
  EXPECT_EQ(read.invariants[0].sql, "SELECT 1");
  EXPECT_TRUE(read.invariants[0].always);
  EXPECT_FALSE(read.invariants[1].always);
  EXPECT_EQ(read.invariants[1].place.line, 29);
  ASSERT_EQ(read.damage.size(), 1U);
  EXPECT_EQ(read.damage[0].name, "lost");
  EXPECT_EQ(read.damage[0].says, "{n_1} rows, {v:money}");
  ASSERT_EQ(read.leave_out.size(), 2U);
  EXPECT_EQ(read.leave_out[0].table, "a");
  EXPECT_EQ(read.leave_out[0].column, "b");
  EXPECT_EQ(read.leave_out[0].reason, "clock");
  EXPECT_EQ(read.leave_out[1].column, "");
  ASSERT_EQ(read.variants.size(), 1U);
  EXPECT_EQ(read.variants[0].code, "transactional");
}

TEST(ScenarioFile, MayHaveAByteOrderMarkAndCarriageReturns) {
  std::string text =
      "\xEF\xBB\xBFscenario: x\r\ntitle: t\r\nstory: s\r\nclaim: c\r\nnot-built: n\r\n";
  EXPECT_EQ(accepted(read_scenario_text(text, "f.yaml", folder)).not_built, "n");
  text += "stoory: s\r\n";
  const auto refused = read_scenario_text(text, "f.yaml", folder);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().place.line, 6);
  EXPECT_EQ(refused.error().place.column, 1);
}

TEST(ShippedScenarios, AreAllReadUnderTheirOwnNames) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    const Scenario read = accepted(read_scenario_file(entry.path().string()));
    EXPECT_EQ(read.name, entry.path().stem().string());
    EXPECT_TRUE(content_of(entry.path().string())
                    .starts_with("# yaml-language-server: $schema=scenario.schema.json\n"))
        << read.name;
    names.push_back(read.name);
  }
  EXPECT_THAT(names, IsSupersetOf(documented_cases()));
}

TEST(ScenarioFile, MaySayWhyACaseIsNotBuilt) {
  const std::string text =
      "scenario: x\ntitle: t\nstory: s\nclaim: c\nnot-built: needs a second database\n";
  const Scenario read = accepted(read_scenario_text(text, "x.yaml", folder));
  EXPECT_EQ(read.not_built, "needs a second database");
  EXPECT_THAT(read.variants, IsEmpty());
}

TEST(ScenarioFile, GivesOperationsToSessions) {
  const Scenario alone = accepted(read_scenario_text(every_key, "every.yaml", folder));
  for (const OperationSpec& operation : alone.operations) EXPECT_EQ(operation.session, 'a');
  const Scenario at_once = shipped("lost-update");
  ASSERT_EQ(at_once.operations.size(), 2U);
  EXPECT_EQ(at_once.operations[0].session, 'a');
  EXPECT_EQ(at_once.operations[1].session, 'b');
}

TEST(ShippedScenarios, HaveASubjectAndOneThatIsKnownToBeWrong) {
  for (const std::string& name : documented_cases()) {
    const Scenario read = shipped(name);
    EXPECT_EQ(read.not_built, "");
    EXPECT_EQ(read.variants.at(0).name, "transactional");
    EXPECT_TRUE(std::ranges::any_of(read.variants, [](const Variant& variant) {
      return variant.role != Role::subject;
    })) << name;
  }
}

TEST(ShippedScenarios, TellTheIncidentOfAugustAndSeptember) {
  const Scenario split = shipped("august-september-split");
  EXPECT_THAT(names_of(split.variants),
              ElementsAre("transactional", "autocommit", "sequential-upserts", "tracks-outside",
                          "remembers-too-early"));
  ASSERT_EQ(split.incident.size(), 2U);
  EXPECT_EQ(split.incident[0].statement, "save conversion metrics");
  EXPECT_EQ(split.incident[1].statement, "save campaign metrics");
  EXPECT_THAT(split.variants.at(1).expect.at("sqlite").damage,
              ElementsAre("campaigns-without-conversions: August 2025",
                          "conversions-without-campaigns: September 2025"));
}

TEST(ScenarioDocumentation, ShowsAnExampleThatIsRead) {
  const std::string text = content_of(folder + "/README.md");
  const std::string fence = "```yaml\n";
  const std::size_t begin = text.find(fence);
  ASSERT_NE(begin, std::string::npos);
  const std::size_t end = text.find("\n```", begin);
  const std::string example = text.substr(begin + fence.size(), end - begin - fence.size() + 1);
  const Scenario read = accepted(read_scenario_text(example, "README.md", folder));
  EXPECT_EQ(read.name, "order-and-stock");
  EXPECT_THAT(names_of(read.variants), ElementsAre("transactional", "autocommit"));
}

TEST(Nearest, FindsASlipOfTheFinger) {
  const std::vector<std::string> words{"title", "story", "claim", "balance-transfer"};
  EXPECT_EQ(nearest("tilte", words), "title");
  EXPECT_EQ(nearest("stor", words), "story");
  EXPECT_EQ(nearest("clami", words), "claim");
  EXPECT_EQ(nearest("balanse-transfr", words), "balance-transfer");
}

TEST(Nearest, TakesABeginningForTheWord) {
  EXPECT_EQ(nearest("balance", {"story", "balance-transfer"}), "balance-transfer");
  EXPECT_EQ(nearest("ba", {"story", "balance-transfer"}), "");
}

TEST(Nearest, KeepsQuietWhereNothingIsNear) {
  EXPECT_EQ(nearest("colour", {"title", "story"}), "");
  EXPECT_EQ(nearest("", {"a"}), "");
  EXPECT_EQ(nearest("x", {}), "");
  EXPECT_EQ(nearest(std::string(100000, 'x'), {std::string(100000, 'x')}), "");
}

TEST(Nearest, PrefersTheNearestAndThenTheFirst) {
  EXPECT_EQ(nearest("convergs", {"completes", "converges"}), "converges");
  EXPECT_EQ(nearest("cot", {"cat", "cut"}), "cat");
}

}  // namespace
}  // namespace splitproof::harness
