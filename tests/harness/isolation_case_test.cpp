// Cells of the isolation table, run: what occurs where, that no order is lost by running one of
// each class, and that wrong expectations, wrong conditions and weaker modes are found out.
#include "harness/isolation/isolation_case.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "harness/isolation/table_file.h"
#include "harness/run/campaign.h"
#include "tests/harness/experiments.h"
#include "tests/harness/server.h"
#include "tests/support/paths.h"

namespace splitproof::harness {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string text_of_table() {
  std::ifstream in(tests::in_tree("scenarios/isolation/isolation-table.yaml"));
  return {std::istreambuf_iterator<char>(in), {}};
}

// The table's text with a part replaced; an exception, which fails the test, where it has none.
std::string changed_table(const std::string& from, const std::string& to) {
  std::string text = text_of_table();
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error(from + " is not in the table");
  return text.replace(at, from.size(), to);
}

class Table {
 public:
  explicit Table(const std::string& text = text_of_table()) {
    auto read = read_isolation_text(text, "table.yaml");
    if (!read.ok()) throw std::runtime_error(to_string(read.error()));
    scenarios_ = std::move(read).value();
  }

  const std::vector<Scenario>& scenarios() const { return scenarios_; }

  Case cell(const std::string& anomaly, const std::string& column,
            const std::string& target = "sqlite") const {
    for (const Scenario& scenario : scenarios_) {
      if (scenario.name != "isolation-" + anomaly) continue;
      for (const Variant& variant : scenario.variants) {
        if (variant.name != column || !variant.expect.contains(target)) continue;
        return {&scenario, &variant, target, target, scenario.name};
      }
    }
    throw std::runtime_error("no cell " + anomaly + " " + column);
  }

 private:
  std::vector<Scenario> scenarios_;
};

CaseOptions by(StrategyName strategy) {
  CaseOptions options;
  options.exploration.strategy = strategy;
  return options;
}

CaseOutcome outcome_on(const Case& subject, const CaseOptions& options) {
  if (subject.target == "postgres") {
    return run_isolation_case(subject, *postgres_world(), options);
  }
  Worlds worlds(shared_guardian());
  auto world = make_world(subject, worlds);
  if (!world.ok()) throw std::runtime_error(world.error().message);
  return run_isolation_case(subject, *world.value(), options);
}

CaseVerdict verdict_of(const Case& subject, const CaseOptions& options = {}) {
  return outcome_on(subject, options).verdict;
}

std::vector<std::string> columns_with(const Table& table, const std::string& anomaly) {
  std::vector<std::string> columns;
  for (const char* const column : {"rollback-deferred", "rollback-immediate", "wal-deferred",
                                   "wal-immediate", "shared-uncommitted"}) {
    const CaseVerdict verdict = verdict_of(table.cell(anomaly, column));
    EXPECT_EQ(verdict.result, CaseResult::pass) << verdict.scenario << ' ' << column;
    EXPECT_TRUE(verdict.schedules->complete) << verdict.scenario << ' ' << column;
    if (verdict.observed == "violated") columns.emplace_back(column);
  }
  return columns;
}

TEST(IsolationOnSqlite, IsBrokenByUncommittedReadsAlone) {
  const Table table;
  for (const char* const anomaly : {"g0", "g1c"}) {
    EXPECT_THAT(columns_with(table, anomaly), IsEmpty()) << anomaly;
  }
  for (const char* const anomaly :
       {"g1a", "g1b", "otv", "pmp", "p4", "g-single", "g2-item", "g2"}) {
    EXPECT_THAT(columns_with(table, anomaly), ElementsAre("shared-uncommitted")) << anomaly;
  }
}

TEST(IsolationOnSqlite, IsSeenInEveryAnomalyWithoutTransactions) {
  const Table table;
  for (const Scenario& scenario : table.scenarios()) {
    const CaseVerdict verdict = verdict_of(table.cell(scenario.name.substr(10), "autocommit"));
    EXPECT_EQ(verdict.result, CaseResult::pass) << scenario.name;
    EXPECT_EQ(verdict.observed, "violated") << scenario.name;
    ASSERT_EQ(verdict.findings.size(), 1U) << scenario.name;
    EXPECT_EQ(verdict.findings[0].anomaly, scenario.anomaly->name);
  }
}

// Whether anomalies occur, and how many orders there are, is the same where every order is run.
TEST(IsolationOnSqlite, LosesNoOrderByRunningOneOfEachClass) {
  const Table table;
  for (const Scenario& scenario : table.scenarios()) {
    for (const Variant& variant : scenario.variants) {
      if (!variant.expect.contains("sqlite")) continue;
      const Case subject = table.cell(scenario.name.substr(10), variant.name);
      const CaseVerdict reduced = verdict_of(subject);
      // Three sessions that never wait have more than ten thousand orders.
      if (reduced.schedules->of > 10'000) continue;
      const CaseVerdict all = verdict_of(subject, by(StrategyName::exhaustive));
      EXPECT_EQ(reduced.observed, all.observed) << scenario.name << ' ' << variant.name;
      EXPECT_EQ(reduced.schedules->of, all.schedules->explored)
          << scenario.name << ' ' << variant.name;
      EXPECT_LE(reduced.schedules->classes, all.schedules->explored);
      EXPECT_TRUE(all.schedules->complete);
    }
  }
}

TEST(IsolationOnPostgres, IsThatOfItsLevels) {
  const Table table;
  const auto observed = [&](const char* anomaly, const char* column) {
    const CaseVerdict verdict = verdict_of(table.cell(anomaly, column, "postgres"));
    EXPECT_EQ(verdict.result, CaseResult::pass) << anomaly << ' ' << column;
    EXPECT_TRUE(verdict.schedules->complete);
    return verdict.observed;
  };
  EXPECT_EQ(observed("g1a", "autocommit"), "violated");
  EXPECT_EQ(observed("g1a", "read-committed"), "holds");
  EXPECT_EQ(observed("p4", "read-committed"), "violated");
  EXPECT_EQ(observed("p4", "repeatable-read"), "holds");
  EXPECT_EQ(observed("g2", "repeatable-read"), "violated");
  EXPECT_EQ(observed("g2", "serializable"), "holds");
}

TEST(IsolationOnPostgres, LosesNoOrderByRunningOneOfEachClass) {
  const Table table;
  for (const char* const column : {"read-committed", "repeatable-read", "serializable"}) {
    for (const char* const anomaly : {"p4", "g2"}) {
      const Case subject = table.cell(anomaly, column, "postgres");
      const CaseVerdict reduced = verdict_of(subject);
      const CaseVerdict all = verdict_of(subject, by(StrategyName::exhaustive));
      EXPECT_EQ(reduced.observed, all.observed) << anomaly << ' ' << column;
      EXPECT_EQ(reduced.schedules->of, all.schedules->explored) << anomaly << ' ' << column;
    }
  }
}

TEST(IsolationDeviation, IsWhatIsRuledOutAndSeen) {
  const Table table(changed_table("column: shared-uncommitted, says: happens",
                                  "column: shared-uncommitted, "
                                  "says: ruled-out"));
  const CaseVerdict verdict = verdict_of(table.cell("g1a", "shared-uncommitted"));
  EXPECT_EQ(verdict.result, CaseResult::fail);
  EXPECT_EQ(verdict.reason, "the documentation rules G1a out, and it occurs");
  ASSERT_EQ(verdict.findings.size(), 1U);
  const Finding& finding = verdict.findings[0];
  EXPECT_EQ(finding.plan, "order=a2b");
  EXPECT_EQ(finding.replay,
            "splitproof run isolation-g1a --variant shared-uncommitted --target sqlite --plan "
            "'order=a2b'");
  EXPECT_THAT(finding.because, AllOf(HasSubstr("'read x' of session b answers 101"),
                                     HasSubstr("a is told aborted")));
  EXPECT_EQ(finding.runs, verdict.isolation->occurred);
  RunVerdict run;
  run.cases = {verdict};
  EXPECT_EQ(exit_code(run, false), 1);
}

TEST(IsolationDeviation, IsWhatIsSaidToHappenAndDoesNot) {
  const Table table(changed_table("column: shared-uncommitted, says: ruled-out",
                                  "column: shared-uncommitted, "
                                  "says: happens"));
  const CaseVerdict verdict = verdict_of(table.cell("g0", "shared-uncommitted"));
  EXPECT_EQ(verdict.result, CaseResult::fail);
  EXPECT_EQ(verdict.reason, "the documentation says that G0 happens, and it occurs in no order");
  ASSERT_EQ(verdict.findings.size(), 1U);
  EXPECT_EQ(verdict.findings[0].plan, "");
  EXPECT_THAT(verdict.findings[0].because, HasSubstr("in none of the 24 orders"));
}

// A mutant of the table: the column is weaker than it says.
TEST(IsolationDeviation, IsAColumnThatIsWeakerThanItSays) {
  const Table sqlite(
      changed_table("    target: sqlite\n    begin: BEGIN DEFERRED\n", "    target: sqlite\n"));
  for (const Scenario& scenario : sqlite.scenarios()) {
    const Case subject = sqlite.cell(scenario.name.substr(10), "rollback-deferred");
    EXPECT_EQ(verdict_of(subject).result, CaseResult::fail) << scenario.name;
  }
  const Table postgres(changed_table("LEVEL SERIALIZABLE", "LEVEL REPEATABLE READ"));
  EXPECT_EQ(verdict_of(postgres.cell("g2", "serializable", "postgres")).result, CaseResult::fail);
  EXPECT_EQ(verdict_of(postgres.cell("p4", "serializable", "postgres")).result, CaseResult::pass);
}

// A condition that can never hold is found out by the column without transactions.
TEST(IsolationDeviation, IsAConditionThatNeverHolds) {
  const Table table(changed_table(R"("a: count": "0", "a: count again": "1")",
                                  R"("a: count": "0", "a: count again": "2")"));
  EXPECT_EQ(verdict_of(table.cell("pmp", "wal-deferred")).result, CaseResult::pass);
  EXPECT_EQ(verdict_of(table.cell("pmp", "autocommit")).result, CaseResult::fail);
}

TEST(IsolationCell, SaysNothingWhereNotEveryOrderWasRun) {
  const Table table;
  CaseOptions few;
  few.exploration.runs_max = 3;
  const CaseVerdict verdict = verdict_of(table.cell("p4", "rollback-deferred"), few);
  EXPECT_EQ(verdict.result, CaseResult::inconclusive);
  EXPECT_THAT(verdict.reason, HasSubstr("only 3 orders of the sessions were run"));
  CaseOptions stopped;
  stopped.stopped = [] { return true; };
  EXPECT_EQ(verdict_of(table.cell("p4", "rollback-deferred"), stopped).result,
            CaseResult::inconclusive);
  CaseOptions drawn = by(StrategyName::random);
  drawn.exploration.runs_max = 20;
  EXPECT_EQ(verdict_of(table.cell("p4", "wal-deferred"), drawn).result, CaseResult::inconclusive);
}

TEST(IsolationCell, TakesAStatementThatFailsByItselfForAMistakeOfTheTable) {
  const Table table(changed_table("UPDATE test SET value = 101", "UPDATE tset SET value = 101"));
  try {
    verdict_of(table.cell("g1a", "wal-deferred"));
    ADD_FAILURE() << "it was run";
  } catch (const UnusableInput& unusable) {
    EXPECT_THAT(unusable.what(), AllOf(HasSubstr("table.yaml:"), HasSubstr("UPDATE tset"),
                                       HasSubstr("no such table")));
  }
  const Table data(changed_table("CREATE TABLE test (", "CREATE TABLE tset ("));
  EXPECT_THROW(verdict_of(data.cell("g1a", "wal-deferred")), UnusableInput);
  const Table held(changed_table("held: SELECT value FROM test", "held: SELECT valeu FROM test"));
  EXPECT_THROW(verdict_of(held.cell("g0", "wal-deferred")), UnusableInput);
}

TEST(IsolationCell, WritesOneLineOfTheLedgerForEachRun) {
  const Table table;
  const CaseOutcome outcome = outcome_on(table.cell("p4", "shared-uncommitted"), {});
  EXPECT_EQ(std::ssize(outcome.ledger), outcome.verdict.runs);
  std::int64_t shown = 0;
  for (const LedgerEntry& entry : outcome.ledger) {
    EXPECT_EQ(entry.told.size(), 2U);
    if (entry.purpose == "order" && !entry.broken.empty()) ++shown;
  }
  EXPECT_EQ(shown, outcome.verdict.isolation->occurred);
}

TEST(IsolationCell, FollowsAPlan) {
  const Table table;
  CaseOptions one;
  one.plan = plan_of("order=a2b");
  const Case subject = table.cell("p4", "shared-uncommitted");
  const CaseVerdict lost = verdict_of(subject, one);
  EXPECT_EQ(lost.observed, "violated");
  EXPECT_EQ(lost.runs, 1);
  one.plan = plan_of("order=ab");
  EXPECT_EQ(verdict_of(subject, one).observed, "holds");
  EXPECT_THAT(unfit(plan_of("a1=drop"), *subject.scenario), HasSubstr("expected an order"));
  EXPECT_THAT(unfit(plan_of("order=acb"), *subject.scenario), HasSubstr("'c'"));
  EXPECT_EQ(unfit(plan_of("order=a2b"), *subject.scenario), "");
}

// What a session is told when waiting could not help, in each mode.
TEST(IsolationCell, IsToldOfConflictsAsTheEngineTells) {
  const Table table;
  const auto story = [&](const char* column, const char* order) {
    const Case subject = table.cell("p4", column);
    Worlds worlds(shared_guardian());
    auto world = std::move(make_world(subject, worlds)).value();
    std::ostringstream out;
    replay_isolation(subject, *world, plan_of(order), out);
    return out.str();
  };
  EXPECT_THAT(story("wal-deferred", "order=a2b"), HasSubstr("SQLITE_BUSY_SNAPSHOT"));
  EXPECT_THAT(story("wal-deferred", "order=a2b3a"), HasSubstr("SQLITE_BUSY"));
  EXPECT_THAT(story("wal-immediate", "order=a1b"), HasSubstr("waits for a, goes on -> ok"));
  EXPECT_THAT(story("rollback-deferred", "order=a3b3a"), HasSubstr("SQLITE_BUSY"));
  EXPECT_THAT(story("shared-uncommitted", "order=a3b"), HasSubstr("waits for a, goes on -> ok"));
}

}  // namespace
}  // namespace splitproof::harness
