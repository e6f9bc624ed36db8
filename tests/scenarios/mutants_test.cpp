// The code before and the broken forms, by themselves: each works when nothing goes wrong (or it
// would not have been written), and each does wrong exactly what its name says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/inject/interposed_engine.h"
#include "scenarios/mutants/counters.h"
#include "scenarios/mutants/forms.h"
#include "scenarios/mutants/helpers.h"
#include "sim/sql/transaction.h"
#include "tests/scenarios/service_database.h"

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
    make_service_database(
        world_, rng_, "INSERT INTO accounts (name, balance_minor) VALUES ('A', 1000), ('B', 500)");
  }

  // Runs the operation once with the plan's faults; what sessions were left with is in `left_`.
  TransactionEnd run(const std::string& plan, const std::function<TransactionEnd(Client&)>& work) {
    const harness::Plan strikes = harness::parse_plan(plan).value();
    Director director(strikes, world_.dialect());
    director.begin_operation('a', 0, false);
    harness::InterposedEngine engine(world_, director, 'a');
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

  std::string held(const Statement& question) { return held_in(world_, question); }

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

TEST_F(MutantTest, CommittingEarlyKeepsAllButTheLastStep) {
  const std::vector<Statement> steps{"UPDATE accounts SET balance_minor = 1 WHERE name = 'A'",
                                     "UPDATE accounts SET balance_minor = 2 WHERE name = 'B'"};
  const auto work = [&](Client& client) { return commit_early(client, steps); };
  EXPECT_EQ(run("a2=error:SQLITE_FULL", work).outcome, Outcome::aborted);
  EXPECT_EQ(balances(), "1000 500");
  EXPECT_EQ(run("a4=error:SQLITE_FULL", work).outcome, Outcome::aborted);
  EXPECT_EQ(balances(), "1 500");
  EXPECT_EQ(run("clean", work).outcome, Outcome::committed);
  EXPECT_EQ(balances(), "1 2");
}

// Collections of one row, and what they leave: rows, then what the log tells.
class Collections : public MutantTest {
 protected:
  std::string held_rows() {
    return held(
        "SELECT (SELECT count(*) FROM daily_kpi_data), "
        "(SELECT coalesce(max(rows_collected), 0) FROM collection_log)");
  }

  static std::vector<sim::DailyRow> one_row(const sim::Day& day) {
    sim::DailyRow row;
    row.client_id = "c";
    row.client_name = "C";
    row.platform = "meta";
    row.date = day;
    return {row};
  }

  const sim::Day day_{std::chrono::year{2025} / std::chrono::September / 15};
  const std::vector<sim::DailyRow> rows_ = one_row(day_);
};

TEST_F(Collections, ThatLogFirstTellOfRowsThatAreNotThere) {
  const auto work = [&](Client& client) { return write_log_row_first(client, day_, rows_); };
  EXPECT_EQ(run("a5=error:SQLITE_FULL", work).outcome, Outcome::aborted);
  EXPECT_EQ(held_rows(), "0 1");
  EXPECT_EQ(run("clean", work).outcome, Outcome::committed);
  EXPECT_EQ(held_rows(), "1 1");
}

TEST_F(Collections, ThatCountAgainOnRetryTellTwiceAsMuchAfterAConflict) {
  const auto work = [&](Client& client) { return count_again_on_retry(client, day_, rows_); };
  EXPECT_EQ(run("clean", work).outcome, Outcome::committed);
  EXPECT_EQ(held_rows(), "1 1");
  EXPECT_EQ(run("a4=error:SQLITE_BUSY", work).outcome, Outcome::committed);
  EXPECT_EQ(held_rows(), "1 2");
}

// Months of one client with a row on the last day and one before it, 7 clicks each.
class Months : public MutantTest {
 protected:
  void collect_two_days() {
    std::vector<sim::DailyRow> rows(2);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].client_id = "c";
      rows[i].client_name = "C";
      rows[i].platform = "meta";
      rows[i].date = sim::Day{std::chrono::year{2025} / std::chrono::August /
                              std::chrono::day{30 + static_cast<unsigned>(i)}};
      rows[i].total_clicks = 7;
    }
    const auto import = [&](Client& client) { return sim::import_daily(client, rows); };
    EXPECT_EQ(run("clean", import).outcome, Outcome::committed);
  }

  std::string clicks_and_tracking() {
    return held(
        "SELECT (SELECT coalesce(max(total_clicks), 0) FROM campaign_summaries), "
        "(SELECT count(*) FROM aggregation_tracking)");
  }

  const sim::Month august_{std::chrono::year{2025} / std::chrono::August};
  const sim::Day today_{std::chrono::year{2025} / std::chrono::September / 1};
};

TEST_F(Months, ThatAreTrackedOutsideMayStayUntracked) {
  collect_two_days();
  const auto work = [&](Client& client) { return track_outside(client, august_, today_); };
  EXPECT_EQ(run("a8=error:SQLITE_FULL", work).outcome, Outcome::aborted);
  EXPECT_EQ(clicks_and_tracking(), "14 0");
  EXPECT_EQ(run("clean", work).outcome, Outcome::committed);
  EXPECT_EQ(clicks_and_tracking(), "14 1");
}

TEST_F(Months, WhoseBorderIsOffByOneLackTheirLastDay) {
  collect_two_days();
  const auto broken = [&](Client& client) {
    return aggregate_month_border_off_by_one(client, august_, today_);
  };
  EXPECT_EQ(run("clean", broken).outcome, Outcome::committed);
  EXPECT_EQ(clicks_and_tracking(), "7 1");
  const auto right = [&](Client& client) { return sim::aggregate_month(client, august_, today_); };
  EXPECT_EQ(run("clean", right).outcome, Outcome::committed);
  EXPECT_EQ(clicks_and_tracking(), "14 1");
}

TEST_F(Months, ByUtcDayHoldWhatWasReservedInTheNextOneAtHome) {
  const std::vector<sim::Reservation> reservations{
      {.client_id = "akl",
       .client_name = "Harbour House",
       .platform = "meta",
       .timezone = "Pacific/Auckland",
       .made_at = sim::parse_instant("2025-09-01T00:30:00+12:00").value(),
       .reservations = 1,
       .value = Money{100}}};
  const auto days = [&] { return held("SELECT date FROM daily_kpi_data"); };
  const auto right = [&](Client& client) {
    return sim::close_month(client, "r", reservations, august_, today_);
  };
  EXPECT_EQ(run("clean", right).outcome, Outcome::committed);
  EXPECT_EQ(days(), "2025-09-01");
  ASSERT_TRUE(world_.reset({}).ok());
  const auto broken = [&](Client& client) {
    return close_month_by_utc_day(client, "r", reservations, august_, today_);
  };
  EXPECT_EQ(run("clean", broken).outcome, Outcome::committed);
  EXPECT_EQ(days(), "2025-08-31");
}

// Additions to a counter; what two of them do to each other is seen where sessions run at once.
class Additions : public MutantTest {
 protected:
  std::string visits_counted() { return held("SELECT value FROM counters"); }

  void open_counter() {
    const auto open = [](Client& client) { return sim::add(client, "visits", 100); };
    EXPECT_EQ(run("clean", open).outcome, Outcome::committed);
  }

  const Addition ten_{.reference = "ten", .counter = "visits", .amount = 10};
};

TEST_F(Additions, AllAddOnceHoweverOftenTheyAreRepeated) {
  using sim::Isolation;
  const std::vector<ReadModifyWrite> frames{
      {},
      {.isolation = Isolation::repeatable_read},
      {.isolation = Isolation::repeatable_read, .attempts_max = 1, .reads_first = true},
      {.reads_outside = true},
      {.reads_first = true, .keeps_what_it_read = true}};
  for (const ReadModifyWrite& frame : frames) {
    ASSERT_TRUE(world_.reset({}).ok());
    open_counter();
    const auto work = [&](Client& client) { return add_by_reading(client, ten_, frame); };
    EXPECT_EQ(run("clean", work).outcome, Outcome::committed);
    EXPECT_EQ(run("clean", work).outcome, Outcome::committed);
    EXPECT_EQ(visits_counted(), "110");
  }
}

TEST_F(Additions, LeaveTheArithmeticToTheDatabaseOrDoItWithoutATransaction) {
  open_counter();
  const auto relatively = [&](Client& client) { return add_relatively(client, ten_); };
  EXPECT_EQ(run("clean", relatively).outcome, Outcome::committed);
  EXPECT_EQ(run("clean", relatively).outcome, Outcome::committed);
  EXPECT_EQ(visits_counted(), "110");
  const auto before = [&](Client& client) { return autocommit::add_by_reading(client, ten_); };
  EXPECT_EQ(run("clean", before).outcome, Outcome::committed);
  EXPECT_EQ(run("a1=drop", before).outcome, Outcome::aborted);
  EXPECT_EQ(visits_counted(), "120");
}

TEST_F(Additions, ToACounterThatIsNotThereAreRefused) {
  const auto work = [&](Client& client) { return add_by_reading(client, ten_, {}); };
  const TransactionEnd end = run("clean", work);
  EXPECT_EQ(end.outcome, Outcome::aborted);
  ASSERT_TRUE(end.error.has_value());
  EXPECT_EQ(end.error->message, "there is no counter 'visits'");
}

TEST_F(Additions, WithoutRetryGiveUpAtTheFirstConflict) {
  open_counter();
  const auto add = [&](int attempts_max) {
    return [this, attempts_max](Client& client) {
      return add_by_reading(client, ten_,
                            {.isolation = sim::Isolation::repeatable_read,
                             .attempts_max = attempts_max,
                             .reads_first = true});
    };
  };
  EXPECT_EQ(run("a3=error:SQLITE_BUSY", add(1)).outcome, Outcome::aborted);
  EXPECT_EQ(visits_counted(), "100");
  EXPECT_EQ(run("a3=error:SQLITE_BUSY", add(5)).outcome, Outcome::committed);
  EXPECT_EQ(visits_counted(), "110");
}

TEST_F(MutantTest, AutocommitCacheIsEmptyBetweenItsStatements) {
  const sim::Day today{std::chrono::year{2025} / std::chrono::October / 1};
  const auto fill = [](Client& client) {
    return autocommit::run_steps(
        client, {"INSERT INTO campaign_summaries (client_id, platform, month, daily_rows) "
                 "VALUES ('c', 'meta', '2025-08', 1)",
                 "INSERT INTO dashboard_cache (client_id, platform, month, refreshed_on) "
                 "VALUES ('c', 'meta', '2025-07', '2025-08-01')"});
  };
  EXPECT_EQ(run("clean", fill).outcome, Outcome::committed);
  const auto work = [&](Client& client) { return autocommit::refresh_cache(client, today); };
  EXPECT_EQ(run("a2=error:SQLITE_FULL", work).outcome, Outcome::aborted);
  EXPECT_EQ(held("SELECT count(*) FROM dashboard_cache"), "0");
  EXPECT_EQ(run("clean", work).outcome, Outcome::committed);
  EXPECT_EQ(held("SELECT month FROM dashboard_cache"), "2025-08");
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

// The exercise's second savepoint is to be undone; released, it stays.
TEST_F(Helpers, ThatReleaseASavepointKeepWhatWasToBeUndone) {
  EXPECT_EQ(run("clean", exercise_releasing_savepoints).outcome, Outcome::committed);
  EXPECT_EQ(visits(), "1 10");
  EXPECT_EQ(held("SELECT name FROM counters ORDER BY name"), "kept undone visits");
  EXPECT_THAT(left_, IsEmpty());
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
