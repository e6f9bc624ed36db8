// The transaction helper on a real database: what the tables hold afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/sql/sqlite/sqlite_memory.h"
#include "sim/sql/transaction.h"

namespace splitproof::tests {
namespace {

using sim::Answer;
using sim::Body;
using sim::Done;
using sim::Error;
using sim::ErrorKind;
using sim::Outcome;
using sim::Rows;
using sim::Session;
using sim::Statement;
using sim::Status;
using sim::Transaction;
using sim::TransactionEnd;

Status run(Transaction& transaction, const Statement& statement) {
  const Answer<Rows> answer = transaction.execute(statement);
  if (!answer.ok()) return answer.error();
  return Done{};
}

Statement insert(std::int64_t number) { return {"INSERT INTO t VALUES ($1)", {number}}; }

class SqliteTransactionTest : public testing::Test {
 protected:
  SqliteTransactionTest() { observe("CREATE TABLE t (a INTEGER UNIQUE)"); }

  Rows observe(const Statement& statement) {
    Answer<Rows> answer = observer_->execute(statement);
    if (!answer.ok()) throw std::runtime_error(answer.error().message);
    return std::move(answer).value();
  }
  std::string stored() {
    std::string text;
    for (const sim::Row& row : observe("SELECT a FROM t ORDER BY a").rows) {
      text += to_string(row[0]) + " ";
    }
    return text;
  }
  TransactionEnd run_body(const Body& body) { return run_transaction(client_, options_, body); }

  sim::ManualClock clock_{sim::Instant{}};
  sim::Rng rng_{1};
  sim::SqliteMemory memory_{clock_};
  std::unique_ptr<Session> observer_ = std::move(memory_.connect()).value();
  sim::Client client_{memory_, clock_, rng_};
  sim::TransactionOptions options_;
};

TEST_F(SqliteTransactionTest, KeepsAllOfACommittedBody) {
  const TransactionEnd end = run_body([&](Transaction& transaction) {
    (void)run(transaction, insert(1));
    EXPECT_EQ(stored(), "") << "nobody else sees it before the COMMIT";
    return run(transaction, insert(2));
  });
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_EQ(stored(), "1 2 ");
}

TEST_F(SqliteTransactionTest, KeepsNothingOfABodyWhoseSecondStatementFails) {
  const TransactionEnd end = run_body([](Transaction& transaction) {
    (void)run(transaction, insert(1));
    return run(transaction, insert(1));
  });
  EXPECT_EQ(end.outcome, Outcome::aborted);
  EXPECT_EQ(end.error->native_code, "SQLITE_CONSTRAINT_UNIQUE");
  EXPECT_EQ(stored(), "");
}

TEST_F(SqliteTransactionTest, KeepsNothingOfABodyThatThrows) {
  EXPECT_THROW((void)run_body([](Transaction& transaction) -> Status {
                 (void)run(transaction, insert(1));
                 throw std::runtime_error("between two saves");
               }),
               std::runtime_error);
  EXPECT_EQ(stored(), "");
}

TEST_F(SqliteTransactionTest, KeepsNothingOfABodyThatHidesAnError) {
  const TransactionEnd end = run_body([](Transaction& transaction) -> Status {
    for (const std::int64_t number : {1, 1, 2}) (void)run(transaction, insert(number));
    return Done{};
  });
  EXPECT_EQ(end.outcome, Outcome::aborted);
  EXPECT_EQ(stored(), "");
}

// SQLite rolls the whole transaction back there, and would run what follows outside of any.
TEST_F(SqliteTransactionTest, KeepsNothingWhenSqliteRolledBackByItself) {
  observe(
      "CREATE TRIGGER stop BEFORE INSERT ON t WHEN new.a = 2 "
      "BEGIN SELECT raise(ROLLBACK, 'stop'); END");
  for (const bool nested : {false, true}) {
    const TransactionEnd end = run_body([&](Transaction& transaction) -> Status {
      (void)run(transaction, insert(1));
      const Body failing = [](Transaction& inner) { return run(inner, insert(2)); };
      (void)(nested ? transaction.nested(failing) : failing(transaction));
      (void)run(transaction, insert(3));
      return Done{};
    });
    EXPECT_EQ(end.outcome, Outcome::aborted);
    EXPECT_EQ(stored(), "");
  }
  EXPECT_EQ(run_body([](Transaction& transaction) { return run(transaction, insert(4)); }).outcome,
            Outcome::committed);
}

TEST_F(SqliteTransactionTest, UndoesOnlyTheNestedPartThatFailed) {
  const TransactionEnd end = run_body([](Transaction& outer) -> Status {
    (void)run(outer, insert(1));
    (void)outer.nested([](Transaction& inner) {
      (void)run(inner, insert(2));
      return run(inner, insert(1));
    });
    try {
      (void)outer.nested([](Transaction& inner) -> Status {
        (void)run(inner, insert(3));
        throw std::runtime_error("own");
      });
    } catch (const std::runtime_error&) {
      (void)run(outer, insert(4));
    }
    return outer.nested([](Transaction& inner) { return run(inner, insert(5)); });
  });
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_EQ(stored(), "1 4 5 ");
}

TEST_F(SqliteTransactionTest, IsRefusedByAReadersLockAndRunsAgainOnceItIsGone) {
  observe("BEGIN");
  observe("SELECT * FROM t");
  int runs = 0;
  const TransactionEnd end = run_body([&](Transaction& transaction) {
    if (++runs == 3) observe("COMMIT");
    return run(transaction, insert(runs));
  });
  EXPECT_EQ(end.outcome, Outcome::committed);
  EXPECT_EQ(end.attempts, 3);
  EXPECT_EQ(stored(), "3 ");
}

TEST_F(SqliteTransactionTest, WaitsForAnotherWriterAtBeginAndGivesUpInTheEnd) {
  observe("BEGIN IMMEDIATE");
  int runs = 0;
  const TransactionEnd end = run_body([&](Transaction& transaction) {
    ++runs;
    return run(transaction, insert(1));
  });
  EXPECT_EQ(end.outcome, Outcome::aborted);
  EXPECT_EQ(end.error->native_code, "SQLITE_BUSY");
  EXPECT_EQ(end.attempts, options_.attempts_max);
  EXPECT_EQ(runs, 0) << "an immediate transaction meets the lock before its body runs";
}

TEST_F(SqliteTransactionTest, HandsItsLocksBackHoweverItEnds) {
  const Body commits = [](Transaction& transaction) { return run(transaction, insert(1)); };
  const Body fails = [](Transaction& transaction) -> Status {
    (void)run(transaction, insert(2));
    return Error{ErrorKind::invalid, "", "own"};
  };
  const Body throws = [](Transaction& transaction) -> Status {
    (void)run(transaction, insert(3));
    throw std::runtime_error("own");
  };
  for (const Body& body : {commits, fails, throws}) {
    try {
      (void)run_body(body);
    } catch (const std::runtime_error&) {
      EXPECT_EQ(stored(), "1 ");
    }
    EXPECT_NO_THROW(observe("BEGIN EXCLUSIVE"));
    EXPECT_NO_THROW(observe("COMMIT"));
  }
}

// Forwards to a real session and drops the answer of COMMIT, which ran or did not.
class LosingEngine final : public sim::Engine {
 public:
  LosingEngine(sim::Engine& real, bool runs_it) : real_(real), runs_it_(runs_it) {}
  sim::Dialect dialect() const override { return real_.dialect(); }
  Answer<std::unique_ptr<Session>> connect() override {
    Answer<std::unique_ptr<Session>> opened = real_.connect();
    if (!opened.ok()) return opened.error();
    return std::unique_ptr<Session>(
        std::make_unique<LosingSession>(std::move(opened).value(), runs_it_));
  }

 private:
  class LosingSession final : public Session {
   public:
    LosingSession(std::unique_ptr<Session> real, bool runs_it)
        : real_(std::move(real)), runs_it_(runs_it) {}
    Answer<Rows> execute(const Statement& statement) override {
      if (statement.kind() != sim::StatementKind::commit) return real_->execute(statement);
      if (runs_it_) (void)real_->execute(statement);
      return Error{ErrorKind::connection_lost, "08006", "the answer was lost"};
    }

   private:
    std::unique_ptr<Session> real_;
    bool runs_it_;
  };

  sim::Engine& real_;
  bool runs_it_;
};

TEST_F(SqliteTransactionTest, FindsOutByItsRowWhetherALostCommitHappened) {
  options_.was_committed = [](Session& session) -> Answer<bool> {
    const Answer<Rows> answer = session.execute("SELECT 1 FROM t WHERE a = 1");
    if (!answer.ok()) return answer.error();
    return !answer.value().rows.empty();
  };
  for (const bool ran : {false, true}) {
    LosingEngine engine(memory_, ran);
    sim::Client client(engine, clock_, rng_);
    const TransactionEnd end = run_transaction(
        client, options_, [](Transaction& transaction) { return run(transaction, insert(1)); });
    EXPECT_EQ(end.outcome, ran ? Outcome::committed : Outcome::aborted);
    EXPECT_EQ(stored(), ran ? "1 " : "");
    EXPECT_EQ(end.attempts, 1);
  }
}

TEST_F(SqliteTransactionTest, IsIndeterminateAndRunsNothingAgainWithoutARowToAskFor) {
  for (const bool ran : {false, true}) {
    LosingEngine engine(memory_, ran);
    sim::Client client(engine, clock_, rng_);
    const TransactionEnd end = run_transaction(
        client, options_, [](Transaction& transaction) { return run(transaction, insert(1)); });
    EXPECT_EQ(end.outcome, Outcome::indeterminate);
    EXPECT_EQ(stored(), ran ? "1 " : "");
  }
}

}  // namespace
}  // namespace splitproof::tests
