#include "sim/sql/transaction.h"

#include <algorithm>
#include <utility>

#include "sim/sql/back_off.h"
#include "sim/sql/commit_doubt.h"

namespace splitproof::sim {
namespace {

// After these nothing less than the whole transaction can be undone.
bool voids_transaction(const Error& error) {
  return error.kind == ErrorKind::conflict || error.kind == ErrorKind::connection_lost;
}

bool is_control(StatementKind kind) {
  return kind != StatementKind::read && kind != StatementKind::write;
}

// Leaves the client when the scope ends, however it ends.
class Stay {
 public:
  explicit Stay(Client& client) : client_(client) {}
  ~Stay() { client_.leave_transaction(); }
  Stay(const Stay&) = delete;
  Stay& operator=(const Stay&) = delete;

 private:
  Client& client_;
};

// One begin, body, commit. Whatever way the scope is left without a COMMIT that was answered, the
// transaction is rolled back, or its session given up.
class Attempt {
 public:
  Attempt(Client& client, const TransactionOptions& options) : client_(client), options_(options) {}
  ~Attempt();
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  TransactionEnd run(const Body& body);

 private:
  std::optional<Error> begin();
  std::optional<Error> run_body(const Body& body);
  TransactionEnd commit();
  TransactionEnd abort(Error error);
  // False where the database refused; the session is then given up.
  bool roll_back();
  void give_up_session() {
    session_ = nullptr;
    client_.discard();
  }

  Client& client_;
  const TransactionOptions& options_;
  Session* session_ = nullptr;  // Set while a transaction may be open on it.
};

TransactionEnd Attempt::run(const Body& body) {
  if (std::optional<Error> error = begin()) return {Outcome::aborted, std::move(error)};
  if (std::optional<Error> error = run_body(body)) return abort(*std::move(error));
  return commit();
}

std::optional<Error> Attempt::begin() {
  const Answer<Session*> opened = client_.session();
  if (!opened.ok()) return opened.error();
  session_ = opened.value();
  const Answer<Rows> begun = session_->execute(
      begin_statement(client_.engine().dialect(), options_.isolation, options_.access));
  if (begun.ok()) return std::nullopt;
  if (is_retryable(begun.error())) {
    session_ = nullptr;  // The lock was not to be had; nothing was begun.
  } else {
    give_up_session();
  }
  return begun.error();
}

std::optional<Error> Attempt::run_body(const Body& body) {
  Transaction transaction(*session_);
  const Status status = body(transaction);
  if (!status.ok()) return status.error();
  return transaction.failure();
}

TransactionEnd Attempt::commit() {
  const Answer<CommitTicket> ticket =
      remember_commit(*session_, client_.engine().dialect(), options_);
  if (!ticket.ok()) return abort(ticket.error());
  const Answer<Rows> answer = session_->execute("COMMIT");
  if (answer.ok()) {
    session_ = nullptr;
    return {Outcome::committed, std::nullopt};
  }
  const Error lost = answer.error();
  if (!leaves_commit_in_doubt(lost)) {
    // SQLite answers SQLITE_FULL also where the disk took half of what makes its journal void,
    // which is a COMMIT: then there is nothing to roll back, and only the database can tell.
    const bool may_have_ended =
        client_.engine().dialect() == Dialect::sqlite && lost.kind == ErrorKind::resource;
    if (!may_have_ended) return abort(lost);
    if (roll_back()) return {Outcome::aborted, lost};
  } else {
    give_up_session();
  }
  return resolve_commit(client_, options_, ticket.value(), lost);
}

TransactionEnd Attempt::abort(Error error) {
  if (error.kind == ErrorKind::connection_lost) {
    give_up_session();
  } else {
    roll_back();
  }
  return {Outcome::aborted, std::move(error)};
}

// A session that cannot roll back is closed: the database rolls back what was open.
bool Attempt::roll_back() {
  bool rolled_back = false;
  try {
    rolled_back = session_->execute("ROLLBACK").ok();
  } catch (...) {
    give_up_session();
    throw;
  }
  if (!rolled_back) give_up_session();
  session_ = nullptr;
  return rolled_back;
}

// Runs only while an exception is under way, which another one must not replace.
Attempt::~Attempt() {
  if (session_ == nullptr) return;
  try {
    roll_back();
  } catch (...) {
    client_.discard();
  }
}

}  // namespace

Answer<Rows> Transaction::execute(const Statement& statement) {
  if (failure_) {
    return Error{ErrorKind::transaction_failed, failure_->native_code,
                 "the transaction failed before \"" + statement.name() +
                     "\" and can only be rolled back: " + failure_->message};
  }
  if (is_control(statement.kind())) {
    return Error{ErrorKind::invalid, "",
                 "\"" + statement.name() +
                     "\" is transaction control, which belongs to run_transaction(); use nested() "
                     "for savepoints"};
  }
  return run(statement);
}

Answer<Rows> Transaction::run(const Statement& statement) {
  Answer<Rows> answer = session_.execute(statement);
  if (!answer.ok() && !failure_) failure_ = answer.error();
  return answer;
}

Status Transaction::nested(const std::function<Status(Transaction&)>& body) {
  if (failure_) return execute("SAVEPOINT nested").error();
  const std::string savepoint = "nested_" + std::to_string(depth_ + 1);
  const Answer<Rows> opened = run("SAVEPOINT " + savepoint);
  if (!opened.ok()) return opened.error();
  ++depth_;
  std::optional<Error> error;
  try {
    const Status status = body(*this);
    error = status.ok() ? failure_ : status.error();
  } catch (...) {
    --depth_;
    undo_for_exception(savepoint);
    throw;
  }
  --depth_;
  if (!error) {
    const Answer<Rows> released = run("RELEASE SAVEPOINT " + savepoint);
    if (released.ok()) return Done{};
    error = released.error();
  }
  const Status undone = undo(savepoint);
  return undone.ok() ? *error : undone;
}

Status Transaction::undo(const std::string& savepoint) {
  for (const char* const verb : {"ROLLBACK TO SAVEPOINT ", "RELEASE SAVEPOINT "}) {
    const Answer<Rows> answer = session_.execute(verb + savepoint);
    if (answer.ok()) continue;
    if (!failure_ || !voids_transaction(*failure_)) failure_ = answer.error();
    return answer.error();
  }
  if (failure_ && !voids_transaction(*failure_)) failure_.reset();
  return Done{};
}

// Should the undoing fail, the whole transaction is failed; the exception is the better news.
void Transaction::undo_for_exception(const std::string& savepoint) {
  try {
    (void)undo(savepoint);
  } catch (...) {
    failure_ = Error{ErrorKind::transaction_failed, "", "going back to a savepoint failed"};
  }
}

TransactionEnd run_transaction(Client& client, const TransactionOptions& options,
                               const Body& body) {
  if (!client.enter_transaction()) {
    return {.outcome = Outcome::aborted,
            .error = Error{ErrorKind::invalid, "",
                           "this client is inside a transaction already; use nested()"}};
  }
  const Stay stay(client);
  const BackOff back_off{.first = options.backoff_first, .max = options.backoff_max};
  const int attempts_max = std::max(options.attempts_max, 1);
  for (int attempts = 1;; ++attempts) {
    TransactionEnd end = Attempt(client, options).run(body);
    end.attempts = attempts;
    const bool may_run_again = end.outcome == Outcome::aborted && is_retryable(*end.error);
    if (!may_run_again || attempts >= attempts_max) return end;
    client.clock().wait(draw_wait(back_off, attempts, client.rng()));
  }
}

}  // namespace splitproof::sim
