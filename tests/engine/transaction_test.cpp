// The transaction helper on the real engines; its logic is tested on fakes under tests/sim.
#include "sim/sql/transaction.h"

#include <gtest/gtest.h>

#include <utility>

#include "tests/engine/support.h"

namespace splitproof::sim {
namespace {

class TransactionOnBoth : public BothEngines {
 protected:
  TransactionOnBoth() {
    run(*session_, "CREATE TABLE account (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL)");
    run(*session_, "INSERT INTO account VALUES (1, 100)");
  }

  std::int64_t balance() { return number(*session_, "SELECT balance FROM account WHERE id = 1"); }

  ManualClock clock_{Instant()};
  Rng rng_{1};
};

INSTANTIATE_TEST_SUITE_P(On, TransactionOnBoth, testing::Values(Dialect::sqlite, Dialect::postgres),
                         name_of);

Status add(Transaction& transaction, std::int64_t amount) {
  const Answer<Rows> read = transaction.execute("SELECT balance FROM account WHERE id = 1");
  if (!read.ok()) return read.error();
  const auto balance = std::get<std::int64_t>(read.value().rows.at(0).at(0));
  const Answer<Rows> written = transaction.execute(
      {"UPDATE account SET balance = $1 WHERE id = 1", {Value(balance + amount)}});
  if (!written.ok()) return written.error();
  return Done{};
}

TEST_P(TransactionOnBoth, KeepsAllOrNothing) {
  Client client(database_.engine(), clock_, rng_);
  const TransactionEnd failed = run_transaction(client, {}, [](Transaction& transaction) -> Status {
    if (const Status added = add(transaction, 5); !added.ok()) return added.error();
    const Answer<Rows> doubled = transaction.execute("INSERT INTO account VALUES (1, 0)");
    if (!doubled.ok()) return doubled.error();
    return Done{};
  });
  EXPECT_EQ(failed.outcome, Outcome::aborted);
  EXPECT_EQ(failed.error->kind, ErrorKind::constraint);
  EXPECT_EQ(failed.attempts, 1);
  EXPECT_EQ(balance(), 100);
  const TransactionEnd saved =
      run_transaction(client, {}, [](Transaction& transaction) { return add(transaction, 5); });
  EXPECT_EQ(saved.outcome, Outcome::committed);
  EXPECT_EQ(balance(), 105);
}

// The rival commits between this transaction's read and its write, once.
TEST_P(TransactionOnBoth, RunsAgainAfterAConflictAndLosesNoUpdate) {
  Client client(database_.engine(), clock_, rng_);
  Client rival(database_.engine(), clock_, rng_);
  bool met = false;
  TransactionOptions options;
  options.isolation = Isolation::repeatable_read;
  const TransactionEnd end = run_transaction(client, options, [&](Transaction& transaction) {
    const Answer<Rows> snapshot = transaction.execute("SELECT balance FROM account");
    if (!snapshot.ok()) return Status(snapshot.error());
    if (!std::exchange(met, true)) {
      // On SQLite the reader's lock stops the rival from committing, and then it is the rival that
      // runs again; either way both complete.
      TransactionOptions once = options;
      once.attempts_max = 1;
      const TransactionEnd won =
          run_transaction(rival, once, [](Transaction& inner) { return add(inner, 10); });
      EXPECT_EQ(won.outcome, on_postgres() ? Outcome::committed : Outcome::aborted);
    }
    return add(transaction, 5);
  });
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_EQ(end.attempts, on_postgres() ? 2 : 1);
  if (!on_postgres()) {
    run_transaction(rival, options, [](Transaction& inner) { return add(inner, 10); });
  }
  EXPECT_EQ(balance(), 115);
}

TEST_P(TransactionOnBoth, UndoesANestedPartAlone) {
  Client client(database_.engine(), clock_, rng_);
  const TransactionEnd end = run_transaction(client, {}, [](Transaction& transaction) -> Status {
    if (const Status added = add(transaction, 1); !added.ok()) return added.error();
    const Status nested = transaction.nested([](Transaction& inner) -> Status {
      if (const Status added = add(inner, 50); !added.ok()) return added.error();
      const Answer<Rows> doubled = inner.execute("INSERT INTO account VALUES (1, 0)");
      if (!doubled.ok()) return doubled.error();
      return Done{};
    });
    EXPECT_FALSE(nested.ok());
    return add(transaction, 2);
  });
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_EQ(balance(), 103);
}

}  // namespace
}  // namespace splitproof::sim
