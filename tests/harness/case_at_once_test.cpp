// A whole case of several sessions: which orders are run, under which faults, and what the verdict
// says of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/run/case_runner.h"
#include "tests/harness/at_once.h"

namespace splitproof::harness {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class CaseAtOnce : public testing::Test {
 protected:
  CaseAtOnce() : scenario_(at_once(one_balance, {"add 10", "add 5"})) {
    scenario_.faults = {"error", "throw", "drop", "lose-reply"};
    variant_.name = "transactional";
    variant_.expect["sqlite"] = Expected{};
    case_ = {&scenario_, &variant_, "sqlite", "sqlite", "small"};
  }

  // Additions that may be repeated: what is held is decided by a row of the client's own.
  CaseOutcome run(const CaseOptions& options) {
    SqliteWorld world;
    return run_case(case_, world, {set_own(1, 10), set_own(2, 5)}, options);
  }

  static OperationFactory set_own(int id, int amount) {
    return in_one_transaction({"/* look */ SELECT count(*) FROM balance",
                               "/* set */ INSERT INTO balance VALUES (" + std::to_string(10 + id) +
                                   ", " + std::to_string(amount) +
                                   ") ON CONFLICT (id) DO UPDATE SET amount = excluded.amount"});
  }

  static std::set<std::string> phases_of(const CaseVerdict& verdict) {
    std::set<std::string> phases;
    for (const SweepAccount& sweep : verdict.sweeps) phases.insert(sweep.phase);
    return phases;
  }

  static std::set<std::string> purposes_of(const CaseOutcome& outcome) {
    std::set<std::string> purposes;
    for (const LedgerEntry& entry : outcome.ledger) purposes.insert(entry.purpose);
    return purposes;
  }

  Scenario scenario_;
  Variant variant_;
  Case case_;
};

TEST_F(CaseAtOnce, LetsAFaultStrikeInEveryOrder) {
  const CaseOutcome outcome = run({});
  EXPECT_EQ(to_string(outcome.verdict.result), "pass") << outcome.verdict.reason;
  EXPECT_THAT(phases_of(outcome.verdict), Contains("orders"));
  EXPECT_THAT(purposes_of(outcome), Contains("order and fault"));
  ASSERT_TRUE(outcome.verdict.schedules.has_value());
  EXPECT_EQ(outcome.verdict.schedules->strategy, "reduced");
  EXPECT_TRUE(outcome.verdict.schedules->complete);
  // Of four steps each: the other one comes afterwards, or is kept out at one of three places.
  EXPECT_EQ(outcome.verdict.schedules->of, 8);
}

TEST_F(CaseAtOnce, LetsNoneStrikeWhereNoneIsWanted) {
  CaseOptions options;
  options.exploration.faults_max = 0;
  const CaseOutcome outcome = run(options);
  EXPECT_EQ(to_string(outcome.verdict.result), "pass") << outcome.verdict.reason;
  EXPECT_THAT(phases_of(outcome.verdict), Not(Contains("orders")));
}

TEST_F(CaseAtOnce, LetsNoneStrikeUnaskedWhereTheOrdersAreNotComplete) {
  CaseOptions options;
  options.exploration.strategy = StrategyName::bounded;
  options.exploration.depth = 0;
  const CaseOutcome some = run(options);
  EXPECT_EQ(to_string(some.verdict.result), "pass") << some.verdict.reason;
  EXPECT_THAT(phases_of(some.verdict), Not(Contains("orders")));
  EXPECT_THAT(some.verdict.schedules->shows, HasSubstr("without faults, which --faults 1 adds"));
  options.exploration.faults_max = 1;
  EXPECT_THAT(phases_of(run(options).verdict), Contains("orders"));
}

TEST_F(CaseAtOnce, IsInconclusiveWhereTooLittleWasRun) {
  CaseOptions options;
  options.exploration.strategy = StrategyName::random;
  options.exploration.runs_max = 3;
  const CaseOutcome drawn = run(options);
  EXPECT_EQ(to_string(drawn.verdict.result), "inconclusive");
  EXPECT_THAT(drawn.verdict.reason, HasSubstr("only 3 orders of the sessions were run, of about"));
  options.exploration.strategy = StrategyName::pct;
  EXPECT_THAT(run(options).verdict.reason, HasSubstr("is missed with a probability of at most"));
  options.exploration.runs_max = 5000;
  options.exploration.depth = 2;
  const CaseOutcome enough = run(options);
  EXPECT_EQ(to_string(enough.verdict.result), "pass") << enough.verdict.reason;
}

TEST_F(CaseAtOnce, DrawsOrdersForTheSecondHalfOfItsTime) {
  CaseOptions options;
  options.exploration.runs_max = 40;
  options.exploration.faults_max = 0;
  EXPECT_EQ(run(options).verdict.schedules->strategy, "reduced");
  int asked = 0;
  options.spent = [&] { return ++asked < 6 ? 0.4 : 0.8; };
  const ScheduleCount half = *run(options).verdict.schedules;
  EXPECT_EQ(half.strategy, "reduced, pct");
  EXPECT_FALSE(half.complete);
  EXPECT_LE(half.explored, 24);
  // Half of what is left when the orders begin.
  options.spent = [] { return 0.8; };
  EXPECT_EQ(run(options).verdict.schedules->strategy, "reduced");
}

TEST_F(CaseAtOnce, DrawsTheSameOrdersAgainFromTheSameSeed) {
  for (const StrategyName strategy :
       {StrategyName::pct, StrategyName::random, StrategyName::reduced}) {
    CaseOptions options;
    options.exploration.strategy = strategy;
    options.exploration.runs_max = 60;
    options.exploration.faults_max = 0;
    std::vector<std::string> plans[2];
    for (std::vector<std::string>& one : plans) {
      for (const LedgerEntry& entry : run(options).ledger) {
        if (entry.purpose == "order") one.push_back(entry.plan);
      }
    }
    EXPECT_THAT(plans[0], Not(IsEmpty()));
    EXPECT_EQ(plans[0], plans[1]) << to_string(strategy);
  }
}

}  // namespace
}  // namespace splitproof::harness
