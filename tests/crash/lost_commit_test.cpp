// The transaction helper on a real server when the answer to COMMIT is lost: the ways in which the
// same silence must be told apart, and the one in which nothing trustworthy decides.
#include <gtest/gtest.h>

#include <functional>

#include "sim/sql/postgres/postgres_engine.h"
#include "sim/sql/transaction.h"
#include "tests/crash/support.h"

namespace splitproof::sim {
namespace {

// What happens around a COMMIT before its answer is lost.
struct Silence {
  bool executes = true;        // The server gets the COMMIT.
  std::function<void()> then;  // What else happens before the client notices.
};

// The first COMMIT gets no answer; everything else is the real session.
class SilentEngine final : public Engine {
 public:
  SilentEngine(Engine& real, Silence silence) : real_(real), silence_(std::move(silence)) {}

  Dialect dialect() const override { return real_.dialect(); }
  Answer<std::unique_ptr<Session>> connect() override;

 private:
  friend class SilentSession;
  Engine& real_;
  Silence silence_;
  bool used_ = false;
};

class SilentSession final : public Session {
 public:
  SilentSession(SilentEngine& engine, std::unique_ptr<Session> real)
      : engine_(engine), real_(std::move(real)) {}

  Answer<Rows> execute(const Statement& statement) override {
    if (statement.kind() != StatementKind::commit || engine_.used_)
      return real_->execute(statement);
    engine_.used_ = true;
    if (engine_.silence_.executes) {
      EXPECT_TRUE(real_->execute(statement).ok());
    }
    real_.reset();
    if (engine_.silence_.then) engine_.silence_.then();
    return Error{ErrorKind::connection_lost, "08006", "the answer is lost"};
  }

 private:
  SilentEngine& engine_;
  std::unique_ptr<Session> real_;
};

Answer<std::unique_ptr<Session>> SilentEngine::connect() {
  Answer<std::unique_ptr<Session>> real = real_.connect();
  if (!real.ok()) return real.error();
  return std::unique_ptr<Session>(std::make_unique<SilentSession>(*this, std::move(real).value()));
}

class LostCommit : public testing::Test {
 protected:
  LostCommit() { run("CREATE TABLE marks (reference text PRIMARY KEY)"); }

  std::int64_t run(const Statement& statement) {
    PostgresEngine engine(server_->connection());
    const auto session = engine.connect();
    if (!session.ok()) throw std::runtime_error(session.error().message);
    const Answer<Rows> answer = session.value()->execute(statement);
    if (!answer.ok()) throw std::runtime_error(answer.error().message);
    return static_cast<std::int64_t>(answer.value().rows.size());
  }

  TransactionEnd save(const Silence& silence, bool with_probe) {
    PostgresEngine real(server_->connection());
    SilentEngine engine(real, silence);
    Client client(engine, clock_, rng_);
    TransactionOptions options;
    if (with_probe) {
      options.was_committed = [](Session& session) -> Answer<bool> {
        const Answer<Rows> found = session.execute("SELECT 1 FROM marks WHERE reference = 'one'");
        if (!found.ok()) return found.error();
        return !found.value().rows.empty();
      };
    }
    return run_transaction(client, options, [&](Transaction& transaction) -> Status {
      ++bodies_;
      const Answer<Rows> saved = transaction.execute("INSERT INTO marks VALUES ('one')");
      if (!saved.ok()) return saved.error();
      return Done{};
    });
  }

  std::int64_t marks() { return run("SELECT 1 FROM marks"); }

  std::function<void()> crash_and_restart() {
    return [this] {
      server_->crash();
      const auto restarted = server_->restart();
      ASSERT_TRUE(restarted.ok()) << restarted.error().message;
    };
  }

  std::unique_ptr<PostgresServer> server_ = start_server();
  // Real time: the server needs some to notice that a client is gone.
  SystemClock clock_;
  Rng rng_{1};
  int bodies_ = 0;
};

TEST_F(LostCommit, IsToldCommittedByTheServerWhenItWasCarriedOut) {
  EXPECT_EQ(save({}, false).outcome, Outcome::committed);
  EXPECT_EQ(marks(), 1);
  EXPECT_EQ(bodies_, 1);
}

TEST_F(LostCommit, IsToldAbortedByTheServerWhenItNeverArrived) {
  EXPECT_EQ(save({.executes = false, .then = {}}, false).outcome, Outcome::aborted);
  EXPECT_EQ(marks(), 0);
  EXPECT_EQ(bodies_, 1);
}

TEST_F(LostCommit, StaysIndeterminateAcrossACrashBecauseTransactionIdsAreGivenOutAgain) {
  const TransactionEnd end = save({.executes = true, .then = crash_and_restart()}, false);
  EXPECT_EQ(end.outcome, Outcome::indeterminate);
  EXPECT_EQ(marks(), 1);
  EXPECT_EQ(bodies_, 1);
}

TEST_F(LostCommit, IsDecidedAcrossACrashByTheRowThatOnlyThisTransactionWrites) {
  EXPECT_EQ(save({.executes = true, .then = crash_and_restart()}, true).outcome,
            Outcome::committed);
  EXPECT_EQ(marks(), 1);
  EXPECT_EQ(bodies_, 1);
}

TEST_F(LostCommit, IsDecidedAsAbortedAcrossACrashWhenThatRowIsMissing) {
  EXPECT_EQ(save({.executes = false, .then = crash_and_restart()}, true).outcome, Outcome::aborted);
  EXPECT_EQ(marks(), 0);
  EXPECT_EQ(bodies_, 1);
}

}  // namespace
}  // namespace splitproof::sim
