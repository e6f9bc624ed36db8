// The transaction helper: begin, body, commit; roll back on any error or exception; run the whole
// transaction again after a conflict, and after nothing else.
//
// A COMMIT whose answer was lost is never blindly retried. It is resolved by what can be trusted:
// on PostgreSQL pg_xact_status while the server lives on (after a restart, or the recovery from one
// backend's crash, the same xid is given out again: see commit_doubt.h); otherwise, and on SQLite,
// only by a row that the transaction itself wrote (TransactionOptions::was_committed). Where
// neither decides, the outcome is `indeterminate` and the caller must know that.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "sim/base/outcome.h"
#include "sim/sql/client.h"

namespace splitproof::sim {

// The transaction as its body sees it: statements, and nested().
//
// It behaves alike on both engines, as PostgreSQL does: after a statement failed, the transaction
// is failed too. Further statements are refused with kind transaction_failed, and it is rolled back
// at the end even if the body hides the error; only nested() can undo a failure. Without that rule
// SQLite, which sometimes rolls back by itself, would run and keep the statements that follow.
class Transaction {
 public:
  // `session` is borrowed and has a transaction open.
  explicit Transaction(Session& session) : session_(session) {}

  // Statements that begin or end a transaction or a savepoint are refused with kind invalid.
  Answer<Rows> execute(const Statement& statement);

  // Runs `body` in a savepoint. If it answers an error or throws, what it did is undone, the error
  // is returned (the exception rethrown), and the outer transaction goes on; a conflict or a lost
  // connection must be returned by the outer body too, for the whole transaction is void.
  // If the undoing fails, that error is returned and the whole transaction is failed.
  Status nested(const std::function<Status(Transaction&)>& body);

  // The error that failed the transaction, if one did.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  // Answers as the session does and remembers the first failure.
  Answer<Rows> run(const Statement& statement);
  Status undo(const std::string& savepoint);
  void undo_for_exception(const std::string& savepoint);

  Session& session_;
  int depth_ = 0;
  std::optional<Error> failure_;
};

using Body = std::function<Status(Transaction&)>;

struct TransactionOptions {
  Isolation isolation = Isolation::serializable;
  Access access = Access::read_write;
  // How often the transaction is begun at most; less than 1 counts as 1.
  int attempts_max = 5;
  // The wait before attempt n+1 is drawn from [d/2, d] with d = min(first * 2^(n-1), max).
  std::chrono::milliseconds backoff_first{10};
  std::chrono::milliseconds backoff_max{1000};
  // Asked on a new session when the COMMIT's answer was lost: is the row that only this
  // transaction writes there? May be empty. If it throws, it is asked again, as after an error.
  std::function<Answer<bool>(Session&)> was_committed;
};

struct TransactionEnd {
  Outcome outcome = Outcome::aborted;
  // Why it is not `committed`; empty when it is.
  std::optional<Error> error;
  int attempts = 0;
};

// Runs `body` in a transaction on the client's session, again after a conflict, and after nothing
// else: a connection lost before COMMIT was sent is `aborted`. An exception of the body is rethrown
// after the rollback. After a lost connection, or a rollback that failed, the client's session is
// discarded. On a client that is inside a transaction already it answers `aborted` with kind
// invalid and 0 attempts: use nested().
TransactionEnd run_transaction(Client& client, const TransactionOptions& options, const Body& body);

}  // namespace splitproof::sim
