// Savepoints of the transaction helper, on a database that answers by script.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/sql/transaction.h"
#include "tests/support/fake_engine.h"

namespace splitproof::tests {
namespace {

using sim::Answer;
using sim::Body;
using sim::Done;
using sim::Error;
using sim::ErrorKind;
using sim::Outcome;
using sim::Rows;
using sim::Status;
using sim::Transaction;
using sim::TransactionEnd;
using testing::ElementsAre;

Status run(Transaction& transaction, const char* text) {
  const Answer<Rows> answer = transaction.execute(text);
  if (!answer.ok()) return answer.error();
  return Done{};
}

Body statement(const char* text) {
  return [text](Transaction& transaction) { return run(transaction, text); };
}

class NestedTest : public testing::Test {
 protected:
  TransactionEnd run_body(const Body& body) { return run_transaction(client_, {}, body); }

  // What was asked between BEGIN and the end of the transaction, both left out.
  std::vector<std::string> asked() const {
    return {engine_.log().begin() + 2, engine_.log().end() - 1};
  }

  FakeEngine engine_;
  sim::ManualClock clock_{sim::Instant{}};
  sim::Rng rng_{1};
  sim::Client client_{engine_, clock_, rng_};
};

TEST_F(NestedTest, KeepsWhatItDidWhenItSucceeds) {
  const TransactionEnd end =
      run_body([](Transaction& outer) { return outer.nested(statement("INSERT")); });
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_THAT(asked(), ElementsAre("SAVEPOINT nested_1", "INSERT", "RELEASE SAVEPOINT nested_1"));
}

TEST_F(NestedTest, UndoesWhatItDidWhenAStatementFailsAndTheOuterGoesOn) {
  engine_.fail("INSERT", constraint());
  Status inner = Done{};
  const TransactionEnd end = run_body([&](Transaction& outer) {
    inner = outer.nested(statement("INSERT"));
    return run(outer, "UPDATE");
  });
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_EQ(inner.error().native_code, "23505");
  EXPECT_THAT(asked(), ElementsAre("SAVEPOINT nested_1", "INSERT", "ROLLBACK TO SAVEPOINT nested_1",
                                   "RELEASE SAVEPOINT nested_1", "UPDATE"));
}

TEST_F(NestedTest, UndoesWhatItDidWhenItsBodyHidesAnError) {
  engine_.fail("INSERT", constraint());
  Status inner = Done{};
  const TransactionEnd end = run_body([&](Transaction& outer) -> Status {
    inner = outer.nested([](Transaction& transaction) -> Status {
      (void)run(transaction, "INSERT");
      return Done{};
    });
    return Done{};
  });
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_EQ(inner.error().native_code, "23505");
  EXPECT_EQ(engine_.count("ROLLBACK TO SAVEPOINT nested_1"), 1);
}

TEST_F(NestedTest, UndoesWhatItDidAndRethrowsWhenItThrows) {
  bool caught = false;
  const TransactionEnd end = run_body([&](Transaction& outer) -> Status {
    try {
      (void)outer.nested([](Transaction&) -> Status { throw std::runtime_error("own"); });
    } catch (const std::runtime_error&) {
      caught = true;
    }
    return Done{};
  });
  EXPECT_TRUE(caught);
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_THAT(asked(), ElementsAre("SAVEPOINT nested_1", "ROLLBACK TO SAVEPOINT nested_1",
                                   "RELEASE SAVEPOINT nested_1"));
}

TEST_F(NestedTest, FailsTheWholeTransactionWhenAnExceptionCannotBeUndone) {
  for (const bool by_exception : {false, true}) {
    if (by_exception) {
      engine_.throw_at("ROLLBACK TO");
    } else {
      engine_.fail("ROLLBACK TO", {ErrorKind::invalid, "SQLITE_ERROR", "no such savepoint"});
    }
    const TransactionEnd end = run_body([&](Transaction& outer) -> Status {
      try {
        (void)outer.nested([](Transaction&) -> Status { throw std::logic_error("own"); });
      } catch (const std::logic_error&) {
        return Done{};
      }
      return Error{ErrorKind::invalid, "", "another exception took its place"};
    });
    EXPECT_EQ(end.outcome, Outcome::aborted);
    EXPECT_THAT(end.error->message, testing::HasSubstr("savepoint"));
  }
  EXPECT_EQ(engine_.count("COMMIT"), 0);
}

TEST_F(NestedTest, AnswersTheErrorOfTheUndoingAndFailsTheWholeTransaction) {
  engine_.fail("INSERT", {ErrorKind::resource, "SQLITE_FULL", "disk is full"});
  engine_.fail("ROLLBACK TO", {ErrorKind::invalid, "SQLITE_ERROR", "no such savepoint"});
  Status inner = Done{};
  const TransactionEnd end = run_body([&](Transaction& outer) -> Status {
    inner = outer.nested(statement("INSERT"));
    (void)run(outer, "UPDATE");
    return Done{};
  });
  EXPECT_EQ(inner.error().message, "no such savepoint");
  EXPECT_EQ(end.outcome, Outcome::aborted);
  EXPECT_EQ(engine_.count("UPDATE"), 0) << "SQLite would keep it: the transaction was gone";
  EXPECT_EQ(engine_.count("COMMIT"), 0);
}

TEST_F(NestedTest, UndoesWhatItDidWhenTheReleaseFails) {
  engine_.fail("RELEASE", constraint());
  Status inner = Done{};
  const TransactionEnd end = run_body([&](Transaction& outer) -> Status {
    inner = outer.nested(statement("INSERT"));
    return Done{};
  });
  EXPECT_EQ(inner.error().native_code, "23505");
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_EQ(engine_.count("ROLLBACK TO SAVEPOINT nested_1"), 1);
}

TEST_F(NestedTest, CountsItsDepth) {
  (void)run_body([](Transaction& outer) {
    (void)outer.nested([](Transaction& middle) { return middle.nested(statement("INSERT")); });
    return outer.nested(statement("UPDATE"));
  });
  EXPECT_THAT(asked(), ElementsAre("SAVEPOINT nested_1", "SAVEPOINT nested_2", "INSERT",
                                   "RELEASE SAVEPOINT nested_2", "RELEASE SAVEPOINT nested_1",
                                   "SAVEPOINT nested_1", "UPDATE", "RELEASE SAVEPOINT nested_1"));
}

TEST_F(NestedTest, VoidsTheWholeTransactionAfterAConflictEvenIfTheOuterBodyHidesIt) {
  engine_.fail("INSERT", conflict());
  const TransactionEnd end = run_body([](Transaction& outer) -> Status {
    (void)outer.nested(statement("INSERT"));
    return Done{};
  });
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_EQ(end.attempts, 2);
}

TEST_F(NestedTest, VoidsTheWholeTransactionAfterALostConnection) {
  engine_.fail("INSERT", connection_lost());
  const TransactionEnd end = run_body([](Transaction& outer) -> Status {
    (void)outer.nested(statement("INSERT"));
    return Done{};
  });
  EXPECT_EQ(end.outcome, Outcome::aborted);
  EXPECT_EQ(end.attempts, 1);
  EXPECT_EQ(engine_.count("COMMIT"), 0);
  EXPECT_EQ(engine_.log().back(), "close");
}

TEST_F(NestedTest, IsRefusedOnceTheTransactionHasFailed) {
  engine_.fail("INSERT", constraint());
  Status inner = Done{};
  (void)run_body([&](Transaction& outer) -> Status {
    (void)run(outer, "INSERT");
    inner = outer.nested(statement("UPDATE"));
    return Done{};
  });
  EXPECT_EQ(inner.error().kind, ErrorKind::transaction_failed);
  EXPECT_EQ(engine_.count("SAVEPOINT"), 0);
}

}  // namespace
}  // namespace splitproof::tests
