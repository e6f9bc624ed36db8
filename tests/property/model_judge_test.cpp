// The judge is silent where the service does what it says, and objects to the smallest lie.
#include "harness/property/model_judge.h"

#include <gmock/gmock.h>

#include "harness/property/property_bench.h"
#include "tests/property/cases.h"

namespace splitproof::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Runs commands of the service, and lets a test falsify what came of them.
class ModelJudgeTest : public ::testing::Test {
 protected:
  ModelJudgeTest()
      : documented_("random-operations", "transactional"),
        bench_(documented_.subject(), world_, scenarios::find_operation, 1) {}

  RunRecord run(const std::vector<std::string>& words, const std::string& strikes = "clean") {
    bench_.use(commands(words));
    return bench_.run(plan_of(strikes));
  }

  std::string objection(const RunRecord& record) {
    const auto found =
        disagreement(bench_.judged(record), bench_.initial(), bench_.experiment().comparison());
    return found ? found->because : "";
  }

  SqliteWorld world_;
  DocumentedCase documented_;
  PropertyBench bench_;
};

TEST_F(ModelJudgeTest, IsSilentAboutEveryCommandOfTheService) {
  EXPECT_THAT(
      objection(run({"open(C,1.00)", "post(r1,C,2.00)", "transfer(r2,C,A,1.50)", "add(visits,3)",
                     "collect(2025-08-31,2)", "aggregate(2025-08,2025-09-01)",
                     "refresh(2025-09-01)", "retention(2025-12-15)"})),
      IsEmpty());
}

TEST_F(ModelJudgeTest, IsSilentAboutWhatIsRightlyRefused) {
  const RunRecord record =
      run({"post(r1,C,2.00)", "transfer(r2,A,B,1.00)", "transfer(r2,A,B,1.01)",
           "transfer(r3,A,A,1.00)", "transfer(r4,A,B,0.00)", "aggregate(2025-09,2025-09-30)"});
  EXPECT_THAT(objection(record), IsEmpty());
  EXPECT_EQ(record.first[0].outcome, sim::Outcome::aborted);
  EXPECT_EQ(record.first[1].outcome, sim::Outcome::committed);
  EXPECT_EQ(record.first[5].outcome, sim::Outcome::aborted);
}

TEST_F(ModelJudgeTest, IsSilentAboutALostCommitWhicheverWayItEnded) {
  // On SQLite nothing but a booked reference tells; a counter is added to again by the retry.
  EXPECT_THAT(objection(run({"add(visits,3)"}, "a3=lose-reply")), IsEmpty());
  EXPECT_THAT(objection(run({"add(visits,3)"}, "a3=drop")), IsEmpty());
  EXPECT_THAT(objection(run({"transfer(r1,A,B,1.00)"}, "a5=lose-reply")), IsEmpty());
  EXPECT_THAT(objection(run({"transfer(r1,A,B,1.00)"}, "a5+=lose-reply retry a2=throw")),
              IsEmpty());
}

TEST_F(ModelJudgeTest, ObjectsToACommitThatWasToldAborted) {
  RunRecord record = run({"add(visits,3)"});
  for (Told* told : {&record.first[0], &record.history.told[0]}) {
    told->outcome = sim::Outcome::aborted;
  }
  EXPECT_THAT(objection(record), HasSubstr("aborted although nothing struck"));
  record.history.events.front().struck = "drop";
  EXPECT_THAT(objection(record), HasSubstr("something else than the model: 1 rows differ, in "
                                           "counters"));
}

TEST_F(ModelJudgeTest, ObjectsToARollbackThatWasToldCommitted) {
  RunRecord record = run({"add(visits,3)"}, "a2+=throw");
  EXPECT_THAT(objection(record), IsEmpty());
  record.history.told[0].outcome = sim::Outcome::committed;
  EXPECT_THAT(objection(record), HasSubstr("1 rows differ, in counters"));
}

TEST_F(ModelJudgeTest, ObjectsToARefusalThatWasToldCommitted) {
  RunRecord record = run({"post(r1,C,2.00)"});
  record.history.told[0].outcome = sim::Outcome::committed;
  EXPECT_THAT(objection(record), HasSubstr("it must be refused: there is no account C"));
}

TEST_F(ModelJudgeTest, ObjectsToARefusalOfAnotherKind) {
  const RunRecord record = run({"post(r1,C,2.00)"});
  const std::vector<std::optional<sim::ErrorKind>> kinds(3, sim::ErrorKind::conflict);
  const auto found = disagreement({record, bench_.commands(), kinds}, bench_.initial(),
                                  bench_.experiment().comparison());
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(found->because, HasSubstr("kind conflict instead of invalid"));
}

TEST_F(ModelJudgeTest, ObjectsToDoubtWhereNothingStruck) {
  RunRecord record = run({"add(visits,3)"});
  record.history.told[0].outcome = sim::Outcome::indeterminate;
  EXPECT_THAT(objection(record), HasSubstr("indeterminate although nothing struck"));
}

TEST_F(ModelJudgeTest, ObjectsToATransactionThatIsLeftOpen) {
  RunRecord record = run({"add(visits,3)"});
  record.history.told[0].left_open = {"connection 1: a transaction is open"};
  EXPECT_THAT(objection(record), HasSubstr("left behind: connection 1: a transaction is open"));
}

TEST_F(ModelJudgeTest, ObjectsToAnyChangedCell) {
  const RunRecord good = run({"collect(2025-08-31,1)", "aggregate(2025-08,2025-09-01)",
                              "transfer(r1,A,B,1.00)", "add(visits,3)", "refresh(2025-09-01)"});
  ASSERT_THAT(objection(good), IsEmpty());
  int cells = 0;
  for (const auto& [name, table] : good.finally->state) {
    ASSERT_FALSE(table->rows.empty()) << name;
    for (std::size_t column = 0; column < table->columns.size(); ++column) {
      if (name == "collection_log" && table->columns[column] != "day" &&
          table->columns[column] != "rows_collected") {
        continue;
      }
      Table changed = *table;
      changed.rows.back()[column] = std::string("changed");
      Observation observation = *good.finally;
      observation.state[name] = std::make_shared<const Table>(std::move(changed));
      RunRecord record = good;
      record.finally = std::make_shared<const Observation>(std::move(observation));
      EXPECT_THAT(objection(record), HasSubstr("in " + name)) << table->columns[column];
      ++cells;
    }
  }
  EXPECT_GT(cells, 50);
}

TEST_F(ModelJudgeTest, ObjectsToARowThatIsLost) {
  RunRecord record = run({"add(visits,3)"});
  Observation observation = *record.finally;
  observation.state["accounts"] =
      std::make_shared<const Table>(Table{{"name", "balance_minor"}, {}});
  record.finally = std::make_shared<const Observation>(std::move(observation));
  EXPECT_THAT(objection(record), HasSubstr("2 rows differ, in accounts"));
}

}  // namespace
}  // namespace splitproof::harness
