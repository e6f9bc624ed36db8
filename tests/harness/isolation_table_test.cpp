// The file of the isolation table: what it says, how its words reach the command line, and what is
// refused, with the place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "harness/isolation/table_file.h"
#include "harness/run/selection.h"
#include "tests/support/paths.h"

namespace splitproof::harness {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string scenarios_of_tree = tests::in_tree("scenarios");
const std::string shipped_table = scenarios_of_tree + "/isolation/isolation-table.yaml";

const std::string small_table =
    "isolation-table: Small\n"                                                          // 1
    "data: [CREATE TABLE t (v INTEGER)]\n"                                              // 2
    "sources: [{name: book, says: The book says so.}]\n"                                // 3
    "columns:\n"                                                                        // 4
    "  - {name: none, title: None, target: sqlite,\n"                                   // 5
    "     documented: {says: happens, source: book}}\n"                                 // 6
    "  - {name: some, title: Some, target: sqlite, mode: wal, begin: BEGIN}\n"          // 7
    "anomalies:\n"                                                                      // 8
    "  - anomaly: lost\n"                                                               // 9
    "    abbreviation: P4\n"                                                            // 10
    "    title: lost\n"                                                                 // 11
    "    definition: It is lost.\n"                                                     // 12
    "    sessions:\n"                                                                   // 13
    "      - {session: a, steps: [/* read */ SELECT v FROM t]}\n"                       // 14
    "      - {session: b, steps: [DELETE FROM t], ends: ROLLBACK, undo: [SELECT 1]}\n"  // 15
    "    occurs:\n"                                                                     // 16
    "      - {told: {b: aborted}, answers: {'a: read': nothing}}\n"                     // 17
    "    documented:\n"                                                                 // 18
    "      - {target: sqlite, column: some, says: ruled-out, source: book}\n";          // 19

std::string with(const std::string& from, const std::string& to) {
  std::string text = small_table;
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error(from + " is not in the table");
  return text.replace(at, from.size(), to);
}

std::string refusal_of_table(const std::string& text) {
  const auto read = read_isolation_text(text, "t.yaml");
  return read.ok() ? "accepted" : to_string(read.error());
}

TEST(IsolationTableFile, SaysWhatTheSessionsDoAndWhenTheAnomalyOccurs) {
  const auto read = read_isolation_text(small_table, "t.yaml");
  ASSERT_TRUE(read.ok()) << to_string(read.error());
  ASSERT_THAT(read.value(), SizeIs(1));
  const Scenario& scenario = read.value().front();
  EXPECT_EQ(scenario.name, "isolation-lost");
  EXPECT_EQ(scenario.title, "P4: lost");
  ASSERT_THAT(scenario.variants, SizeIs(2));
  EXPECT_EQ(scenario.variants[0].role, Role::control);
  EXPECT_EQ(scenario.variants[0].expect.at("sqlite").observed, Expectation::violated);
  EXPECT_EQ(scenario.variants[1].role, Role::subject);
  EXPECT_EQ(scenario.variants[1].expect.at("sqlite").observed, Expectation::holds);
  const AnomalyProgram& anomaly = *scenario.anomaly;
  ASSERT_THAT(anomaly.sessions, SizeIs(2));
  EXPECT_EQ(anomaly.sessions[0].steps.at(0).sql, "/* read */ SELECT v FROM t");
  EXPECT_EQ(anomaly.sessions[0].steps.at(0).place.line, 14);
  EXPECT_TRUE(anomaly.sessions[0].commits);
  EXPECT_FALSE(anomaly.sessions[1].commits);
  const IsolationColumn& some = anomaly.columns.at({"sqlite", "some"});
  EXPECT_EQ(some.mode, SqliteSharing::write_ahead_log);
  EXPECT_EQ(some.begin.sql, "BEGIN");
  EXPECT_EQ(anomaly.documented.at({"sqlite", "some"}).source, "The book says so.");
  ASSERT_THAT(anomaly.occurs, SizeIs(1));
  const StepPlace read_step{'a', 0};
  EXPECT_THAT(anomaly.occurs[0].answers.at(read_step), ElementsAre("nothing"));
}

struct RefusedTable {
  std::string name;
  std::string from;
  std::string to;
  std::string place_and_beginning;
};

class RefusedTables : public testing::TestWithParam<RefusedTable> {};

TEST_P(RefusedTables, NamesPlaceFoundAndExpected) {
  const std::string refusal = refusal_of_table(with(GetParam().from, GetParam().to));
  EXPECT_TRUE(refusal.starts_with("t.yaml:" + GetParam().place_and_beginning)) << refusal;
  EXPECT_THAT(refusal, HasSubstr("xpected"));
}

INSTANTIATE_TEST_SUITE_P(
    Isolation, RefusedTables,
    testing::Values(
        RefusedTable{"UnknownKey", "data: [", "date: [", "2:1: found the unknown key 'date'"},
        RefusedTable{"NoData", "data: [CREATE TABLE t (v INTEGER)]\n", "",
                     "1:1: found no 'data' in the isolation table"},
        RefusedTable{"Target", "target: sqlite,\n", "target: oracle,\n",
                     "5:39: found 'oracle' as 'target'"},
        RefusedTable{"Mode", "mode: wal", "mode: wall", "7:53: found 'wall' as 'mode'"},
        RefusedTable{"ModeOfPostgres", "target: sqlite, mode", "target: postgres, mode",
                     "7:55: found a 'mode' in a column of postgres"},
        RefusedTable{"Begin", "begin: BEGIN", "begin: COMMIT", "7:65: found 'COMMIT' as 'begin'"},
        RefusedTable{"ColumnTwice", "name: some", "name: none",
                     "7:12: found the column 'none' of sqlite a second time"},
        RefusedTable{"Source", "says: happens, source: book", "says: happens, source: boot",
                     "6:42: found 'boot' as 'source'"},
        RefusedTable{"Says", "says: happens,", "says: often,", "6:25: found 'often' as 'says'"},
        RefusedTable{"Letter", "session: b", "session: c", "15:19: found 'c' as 'session'"},
        RefusedTable{"OneSession",
                     "      - {session: b, steps: [DELETE FROM t], ends: ROLLBACK, undo: [SELECT "
                     "1]}\n",
                     "", "14:7: found a list of 1 as 'sessions'"},
        RefusedTable{"TransactionInSteps", "DELETE FROM t]", "DELETE FROM t, COMMIT]",
                     "15:45: found 'COMMIT'"},
        RefusedTable{"NoUndo", ", undo: [SELECT 1]", "",
                     "15:9: found no 'undo' in a session that ends by ROLLBACK"},
        RefusedTable{"UndoOfACommit", "ends: ROLLBACK", "ends: COMMIT",
                     "15:66: found 'undo' in a session that ends by COMMIT"},
        RefusedTable{"Step", "'a: read'", "'b: read'", "17:40: found 'b: read'"},
        RefusedTable{"Outcome", "b: aborted", "b: gone", "17:20: found 'gone'"},
        RefusedTable{"ToldNobody", "told: {b:", "told: {d:", "17:17: found 'd'"},
        RefusedTable{"NoCondition", ", answers: {'a: read': nothing}", "",
                     "17:9: found neither 'answers' nor 'finally'"},
        RefusedTable{"FinallyWithoutQuery", "answers: {'a: read': nothing}", "finally: nothing",
                     "17:39: found 'finally' without a query"},
        RefusedTable{"Column", "column: some", "column: any",
                     "19:9: found the column 'any' of 'sqlite'"},
        RefusedTable{"NothingDocumented",
                     "    documented:\n      - {target: sqlite, column: some, says: ruled-out, "
                     "source: book}\n",
                     "", "9:5: found nothing documented of the column 'some'"},
        RefusedTable{"NoWitness", "says: happens", "says: possible",
                     "9:5: found no column of sqlite in which P4 is said to happen"}),
    [](const auto& refused) { return refused.param.name; });

TEST(IsolationTableFile, RefusesAnAnomalyTwice) {
  const std::size_t begin = small_table.find("  - anomaly");
  EXPECT_EQ(refusal_of_table(small_table + small_table.substr(begin)),
            "t.yaml:20:5: found the anomaly 'isolation-lost' a second time; expected another name");
}

TEST(IsolationTableFile, ShipsTenAnomaliesInTenColumns) {
  const auto read = read_isolation_table(shipped_table);
  ASSERT_TRUE(read.ok()) << to_string(read.error());
  std::vector<std::string> names;
  for (const Scenario& scenario : read.value()) {
    names.push_back(scenario.anomaly->name);
    EXPECT_THAT(scenario.variants, SizeIs(10)) << scenario.name;
  }
  EXPECT_THAT(names, ElementsAre("G0", "G1a", "G1b", "G1c", "OTV", "PMP", "P4", "G-single",
                                 "G2-item", "G2"));
}

TEST(IsolationTableFile, RefusesAFileThatIsTooLongToBeMeant) {
  const std::string path = testing::TempDir() + "/splitproof-long-table.yaml";
  std::ofstream(path) << small_table << std::string(128 * 1024, '#');
  EXPECT_TRUE(is_isolation_table(path));
  const auto read = read_isolation_table(path);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(to_string(read.error()),
            path + ":1:1: found more than 128 KiB; expected an isolation table");
  std::remove(path.c_str());
}

TEST(IsolationTableFile, IsExplainedByAnExampleThatIsAccepted) {
  std::ifstream in(scenarios_of_tree + "/README.md");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::size_t begin = text.find("isolation-table: What");
  ASSERT_NE(begin, std::string::npos);
  EXPECT_EQ(refusal_of_table(text.substr(begin, text.find("```", begin) - begin)), "accepted");
}

std::vector<std::string> cases_of(const std::vector<std::string>& words,
                                  const std::vector<std::string>& targets,
                                  const std::string& variant = "") {
  const auto selection = select_cases({words, variant, targets}, scenarios_of_tree);
  if (!selection.ok()) return {selection.error().message};
  std::vector<std::string> names;
  for (const Case& one : selection.value().cases) {
    names.push_back(one.argument + " " + one.variant->name + " " + one.target);
  }
  return names;
}

TEST(IsolationSelection, TakesTheColumnsOfTheTarget) {
  EXPECT_THAT(cases_of({"isolation-table"}, {"sqlite"}), SizeIs(60));
  EXPECT_THAT(cases_of({"isolation-table"}, {"sqlite", "postgres"}), SizeIs(100));
  EXPECT_THAT(
      cases_of({"isolation-p4"}, {"postgres"}),
      ElementsAre("isolation-p4 autocommit postgres", "isolation-p4 read-committed postgres",
                  "isolation-p4 repeatable-read postgres", "isolation-p4 serializable postgres"));
  EXPECT_THAT(cases_of({shipped_table + "#isolation-g0"}, {"sqlite"}, "wal-deferred"),
              ElementsAre(shipped_table + "#isolation-g0 wal-deferred sqlite"));
}

TEST(IsolationSelection, RefusesWhatIsNotThere) {
  EXPECT_THAT(cases_of({"isolation-p5"}, {"sqlite"}).at(0),
              AllOf(HasSubstr("there is no anomaly 'isolation-p5'"), HasSubstr("isolation-p4")));
  EXPECT_THAT(cases_of({scenarios_of_tree + "/lost-update.yaml#isolation-g0"}, {"sqlite"}).at(0),
              HasSubstr("expected it only behind an isolation table"));
  EXPECT_THAT(cases_of({"isolation-g0"}, {"sqlite"}, "wal-defered").at(0),
              AllOf(HasSubstr("did you mean 'wal-deferred'?"),
                    Not(HasSubstr("autocommit, rollback-deferred, rollback-immediate, "
                                  "wal-deferred, wal-immediate, shared-uncommitted, autocommit"))));
}

TEST(IsolationSelection, IsListedAndNotRunByItself) {
  EXPECT_THAT(listed_cases(), testing::Contains("isolation-table"));
  EXPECT_THAT(documented_cases(), Not(testing::Contains("isolation-table")));
  const auto selection = select_cases({{"isolation-table"}, "", {"sqlite"}}, scenarios_of_tree);
  ASSERT_TRUE(selection.ok());
  const std::string text = listing(selection.value());
  EXPECT_THAT(text, HasSubstr("isolation-table: Which anomalies occur"));
  EXPECT_THAT(text, HasSubstr("isolation-g1a"));
  EXPECT_THAT(text, HasSubstr("read-committed, repeatable-read, serializable\n"));
}

}  // namespace
}  // namespace splitproof::harness
