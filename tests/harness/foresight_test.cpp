// Predict, then show: from a clean run to the order of its sweep, the findings, and the predictions
// that they confirm; with what became of transactions on the way.
#include "harness/run/foresight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/run/judge.h"
#include "tests/harness/experiments.h"

namespace splitproof::harness {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

const Texts two_tables{"CREATE TABLE orders (id INTEGER PRIMARY KEY)",
                       "CREATE TABLE items (id INTEGER PRIMARY KEY)",
                       "INSERT INTO items VALUES (7)"};
const Texts save_both{"SELECT count(*) FROM orders", "INSERT INTO orders VALUES (1)",
                      "INSERT INTO items VALUES (1)"};

class Foreseeing : public testing::Test {
 protected:
  // Predicts, sweeps the fault, and judges.
  void run(const OperationFactory& operation, const std::string& fault) {
    Scenario scenario = scenario_of(two_tables);
    Variant variant;
    variant.name = "alone";
    variant.expect["sqlite"] = Expected();
    const Case subject{&scenario, &variant, "sqlite", "sqlite", "small"};
    const CaseOptions options;
    Judge judge(subject, options, outcome_);
    SqliteWorld world;
    Experiment experiment(world, scenario, {operation});
    Prepared prepared = prepare(experiment, 1, [](const RunRecord&, const char*) {});
    outcome_.verdict.predictions = foresee(prepared.clean, world.dialect());
    const Bench bench{&experiment, &prepared};
    SweepOptions sweeping;
    sweeping.faults = {fault_of(fault)};
    sweeping.modes = {false};
    for (const SweepAccount& account :
         sweep(experiment, base_of(prepared.clean), sweeping, [&](RunRecord run) {
           plans_.push_back(to_string(run.plan));
           if (!run.fired.empty()) run.history.told.front().transactions = {ambiguous_};
           judge.note(bench, run, "sweep");
         })) {
      EXPECT_TRUE(account.closed);
    }
    judge.write_findings();
    EXPECT_THAT(judge.unstable(), IsEmpty());
  }

  CaseOutcome outcome_;
  Texts plans_;
  TransactionTold ambiguous_{1, {"save"}, sim::Outcome::indeterminate, true, "asked"};
};

TEST_F(Foreseeing, StrikesFirstWhereItIsDangerousAndConfirmsIt) {
  run(each_alone(save_both), "drop");
  EXPECT_THAT(plans_, ElementsAre("a2=drop", "a3=drop", "a1=drop", "a4=drop"));
  EXPECT_THAT(outcome_.verdict.predictions,
              ElementsAre(AllOf(Field(&Prediction::kind, "writes-apart"),
                                Field(&Prediction::confirmed, true),
                                Field(&Prediction::finding, "small.alone.sqlite.1"))));
  EXPECT_EQ(outcome_.verdict.findings.front().plan, "a3=drop");
}

TEST_F(Foreseeing, LeavesUnconfirmedWhatTheFaultsDoNotShow) {
  const OperationFactory counts =
      each_alone({"INSERT OR IGNORE INTO orders VALUES (1)", "UPDATE items SET id = id + 1"});
  const auto confirmed = [&](const std::string& fault) {
    outcome_ = {};
    run(counts, fault);
    Texts kinds;
    for (const Prediction& one : outcome_.verdict.predictions) {
      kinds.push_back((one.confirmed ? "confirmed " : "not confirmed ") + one.kind);
    }
    return kinds;
  };
  EXPECT_THAT(confirmed("error:SQLITE_FULL"),
              ElementsAre("confirmed writes-apart", "not confirmed doubling-retry"));
  EXPECT_THAT(confirmed("lose-reply"),
              ElementsAre("confirmed writes-apart", "confirmed doubling-retry"));
}

TEST_F(Foreseeing, IsSilentAboutOneTransaction) {
  run(in_one_transaction(save_both), "drop");
  EXPECT_THAT(outcome_.verdict.predictions, IsEmpty());
  EXPECT_THAT(outcome_.verdict.findings, IsEmpty());
  EXPECT_EQ(plans_.front(), "a1=drop");
}

TEST_F(Foreseeing, KeepsTheAmbiguityLedgerOfTheSweep) {
  run(each_alone(save_both), "drop");
  EXPECT_THAT(outcome_.verdict.ambiguities,
              ElementsAre(Ambiguity{"a2=drop", "save", "indeterminate", "committed", "asked", 3}));
  std::size_t with_transactions = 0;
  for (const LedgerEntry& entry : outcome_.ledger) {
    if (entry.purpose == "sweep" && !entry.transactions.empty()) ++with_transactions;
  }
  EXPECT_EQ(with_transactions, 3U);
}

TEST(Foresee, IsSilentAboutOperationsOnFiles) {
  CleanRun clean;
  for (const char* text :
       {"truncate shop.db-journal", "INSERT INTO a VALUES (1)", "INSERT INTO b VALUES (1)"}) {
    Event event;
    event.statement = static_cast<int>(clean.record.history.events.size()) + 1;
    event.connection = 1;
    event.text = text;
    event.answer = "ok";
    clean.record.history.events.push_back(event);
  }
  clean.record.points.resize(3);
  EXPECT_EQ(foresee(clean, sim::Dialect::sqlite).size(), 2U);
  clean.record.points[1].place = PointKind::disk;
  EXPECT_THAT(foresee(clean, sim::Dialect::sqlite), IsEmpty());
}

}  // namespace
}  // namespace splitproof::harness
