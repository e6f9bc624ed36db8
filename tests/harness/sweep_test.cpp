// The counted sweep: closed on a stable experiment, and open with the reason on one that is not.
#include "harness/run/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "harness/run/expectation.h"
#include "tests/harness/experiments.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Texts table_of_records{"CREATE TABLE records (id INTEGER PRIMARY KEY, v TEXT)"};

std::string insert(int id) {
  return "/* save " + std::to_string(id) + " */ INSERT INTO records (id) VALUES (" +
         std::to_string(id) + ")";
}

// An operation whose statements depend on how many attempts there were before, in all runs: what a
// program with hidden memory does. `statements(n)` gives those of the n-th attempt, from 1.
OperationFactory by_attempt(std::function<Texts(int)> statements) {
  const auto attempts = std::make_shared<int>(0);
  return [=] {
    return [=](sim::Client& client) { return send_each(client, statements(++*attempts)); };
  };
}

class Sweeping : public testing::Test {
 protected:
  // Runs the clean run, then the sweep.
  std::vector<SweepAccount> sweep_of(const OperationFactory& operation, const Texts& faults) {
    scenario_ = scenario_of(table_of_records);
    scenario_.retry_attempts = 0;
    experiment_ = std::make_unique<Experiment>(world_, scenario_, std::vector{operation});
    CleanRun clean;
    clean.record = experiment_->run({}, {});
    for (const std::size_t at : order_) clean.order.push_back(clean.record.points[at]);
    SweepOptions options;
    for (const std::string& fault : faults) options.faults.push_back(fault_of(fault));
    options.stopped = stopped_;
    return sweep(*experiment_, base_of(clean), options,
                 [&](const RunRecord& run) { plans_.push_back(to_string(run.plan)); });
  }

  SqliteWorld world_;
  Scenario scenario_;
  std::unique_ptr<Experiment> experiment_;
  std::function<bool()> stopped_;
  std::vector<std::size_t> order_;  // Of the clean run's points; empty: their own.
  Texts plans_;
};

TEST_F(Sweeping, StrikesEveryPointOnceAndFromThereOnAndCloses) {
  const std::vector<SweepAccount> accounts = sweep_of(each_alone({insert(1), insert(2)}), {"drop"});
  ASSERT_THAT(accounts, SizeIs(2));
  for (const SweepAccount& account : accounts) {
    EXPECT_EQ(account.fault, "drop");
    EXPECT_EQ(account.phase, "operation");
    EXPECT_EQ(account.planned, 2);
    EXPECT_EQ(account.fired, 2);
    EXPECT_TRUE(account.closed);
    EXPECT_EQ(account.open_because, "");
  }
  EXPECT_EQ(accounts[0].mode, "once");
  EXPECT_EQ(accounts[1].mode, "from-there-on");
  EXPECT_THAT(plans_,
              ElementsAre("a1=drop", "a2=drop", "a3=drop", "a1+=drop", "a2+=drop", "a3+=drop"));
}

TEST_F(Sweeping, StrikesInTheOrderThatIsAskedForAndClosesBehindTheLastPoint) {
  order_ = {2, 0, 1};
  const std::vector<SweepAccount> accounts =
      sweep_of(each_alone({insert(1), insert(2), insert(3)}), {"drop"});
  EXPECT_THAT(plans_, ElementsAre("a3=drop", "a1=drop", "a2=drop", "a4=drop", "a3+=drop",
                                  "a1+=drop", "a2+=drop", "a4+=drop"));
  for (const SweepAccount& account : accounts) EXPECT_TRUE(account.closed);
}

TEST_F(Sweeping, PlansNothingWhereTheFaultCannotOccur) {
  const std::vector<SweepAccount> accounts =
      sweep_of(each_alone({insert(1), "SELECT count(*) FROM records"}),
               {"error:SQLITE_FULL", "error:SQLITE_IOERR_READ", "error:SQLITE_FULL+rollback"});
  ASSERT_THAT(accounts, SizeIs(4)) << "outside a transaction there is nothing to roll back";
  EXPECT_EQ(accounts[0].planned, 1);
  EXPECT_EQ(accounts[3].fault, "error:SQLITE_IOERR_READ");
  EXPECT_THAT(plans_, ElementsAre("a1=error:SQLITE_FULL", "a3=error:SQLITE_FULL",
                                  "a1+=error:SQLITE_FULL", "a3+=error:SQLITE_FULL",
                                  "a2=error:SQLITE_IOERR_READ", "a3=error:SQLITE_IOERR_READ",
                                  "a2+=error:SQLITE_IOERR_READ", "a3+=error:SQLITE_IOERR_READ"));
}

TEST_F(Sweeping, IsOpenWhereARunLeavesTheCleanOneBeforeItsFault) {
  const std::vector<SweepAccount> accounts =
      sweep_of(by_attempt([](int n) {
                 return Texts{n == 3 ? "SELECT 3" : "SELECT 1", insert(1)};
               }),
               {"drop"});
  EXPECT_FALSE(accounts[0].closed);
  EXPECT_EQ(accounts[0].open_because,
            "the run 'a2=drop' differs from 'clean' at statement 1 ('SELECT 3': ok, 1 rows; "
            "there 'SELECT 1': ok, 1 rows)");
  EXPECT_EQ(accounts[0].planned, accounts[0].fired);
  EXPECT_TRUE(accounts[1].closed);
}

TEST_F(Sweeping, IsOpenWhereAPlannedFaultDoesNotFire) {
  const std::vector<SweepAccount> accounts =
      sweep_of(by_attempt([](int n) {
                 return n == 3 ? Texts{insert(1)} : Texts{insert(1), insert(2)};
               }),
               {"drop"});
  EXPECT_FALSE(accounts[0].closed);
  EXPECT_EQ(accounts[0].open_because, "the fault planned in 'a2=drop' did not fire");
  EXPECT_EQ(accounts[0].planned, 2);
  EXPECT_EQ(accounts[0].fired, 1);
}

TEST_F(Sweeping, IsOpenWhereTheClosingRunIsShorter) {
  const std::vector<SweepAccount> accounts =
      sweep_of(by_attempt([](int n) {
                 return n == 4 ? Texts{insert(1)} : Texts{insert(1), insert(2)};
               }),
               {"drop"});
  EXPECT_EQ(accounts[0].open_because, "the closing run has 1 statements instead of 2");
  EXPECT_FALSE(accounts[0].closed);
}

TEST_F(Sweeping, IsOpenWhereTheClosingRunSaysSomethingElse) {
  const std::vector<SweepAccount> accounts =
      sweep_of(by_attempt([](int n) {
                 return Texts{insert(1), insert(n == 4 ? 3 : 2)};
               }),
               {"drop"});
  EXPECT_THAT(accounts[0].open_because,
              HasSubstr("the closing run differs from 'clean' at statement 2 ('save 3'"));
}

TEST_F(Sweeping, IsOpenWhereAFaultFiresBehindTheLastPoint) {
  const std::vector<SweepAccount> accounts = sweep_of(
      by_attempt([](int n) {
        return n == 4 ? Texts{insert(1), insert(2), insert(3)} : Texts{insert(1), insert(2)};
      }),
      {"drop"});
  EXPECT_EQ(accounts[0].open_because, "a fault fired after the last point of 'clean'");
}

TEST_F(Sweeping, KeepsTheFirstReasonAndGoesOn) {
  const std::vector<SweepAccount> accounts =
      sweep_of(by_attempt([](int n) {
                 return n == 1 ? Texts{insert(1), insert(2)} : Texts{"SELECT 7", "SELECT 8"};
               }),
               {"error:SQLITE_FULL"});
  EXPECT_EQ(accounts[0].open_because, "the fault planned in 'a1=error:SQLITE_FULL' did not fire");
  EXPECT_EQ(accounts[0].planned, 2);
  EXPECT_EQ(accounts[0].fired, 0);
  EXPECT_THAT(plans_, SizeIs(6));
}

TEST_F(Sweeping, EndsEarlyWhereItIsStoppedAndIsNotClosed) {
  int asked = 0;
  stopped_ = [&] { return ++asked > 2; };
  const std::vector<SweepAccount> accounts =
      sweep_of(each_alone({insert(1), insert(2)}), {"drop", "lose-reply"});
  ASSERT_THAT(accounts, SizeIs(1));
  EXPECT_FALSE(accounts[0].closed);
  EXPECT_EQ(accounts[0].open_because, "stopped before its end");
  EXPECT_THAT(plans_, ElementsAre("a1=drop"));
}

TEST_F(Sweeping, OfNoPointsGivesNoAccountAndAVacuousCase) {
  CaseVerdict verdict;
  verdict.sweeps = sweep_of(each_alone({}), {"drop", "throw"});
  EXPECT_THAT(verdict.sweeps, IsEmpty());
  conclude(verdict, {}, {});
  EXPECT_EQ(verdict.result, CaseResult::vacuous);
  EXPECT_EQ(verdict.reason, "no fault can strike anywhere in this run");
}

RunRecord recorded(const std::vector<Event>& events) {
  RunRecord run;
  run.history.events = events;
  return run;
}

Event event(const std::string& text, const std::string& answer, std::int64_t parameter = 1) {
  Event one;
  one.name = text;
  one.text = text;
  one.answer = answer;
  one.parameters = {parameter};
  return one;
}

TEST(CleanRun, MarksTheEventsWhoseParametersDependOnClocks) {
  Texts differs;
  const CleanRun clean = clean_run(recorded({event("A", "ok", 1), event("B", "ok", 1)}),
                                   recorded({event("A", "ok", 1), event("B", "ok", 2)}), differs);
  EXPECT_THAT(differs, IsEmpty());
  EXPECT_THAT(clean.volatile_events, ElementsAre(1U));
  EXPECT_THAT(clean.record.history.events, SizeIs(2));
}

TEST(CleanRun, SaysWhereTwoCleanRunsDiffer) {
  Texts differs;
  static_cast<void>(
      clean_run(recorded({event("A", "ok"), event("B", "ok, 1 rows")}),
                recorded({event("A", "ok"), event("B", "ok, 2 rows"), event("C", "ok")}), differs));
  EXPECT_THAT(differs, ElementsAre("one clean run has 2 statements, another 3",
                                   "two clean runs differ at statement 2: 'B' (ok, 1 rows) and 'B' "
                                   "(ok, 2 rows)"));
}

TEST(CleanRun, SaysWhereOnlyTheOrderOfConnectionsDiffers) {
  const auto on = [](int connection, const std::string& text) {
    Event one = event(text, "ok");
    one.connection = connection;
    return one;
  };
  const RunRecord first = recorded({on(1, "A"), on(2, "B"), on(1, "C"), on(2, "D")});
  const auto differs = [&](const std::vector<Event>& events) {
    Texts all;
    static_cast<void>(clean_run(first, recorded(events), all));
    return all.at(0);
  };
  const std::string advice =
      "; each of 2 connections was asked the same both times, in another order: they work at the "
      "same moment, and the n-th statement is the same one on each run only where one works at a "
      "time";
  EXPECT_EQ(differs({on(1, "A"), on(1, "C"), on(2, "B"), on(2, "D")}),
            "two clean runs differ at statement 2: 'B' (ok) and 'C' (ok)" + advice);
  EXPECT_EQ(differs({on(1, "B"), on(2, "A"), on(1, "D"), on(2, "C")}),
            "two clean runs differ at statement 1: 'A' (ok) and 'B' (ok)" + advice);
  EXPECT_EQ(differs({on(1, "A"), on(2, "B"), on(1, "C"), on(2, "X")}),
            "two clean runs differ at statement 4: 'D' (ok) and 'X' (ok)");
  EXPECT_EQ(differs({on(1, "A"), on(1, "B"), on(1, "C"), on(1, "D")}),
            "two clean runs differ at statement 2: 'B' (ok) and 'B' (ok)");
}

}  // namespace
}  // namespace splitproof::harness
