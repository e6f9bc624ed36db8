// The code before and the broken forms, by themselves: each works when nothing goes wrong (or it
// would not have been written), and each does wrong exactly what its name says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/inject/interposed_engine.h"
#include "harness/run/sqlite_world.h"
#include "scenarios/mutants/forms.h"
#include "scenarios/mutants/helpers.h"
#include "sim/sql/transaction.h"

namespace splitproof::scenarios {
namespace {

using harness::Director;
using harness::SqliteWorld;
using sim::Client;
using sim::Money;
using sim::Outcome;
using sim::Statement;
using sim::TransactionEnd;
using testing::ElementsAre;
using testing::IsEmpty;
using Texts = std::vector<std::string>;

// The service's database with two accounts, and a client whose statements a plan may strike.
class MutantTest : public testing::Test {
 protected:
  MutantTest() {
    const sim::Status filled = world_.fill([&](sim::Engine& engine) -> sim::Status {
      Client client(engine, world_.clock(), rng_);
      if (sim::create_schema(client).outcome != Outcome::committed) {
        return sim::Error{sim::ErrorKind::invalid, "", "no schema"};
      }
      const auto answer = client.session().value()->execute(
          "INSERT INTO accounts (name, balance_minor) VALUES ('A', 1000), ('B', 500)");
      return answer.ok() ? sim::Status(sim::Done{}) : sim::Status(answer.error());
    });
    if (!filled.ok()) throw std::runtime_error(filled.error().message);
  }

  // Runs the operation once with the plan's faults; what sessions were left with is in `left_`.
  TransactionEnd run(const std::string& plan, const std::function<TransactionEnd(Client&)>& work) {
    const harness::Plan strikes = harness::parse_plan(plan).value();
    Director director(strikes, world_.dialect());
    director.begin_operation(0, false);
    harness::InterposedEngine engine(world_, director);
    Client client(engine, world_.clock(), rng_);
    const TransactionEnd end = work(client);
    left_ = engine.held();
    EXPECT_EQ(director.fired().size(), strikes.strikes.size()) << plan << " strikes nothing";
    return end;
  }

  TransactionEnd run_exercise(const std::string& plan, const TransactionRunner& helper,
                              bool nested = true) {
    return run(plan, [&](Client& client) { return exercise(client, helper, nested); });
  }

  std::string held(const Statement& question) {
    const auto answer = world_.query(question);
    if (!answer.ok()) return answer.error().message;
    std::string text;
    for (const sim::Row& row : answer.value().rows) {
      for (const sim::Value& value : row) text += (text.empty() ? "" : " ") + to_string(value);
    }
    return text;
  }

  std::string balances() { return held("SELECT balance_minor FROM accounts ORDER BY name"); }
  // Bookings and counted visits; they belong together, one to ten.
  std::string visits() {
    return held(
        "SELECT (SELECT count(*) FROM ledger_entries), "
        "(SELECT coalesce(max(value), 0) FROM counters WHERE name = 'visits')");
  }

  SqliteWorld world_;
  sim::Rng rng_{1};
  Texts left_;
};

TEST_F(MutantTest, AutocommitTransferWorksWhenNothingFails) {
  const auto transfer = [](Client& client) {
    return autocommit::transfer(client, "A", "B", Money{300});
  };
  EXPECT_EQ(run("clean", transfer).outcome, Outcome::committed);
  EXPECT_EQ(balances(), "700 800");
}

TEST_F(MutantTest, AutocommitTransferLosesMoneyBetweenItsStatementsAndAgainWhenRepeated) {
  const auto transfer = [](Client& client) {
    return autocommit::transfer(client, "A", "B", Money{300});
  };
  EXPECT_EQ(run("a2=error:SQLITE_FULL", transfer).outcome, Outcome::aborted);
  EXPECT_EQ(balances(), "700 500");
  EXPECT_EQ(run("clean", transfer).outcome, Outcome::committed);
  EXPECT_EQ(balances(), "400 800");
}

TEST_F(MutantTest, AutocommitIsInDoubtWhenAnAnswerIsLost) {
  const auto transfer = [](Client& client) {
    return autocommit::transfer(client, "A", "B", Money{300});
  };
  EXPECT_EQ(run("a1=lose-reply", transfer).outcome, Outcome::indeterminate);
  EXPECT_EQ(balances(), "700 500");
}

TEST_F(MutantTest, TransferThatLosesACentIsOtherwiseATransaction) {
  const auto transfer = [](Client& client) {
    return lose_a_cent(client, "r", "A", "B", Money{300});
  };
  EXPECT_NE(run("a4=error:SQLITE_FULL", transfer).outcome, Outcome::committed);
  EXPECT_EQ(balances(), "1000 500");
  EXPECT_EQ(run("clean", transfer).outcome, Outcome::committed);
  EXPECT_EQ(balances(), "700 799");
  EXPECT_EQ(run("clean", transfer).outcome, Outcome::committed);
  EXPECT_EQ(balances(), "700 799") << "its reference is booked already";
}

TEST_F(MutantTest, TransferWithoutAReferenceIsCarriedOutAsOftenAsItIsCalled) {
  const auto transfer = [](Client& client) {
    return transfer_without_reference(client, "A", "B", Money{300});
  };
  EXPECT_NE(run("a3=error:SQLITE_FULL", transfer).outcome, Outcome::committed);
  EXPECT_EQ(balances(), "1000 500");
  for (const char* const balances_then : {"700 800", "400 1100"}) {
    EXPECT_EQ(run("clean", transfer).outcome, Outcome::committed);
    EXPECT_EQ(balances(), balances_then);
  }
}

TEST_F(MutantTest, OpenTransactionIsLeftBehindAfterTheWorkIsCommitted) {
  const std::vector<Statement> steps{"UPDATE accounts SET balance_minor = 0"};
  const TransactionEnd end =
      run("clean", [&](Client& client) { return leave_transaction_open(client, steps); });
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_THAT(left_, ElementsAre("connection 1: a transaction is open"));
  EXPECT_EQ(balances(), "0 0");
}

TEST_F(MutantTest, RememberingTooEarlyMakesTheRetryDoNothing) {
  const sim::Month august{std::chrono::year{2025} / std::chrono::August};
  const sim::Day today{std::chrono::year{2025} / std::chrono::September / 1};
  RemembersTooEarly aggregate;
  const auto work = [&](Client& client) { return aggregate(client, august, today); };
  EXPECT_EQ(run("a2=error:SQLITE_FULL", work).outcome, Outcome::aborted);
  EXPECT_EQ(run("clean", work).outcome, Outcome::committed);
  EXPECT_EQ(held("SELECT count(*) FROM aggregation_tracking"), "0");
}

TEST_F(MutantTest, GivingUpAtFirstRollsBackAndWorksTheSecondTime) {
  const sim::Day day{std::chrono::year{2025} / std::chrono::September / 15};
  GivesUpAtFirst collect;
  sim::DailyRow row;
  row.client_id = "c";
  row.platform = "meta";
  row.date = day;
  const auto work = [&](Client& client) { return collect(client, day, {row}); };
  const auto held_rows = [&] {
    return held(
        "SELECT (SELECT count(*) FROM daily_kpi_data), (SELECT count(*) FROM "
        "collection_log)");
  };
  EXPECT_EQ(run("clean", work).outcome, Outcome::aborted);
  EXPECT_EQ(held_rows(), "0 0");
  EXPECT_EQ(run("clean", work).outcome, Outcome::committed);
  EXPECT_EQ(held_rows(), "1 1");
}

class Helpers : public MutantTest {};

TEST_F(Helpers, AllWorkWhenNothingFails) {
  const std::vector<std::pair<TransactionRunner, bool>> all{
      {sim::run_transaction, true}, {swallow_error, true},        {forget_rollback, true},
      {retry_blindly, true},        {open_no_transaction, false}, {use_another_connection, false}};
  for (const auto& [helper, nested] : all) {
    ASSERT_TRUE(world_.reset({}).ok());
    EXPECT_EQ(run_exercise("clean", helper, nested).outcome, Outcome::committed);
    EXPECT_EQ(visits(), "1 10");
    EXPECT_EQ(held("SELECT name FROM counters ORDER BY name"), nested ? "kept visits" : "visits");
    EXPECT_THAT(left_, IsEmpty());
  }
}

TEST_F(Helpers, ExerciseIsDoneOnceHoweverOftenItIsAskedFor) {
  for (int time = 0; time < 2; ++time) {
    EXPECT_EQ(run_exercise("clean", sim::run_transaction).outcome, Outcome::committed);
    EXPECT_EQ(visits(), "1 10");
  }
}

// Statement 3 is the counter of the bare form: look, book, count.
TEST_F(Helpers, WithoutATransactionLeaveHalf) {
  EXPECT_EQ(run_exercise("a3=error:SQLITE_FULL", open_no_transaction, false).outcome,
            Outcome::aborted);
  EXPECT_EQ(visits(), "1 0");
}

// look, BEGIN, book, SAVEPOINT, count: the fifth statement is the first counter.
TEST_F(Helpers, ThatSwallowTheErrorSayCommittedOfHalf) {
  EXPECT_EQ(run_exercise("a5=error:SQLITE_FULL", swallow_error).outcome, Outcome::committed);
  EXPECT_EQ(visits(), "1 0");
}

TEST_F(Helpers, ThatForgetTheRollbackLeaveTheTransactionOpen) {
  EXPECT_EQ(run_exercise("a5=error:SQLITE_FULL", forget_rollback).outcome, Outcome::aborted);
  EXPECT_THAT(left_, ElementsAre("connection 1: a transaction is open"));
  EXPECT_EQ(visits(), "0 0");
}

// look, BEGIN on one connection, book and count on the other.
TEST_F(Helpers, WithABodyOnAnotherConnectionDoNotRollItBack) {
  EXPECT_EQ(run_exercise("a4=error:SQLITE_FULL", use_another_connection, false).outcome,
            Outcome::aborted);
  EXPECT_EQ(visits(), "1 0");
}

TEST_F(Helpers, ThatRetryBlindlyDoItTwiceAfterALostAnswer) {
  EXPECT_EQ(run_exercise("a12=lose-reply", retry_blindly).outcome, Outcome::committed);
  EXPECT_EQ(visits(), "1 20");
}

// The helper as it must be, under the same strikes.
TEST_F(Helpers, AsTheyMustBeKeepAllOrNothing) {
  EXPECT_EQ(run_exercise("a5=error:SQLITE_FULL", sim::run_transaction).outcome, Outcome::aborted);
  EXPECT_EQ(visits(), "0 0");
  EXPECT_THAT(left_, IsEmpty());
  EXPECT_EQ(run_exercise("a12=lose-reply", sim::run_transaction).outcome, Outcome::committed);
  EXPECT_EQ(visits(), "1 10");
}

}  // namespace
}  // namespace splitproof::scenarios
