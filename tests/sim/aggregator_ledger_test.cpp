#include "tests/sim/aggregator_fixture.h"

namespace splitproof::sim {
namespace {

class Ledger : public Aggregator {
 protected:
  Ledger() {
    expect_committed(open_account(client_, "alice", Money{10000}));
    expect_committed(open_account(client_, "bob", Money{0}));
  }

  std::int64_t balance(const std::string& account) {
    return number("SELECT balance_minor FROM accounts WHERE name = '" + account + "'");
  }
  std::int64_t entries() { return number("SELECT COUNT(*) FROM ledger_entries"); }
};

TEST_F(Ledger, ATransferMovesTheAmountAndBooksBothSides) {
  expect_committed(transfer(client_, "t1", "alice", "bob", Money{1234}));
  EXPECT_EQ(balance("alice"), 8766);
  EXPECT_EQ(balance("bob"), 1234);
  EXPECT_EQ(
      rows("SELECT reference, account, amount_minor FROM ledger_entries ORDER BY 2"),
      (std::vector<Row>{{"t1", "alice", std::int64_t{-1234}}, {"t1", "bob", std::int64_t{1234}}}));
}

TEST_F(Ledger, ATransferIsBookedOnceHoweverOftenItIsSent) {
  for (int i = 0; i < 3; ++i) {
    expect_committed(transfer(client_, "t1", "alice", "bob", Money{1234}));
  }
  EXPECT_EQ(balance("alice"), 8766);
  EXPECT_EQ(balance("bob"), 1234);
}

TEST_F(Ledger, AReferenceStandsForOneMovementOnly) {
  expect_committed(open_account(client_, "carol", Money{0}));
  expect_committed(open_account(client_, "dave", Money{0}));
  expect_committed(transfer(client_, "t1", "alice", "bob", Money{1234}));
  const auto before = state();
  const std::string why =
      "the reference 't1' is booked already, for another movement; expected a reference of its "
      "own for each movement";
  expect_refused(transfer(client_, "t1", "alice", "bob", Money{1235}), why);
  expect_refused(transfer(client_, "t1", "bob", "alice", Money{1234}), why);
  expect_refused(transfer(client_, "t1", "alice", "carol", Money{1234}), why);
  expect_refused(transfer(client_, "t1", "carol", "dave", Money{1234}), why);
  expect_refused(post(client_, "t1", "carol", Money{1234}), why);
  expect_refused(post(client_, "t1", "bob", Money{1234}), why);
  EXPECT_EQ(state(), before);
}

TEST_F(Ledger, AnUnknownAccountLeavesNothingBehind) {
  const auto before = state();
  const std::string why = "there is no account 'carol'; open it first";
  expect_refused(transfer(client_, "t1", "alice", "carol", Money{1}), why);
  expect_refused(transfer(client_, "t2", "carol", "alice", Money{1}), why);
  expect_refused(post(client_, "t3", "carol", Money{1}), why);
  EXPECT_EQ(state(), before);
}

TEST_F(Ledger, RefusesTransfersThatMoveNothing) {
  expect_refused(transfer(client_, "t1", "alice", "bob", Money{0}),
                 "the amount is 0.00; expected more than 0.00");
  expect_refused(transfer(client_, "t1", "alice", "bob", Money{-500}),
                 "the amount is -5.00; expected more than 0.00");
  expect_refused(transfer(client_, "t1", "alice", "alice", Money{500}),
                 "payer and payee are both 'alice'; expected two accounts");
  expect_refused(transfer(client_, "", "alice", "bob", Money{500}),
                 "the reference is empty; expected one that names the movement");
  EXPECT_EQ(entries(), 0);
}

TEST_F(Ledger, PostChangesOneAccountOnce) {
  for (int i = 0; i < 2; ++i) expect_committed(post(client_, "p1", "bob", Money{700}));
  expect_committed(post(client_, "p2", "bob", Money{-200}));
  EXPECT_EQ(balance("bob"), 500);
  EXPECT_EQ(entries(), 2);
}

TEST_F(Ledger, OpeningAnAccountAgainKeepsItsBalance) {
  expect_committed(open_account(client_, "alice", Money{0}));
  EXPECT_EQ(balance("alice"), 10000);
  expect_refused(open_account(client_, "", Money{0}), "the account's name is empty");
}

TEST_F(Ledger, ALostAnswerIsResolvedByTheReference) {
  engine_.armed = true;
  client_.discard();
  expect_committed(transfer(client_, "t1", "alice", "bob", Money{500}));
  expect_committed(post(client_, "p1", "bob", Money{1}));
  EXPECT_EQ(balance("bob"), 501);
}

TEST_F(Ledger, ABalanceThatDoesNotFitIsRefused) {
  expect_committed(post(client_, "p1", "bob", Money{std::numeric_limits<std::int64_t>::max()}));
  const auto before = state();
  EXPECT_EQ(transfer(client_, "t1", "alice", "bob", Money{1}).outcome, Outcome::aborted);
  EXPECT_EQ(state(), before);
}

using Counter = Aggregator;

TEST_F(Counter, AddsToWhatIsThereAndBeginsAtZero) {
  expect_committed(add(client_, "visits", 100));
  expect_committed(add(client_, "visits", 10));
  expect_committed(add(client_, "visits", -5));
  EXPECT_EQ(rows("SELECT name, value FROM counters"),
            (std::vector<Row>{{"visits", std::int64_t{105}}}));
}

TEST_F(Counter, ALostAnswerIsNeverTakenForAnAddition) {
  expect_committed(add(client_, "visits", 100));
  engine_.armed = true;
  client_.discard();
  EXPECT_EQ(add(client_, "visits", 10).outcome, Outcome::indeterminate);
  client_.discard();
  EXPECT_EQ(number("SELECT value FROM counters"), 110);
}

}  // namespace
}  // namespace splitproof::sim
