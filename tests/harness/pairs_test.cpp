// Pairs of faults: what one fault does not break, a second one may, while the program recovers from
// the first or when it is tried again.
#include "harness/run/pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "harness/oracle/oracles.h"
#include "harness/run/case_runner.h"
#include "tests/harness/experiments.h"

namespace splitproof::harness {
namespace {

using testing::Contains;
using testing::Each;
using testing::IsEmpty;
using testing::Not;

const Texts two_records{"CREATE TABLE records (id INTEGER PRIMARY KEY, v TEXT)"};
const std::string save_1 = "/* save 1 */ INSERT INTO records (id) VALUES (1)";
const std::string save_2 = "/* save 2 */ INSERT INTO records (id) VALUES (2)";

// Survives any single fault: it saves in a transaction. But where an error made it roll back, and
// the rollback fails, it commits by itself what it has.
sim::TransactionEnd keeps_what_it_cannot_roll_back(sim::Client& client) {
  sim::Session& session = *client.session().value();
  const auto say = [&](const std::string& statement) { return session.execute(statement).ok(); };
  const bool saved = say("BEGIN IMMEDIATE") && say(save_1) && say(save_2) && say("COMMIT");
  if (saved) return {sim::Outcome::committed, std::nullopt, 1};
  try {
    say("/* look */ SELECT count(*) FROM records");
    say("ROLLBACK");
  } catch (const std::exception&) {
    say("COMMIT");
  }
  client.discard();
  return {sim::Outcome::aborted, sim::Error{}, 1};
}

// The second attempt saves one by one, as one that was in a hurry might.
class HurriesWhenTriedAgain {
 public:
  sim::TransactionEnd operator()(sim::Client& client) {
    if (first_) {
      first_ = false;
      return send_together(client, {save_1, save_2});
    }
    return send_each(client, {save_1, save_2});
  }

 private:
  bool first_ = true;
};

// Repeats itself, once, after a lost connection, without asking whether it had been committed. What
// it saves is saved as well twice, so that no single fault shows it.
sim::TransactionEnd repeats_what_may_be_committed(sim::Client& client) {
  const std::string save =
      "/* save 1 */ INSERT INTO records (id, v) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET v = "
      "'x'";
  for (int attempt = 1;; ++attempt) {
    sim::Session& session = *client.session().value();
    std::optional<sim::Error> error;
    for (const std::string& statement :
         {std::string("BEGIN IMMEDIATE"), save, std::string("COMMIT")}) {
      const sim::Answer<sim::Rows> answer = session.execute(statement);
      if (answer.ok()) continue;
      error = answer.error();
      break;
    }
    if (!error) return {sim::Outcome::committed, std::nullopt, attempt};
    const bool lost = error->kind == sim::ErrorKind::connection_lost;
    if (!lost) static_cast<void>(session.execute(std::string("ROLLBACK")).ok());
    client.discard();
    if (!lost || attempt == 2) return {sim::Outcome::aborted, error, attempt};
  }
}

class Pairs : public testing::Test {
 protected:
  void run(const OperationFactory& operation, const Texts& faults) {
    scenario_ = scenario_of(two_records);
    Experiment experiment(world_, scenario_, {operation});
    const Prepared prepared = prepare(experiment, 1, [](const RunRecord&, const char*) {});
    SweepOptions options;
    for (const std::string& fault : faults) options.faults.push_back(fault_of(fault));
    options.run.shift.seed = 1;
    PairSweep pairs;
    const auto judge = [&](const RunRecord& run) {
      for (const auto& [name, oracle] : all_oracles()) {
        const bool broken = !oracle(run, prepared.references).empty();
        if (broken) broken_.push_back(name + ": " + to_string(run.plan));
      }
    };
    sweep(experiment, base_of(prepared.clean), options, [&](const RunRecord& run) {
      judge(run);
      pairs.note(run);
    });
    broken_by_one_ = std::move(broken_);
    broken_.clear();
    accounts_ = pairs.run(experiment, options, [&](const RunRecord& run) {
      plans_.push_back(to_string(run.plan));
      judge(run);
    });
  }

  SqliteWorld world_;
  Scenario scenario_;
  std::vector<SweepAccount> accounts_;
  Texts plans_;
  Texts broken_by_one_;
  Texts broken_;  // By two faults.
};

TEST_F(Pairs, AreCountedAndClosedForBothPhases) {
  run(in_one_transaction({save_1, save_2}), {"error:SQLITE_FULL", "drop"});
  ASSERT_THAT(accounts_, Not(IsEmpty()));
  const auto phases = [&](const std::string& phase) {
    return std::ranges::count(accounts_, phase, &SweepAccount::phase);
  };
  EXPECT_EQ(phases("recovery"), 1) << "of drop at the rollback";
  EXPECT_EQ(phases("retry"), 2);
  for (const SweepAccount& account : accounts_) {
    EXPECT_TRUE(account.closed) << account.fault << ' ' << account.open_because;
    EXPECT_EQ(account.planned, account.fired);
  }
  EXPECT_THAT(plans_, Contains("a2=error:SQLITE_FULL a3=drop"));
  EXPECT_THAT(plans_, Contains("a2=error:SQLITE_FULL retry a3=error:SQLITE_FULL"));
  EXPECT_THAT(broken_, IsEmpty());
}

TEST_F(Pairs, StrikeOnceForRunsThatGoOnAlike) {
  run(in_one_transaction({save_1, save_2}), {"error:SQLITE_FULL"});
  EXPECT_THAT(plans_,
              Each(Not(testing::AllOf(testing::StartsWith("a3="), testing::HasSubstr("retry")))))
      << "an error at the third statement leads to the retry where one at the second does";
}

TEST_F(Pairs, FindWhatOnlyASecondFaultDuringTheRecoveryShows) {
  run([] { return keeps_what_it_cannot_roll_back; }, {"error:SQLITE_FULL", "throw"});
  EXPECT_THAT(broken_by_one_, Not(Contains(testing::HasSubstr("a3=error:SQLITE_FULL"))));
  EXPECT_THAT(broken_, Contains("told-equals-held: a3=error:SQLITE_FULL a4=throw"));
}

TEST_F(Pairs, TellWhatWasCommittedFromWhatWasNotThoughBothGoOnAlike) {
  run([] { return repeats_what_may_be_committed; },
      {"drop", "lose-reply", "error:SQLITE_CONSTRAINT_UNIQUE"});
  EXPECT_THAT(broken_by_one_, Not(Contains(testing::HasSubstr("told-equals-held: a3="))));
  EXPECT_THAT(broken_,
              Contains("told-equals-held: a3=lose-reply a5=error:SQLITE_CONSTRAINT_UNIQUE"));
}

TEST_F(Pairs, FindWhatOnlyASecondFaultDuringTheRetryShows) {
  run([]() -> Operation { return HurriesWhenTriedAgain(); }, {"error:SQLITE_FULL"});
  EXPECT_THAT(broken_by_one_, IsEmpty());
  EXPECT_THAT(broken_,
              Contains("told-equals-held: a2=error:SQLITE_FULL retry a2=error:SQLITE_FULL"));
}

}  // namespace
}  // namespace splitproof::harness
