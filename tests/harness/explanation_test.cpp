// An incident's rows, looked up among states that were written down by hand: which plans are named,
// how near they come, and which kinds of fault are ruled out.
#include "harness/verify/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace splitproof::harness {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

using Rows = std::vector<std::vector<Cell>>;

const std::vector<std::string> columns{"month", "client", "spend", "sales"};

IncidentTable incident_of(Rows rows) { return {"bad.csv", "", columns, std::move(rows)}; }

// Sums of two clients; August is saved in two steps. A second case adds to a counter.
class Lookup : public testing::Test {
 protected:
  Lookup() {
    run_.cases.resize(2);
    run_.cases[0].scenario = "sums";
    run_.cases[1].scenario = "counter";
    run_.cases[1].findings.emplace_back();
    run_.cases[1].findings[0].oracle = "serializable";
    run_.cases[1].findings[0].anomaly = "P4";
    CaseEvidence sums;
    sums.scenario = "sums";
    sums.line = "splitproof run sums";
    sums.titles = {"August"};
    sums.clients = "a";
    sums.sets = {{{}, "before", {}}, {{1}, "clean", {}}};
    sums.tables = {{"sums", columns, {"month", "client"}, {}, false}};
    add_state(sums, "clean", {{"08", "x", "10", "1"}, {"08", "y", "20", "2"}});
    add_state(sums, "half", {{"08", "x", "10", {}}, {"08", "y", "20", {}}});
    add_state(sums, "one", {{"08", "x", "10", "1"}, {"08", "y", "20", {}}});
    add_state(sums, "other", {{"08", "x", {}, "1"}, {"08", "y", {}, "2"}});
    sums.states.push_back({"before", {}, {}});
    CaseEvidence counter;
    counter.scenario = "counter";
    counter.line = "splitproof run counter";
    counter.titles = {"add 10", "add 5"};
    counter.clients = "ab";
    counter.sets = {{{}, "before", {}}, {{1, 2}, "115", {}}};
    counter.tables = {{"counters", {"name", "value"}, {"name"}, {{"visits", "100"}}, false}};
    counter.states.push_back({"115", {{0, {0}, {{"visits", "115"}}}}, {}});
    counter.states.push_back({"105", {{0, {0}, {{"visits", "105"}}}}, {}});
    evidence_ = {sums, counter};
    add_run("sums", "a2=error:53100", "half", "half", "save sales");
    add_run("sums", "a2+=error:53100", "half", "clean", "save sales");
    add_run("sums", "a1=drop", "before", "clean", "save spend");
    add_run("sums", "a1=throw", "other", "other", "save spend");
    add_run("counter", "order=a1b1a", "105", "105", "").broken = {"serializable"};
  }

  static void add_state(CaseEvidence& evidence, const std::string& digest, Rows rows) {
    evidence.states.push_back({digest, {{0, {}, std::move(rows)}}, {}});
  }

  LedgerEntry& add_run(const std::string& scenario, const std::string& plan,
                       const std::string& held, const std::string& finally,
                       const std::string& statement) {
    LedgerEntry& entry = ledger_.emplace_back();
    entry.scenario = scenario;
    entry.purpose = "sweep";
    entry.plan = plan;
    entry.held = held;
    entry.finally = finally;
    if (!statement.empty()) entry.struck = {{"drop", "a", 1, statement}};
    return entry;
  }

  Explanation explained(const std::vector<IncidentTable>& incident) const {
    const auto explanation = explain(incident, recorded_cases(run_, ledger_, evidence_));
    EXPECT_TRUE(explanation.ok()) << explanation.error();
    return explanation.ok() ? explanation.value() : Explanation();
  }

  static std::vector<std::string> ruled_out(const Explanation& explanation) {
    std::vector<std::string> names;
    for (const KindOfFault& kind : explanation.kinds) {
      if (kind.showing == 0) names.push_back(kind.name);
    }
    return names;
  }

  RunVerdict run_;
  std::vector<LedgerEntry> ledger_;
  std::vector<CaseEvidence> evidence_;
};

TEST_F(Lookup, NamesTheStepThatFailedByTheShapeOfOtherClientsRows) {
  const Explanation found =
      explained({incident_of({{"07", "p", "90", {}}, {"07", "q", "91", {}}})});
  EXPECT_THAT(found.incident, ElementsAre("sums: 2 of 2 rows lack sales, each of month = 07"));
  ASSERT_EQ(found.plans.size(), 1U);
  EXPECT_EQ(found.plans[0].cause, "'save sales' of 'August' is struck");
  EXPECT_EQ(found.plans[0].plan, "a2=error:53100") << "the shortest of two";
  EXPECT_EQ(found.plans[0].plans, 2);
  EXPECT_EQ(found.plans[0].likeness, "the same damage");
  EXPECT_TRUE(found.plans[0].after_retries);
  EXPECT_EQ(found.plans[0].replay, "splitproof run sums --plan 'a2=error:53100'");
}

TEST_F(Lookup, RulesOutWhatLeavesOtherDamage) {
  const Explanation found = explained({incident_of({{"07", "p", "90", {}}})});
  EXPECT_THAT(ruled_out(found), ElementsAre("drop", "lost update (P4)", "throw"));
  EXPECT_THAT(found.kinds,
              Contains(Field(&KindOfFault::because,
                             "in the tables of other cases it leaves whole rows with other "
                             "values")));
}

TEST_F(Lookup, KnowsTheVerySameRows) {
  const Explanation found =
      explained({incident_of({{"08", "x", "10", {}}, {"08", "y", "20", {}}})});
  ASSERT_FALSE(found.plans.empty());
  EXPECT_EQ(found.plans[0].likeness, "the very same rows");
}

TEST_F(Lookup, TellsPartOfTheRowsFromAllOfThem) {
  add_run("sums", "a3=drop", "one", "one", "save sales of y");
  const Explanation found =
      explained({incident_of({{"08", "x", "10", "1"}, {"08", "y", "20", {}}})});
  ASSERT_EQ(found.plans.size(), 2U);
  EXPECT_EQ(found.plans[0].plan, "a3=drop");
  EXPECT_EQ(found.plans[1].likeness, "the same damage, in a part of the rows");
}

TEST_F(Lookup, FindsAWrongValueByItsKey) {
  const Explanation found =
      explained({{"bad.csv", "counters", {"name", "value"}, {{"visits", "105"}}}});
  EXPECT_THAT(found.incident, ElementsAre("counters: 1 of 1 rows have another value"));
  ASSERT_EQ(found.plans.size(), 1U);
  EXPECT_EQ(found.plans[0].plan, "order=a1b1a");
  EXPECT_THAT(found.plans[0].kinds, ElementsAre("lost update (P4)"));
}

TEST_F(Lookup, NamesNoPlanWhereNoneLeavesTheSame) {
  const Explanation found = explained({incident_of({{"07", "p", {}, {}}})});
  EXPECT_THAT(found.plans, IsEmpty());
}

TEST_F(Lookup, CountsRunsWhoseRowsAreNotWrittenDown) {
  add_run("sums", "a4=drop", "unknown", "unknown", "save");
  EXPECT_EQ(explained({incident_of({{"07", "p", "9", {}}})}).unknown, 1);
}

TEST_F(Lookup, RefusesRowsOfNoTableAndRowsWithoutDamage) {
  const auto cases = recorded_cases(run_, ledger_, evidence_);
  const auto of_no_table = explain({{"bad.csv", "", {"hotel"}, {{"x"}}}}, cases);
  ASSERT_FALSE(of_no_table.ok());
  EXPECT_THAT(of_no_table.error(), HasSubstr("bad.csv (hotel)"));
  const auto whole = explain({incident_of({{"07", "p", "9", "1"}})}, cases);
  ASSERT_FALSE(whole.ok());
  EXPECT_THAT(whole.error(), HasSubstr("show no damage"));
}

TEST(IncidentRows, AreReadFromAFileWithAHeader) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) /
                                     ("incident-" + std::to_string(::getpid()) + ".csv");
  std::ofstream(file) << "month,client,spend,sales\n08,\"x, y\",,1\n";
  const auto read = read_incident(file.string(), "sums");
  ASSERT_TRUE(read.ok()) << read.error();
  EXPECT_THAT(read.value().rows, ElementsAre(std::vector<Cell>{"08", "x, y", std::nullopt, "1"}));
  std::ofstream(file) << "month,client\n08\n";
  EXPECT_EQ(read_incident(file.string(), "").error(),
            file.string() + ":2:1: found 1 fields; expected 2 as in the header");
  std::ofstream(file) << "month,client\n";
  EXPECT_THAT(read_incident(file.string(), "").error(), HasSubstr("found no rows"));
  std::filesystem::remove(file);
  EXPECT_THAT(read_incident(file.string(), "").error(), HasSubstr("cannot be opened"));
}

}  // namespace
}  // namespace splitproof::harness
