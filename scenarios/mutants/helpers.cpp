#include "scenarios/mutants/helpers.h"

#include <exception>
#include <functional>

#include "scenarios/mutants/forms.h"
#include "sim/aggregator/statements.h"

namespace splitproof::scenarios {

namespace {

using sim::Error;
using sim::Outcome;
using sim::Session;
using sim::Status;
using sim::Transaction;
using sim::TransactionEnd;

constexpr const char* reference = "exercise";

TransactionEnd failed(const Error& error) { return {outcome_of(error), error, 1}; }
TransactionEnd committed() { return {Outcome::committed, std::nullopt, 1}; }

Status send(Session& session, const sim::Statement& statement) {
  const sim::Answer<sim::Rows> answer = session.execute(statement);
  if (!answer.ok()) return answer.error();
  return sim::Done{};
}

sim::Statement begin(sim::Client& client, const sim::TransactionOptions& options) {
  return sim::begin_statement(client.engine().dialect(), options.isolation, options.access);
}

sim::Answer<bool> is_booked(Session& session) {
  const sim::Answer<sim::Rows> found = session.execute(sim::look_up_movement(reference));
  if (!found.ok()) return found.error();
  return !found.value().rows.empty();
}

Status undone_on_purpose(Transaction& transaction) {
  const sim::Answer<sim::Rows> added = transaction.execute(sim::add_to_counter("undone", 1));
  if (!added.ok()) return added.error();
  return Error{sim::ErrorKind::invalid, "on purpose", "this savepoint is to be undone"};
}

Status kept_work(Transaction& transaction) {
  const sim::Answer<sim::Rows> added = transaction.execute(sim::add_to_counter("kept", 1));
  if (!added.ok()) return added.error();
  return sim::Done{};
}

// Runs a body in a savepoint.
using Nested = std::function<Status(Transaction&, const sim::Body&)>;

Status nested_work(Transaction& transaction, const Nested& nested) {
  const Status kept = nested(transaction, kept_work);
  if (!kept.ok()) return kept;
  const Status undone = nested(transaction, undone_on_purpose);
  if (!undone.ok() && undone.error().native_code != "on purpose") return undone;
  return sim::Done{};
}

// Without `nested` there are no savepoints.
Status work(Transaction& transaction, const Nested& nested) {
  const sim::Answer<sim::Rows> booked =
      transaction.execute(sim::book_movement(reference, {{"visits", sim::Money{1}}}));
  if (!booked.ok()) return booked.error();
  if (nested) {
    const Status inner = nested_work(transaction, nested);
    if (!inner.ok()) return inner;
  }
  const sim::Answer<sim::Rows> added = transaction.execute(sim::add_to_counter("visits", 10));
  if (!added.ok()) return added.error();
  return sim::Done{};
}

TransactionEnd exercise_with(sim::Client& client, const TransactionRunner& run,
                             const Nested& nested) {
  const sim::Answer<Session*> session = client.session();
  if (!session.ok()) return failed(session.error());
  const sim::Answer<bool> done = is_booked(*session.value());
  if (!done.ok()) {
    client.discard();
    // Nothing was written; a lost answer to a question leaves nothing in doubt.
    return {Outcome::aborted, done.error(), 1};
  }
  if (done.value()) return committed();
  sim::TransactionOptions options;
  options.was_committed = is_booked;
  return run(client, options,
             [&nested](Transaction& transaction) { return work(transaction, nested); });
}

}  // namespace

TransactionEnd open_no_transaction(sim::Client& client, const sim::TransactionOptions&,
                                   const sim::Body& body) {
  const sim::Answer<Session*> session = client.session();
  if (!session.ok()) return failed(session.error());
  Transaction bare(*session.value());
  const Status done = body(bare);
  return done.ok() ? committed() : failed(done.error());
}

TransactionEnd swallow_error(sim::Client& client, const sim::TransactionOptions& options,
                             const sim::Body& body) {
  const sim::Answer<Session*> session = client.session();
  if (!session.ok()) return failed(session.error());
  const Status begun = send(*session.value(), begin(client, options));
  if (!begun.ok()) return failed(begun.error());
  Transaction transaction(*session.value());
  try {
    static_cast<void>(body(transaction).ok());
  } catch (const std::exception&) {
    // Swallowing it is the mistake that this helper stands for.
  }
  static_cast<void>(send(*session.value(), "COMMIT").ok());
  return committed();
}

TransactionEnd forget_rollback(sim::Client& client, const sim::TransactionOptions& options,
                               const sim::Body& body) {
  const sim::Answer<Session*> session = client.session();
  if (!session.ok()) return failed(session.error());
  const Status begun = send(*session.value(), begin(client, options));
  if (!begun.ok()) return failed(begun.error());
  Transaction transaction(*session.value());
  const Status done = body(transaction);
  if (!done.ok()) return {Outcome::aborted, done.error(), 1};
  const Status ended = send(*session.value(), "COMMIT");
  return ended.ok() ? committed() : failed(ended.error());
}

TransactionEnd use_another_connection(sim::Client& client, const sim::TransactionOptions& options,
                                      const sim::Body& body) {
  const sim::Answer<Session*> session = client.session();
  if (!session.ok()) return failed(session.error());
  sim::Answer<std::unique_ptr<Session>> other = client.engine().connect();
  if (!other.ok()) return failed(other.error());
  // Deferred on SQLite: an immediate transaction would lock the body out at once.
  const bool sqlite = client.engine().dialect() == sim::Dialect::sqlite;
  const Status begun =
      send(*session.value(), sqlite ? sim::Statement("BEGIN") : begin(client, options));
  if (!begun.ok()) return failed(begun.error());
  Transaction elsewhere(*other.value());
  try {
    const Status done = body(elsewhere);
    if (!done.ok()) {
      static_cast<void>(send(*session.value(), "ROLLBACK").ok());
      return failed(done.error());
    }
  } catch (...) {
    static_cast<void>(send(*session.value(), "ROLLBACK").ok());
    throw;
  }
  const Status ended = send(*session.value(), "COMMIT");
  return ended.ok() ? committed() : failed(ended.error());
}

TransactionEnd retry_blindly(sim::Client& client, const sim::TransactionOptions& options,
                             const sim::Body& body) {
  constexpr int attempts_max = 3;
  TransactionEnd end;
  for (int attempt = 1; attempt <= attempts_max; ++attempt) {
    const sim::Answer<Session*> session = client.session();
    if (!session.ok()) return failed(session.error());
    Status step = send(*session.value(), begin(client, options));
    if (step.ok()) {
      Transaction transaction(*session.value());
      try {
        step = body(transaction);
      } catch (...) {
        client.discard();
        throw;
      }
      if (step.ok()) step = send(*session.value(), "COMMIT");
    }
    if (step.ok()) return committed();
    client.discard();
    end = {Outcome::aborted, step.error(), attempt};
  }
  return end;
}

TransactionEnd exercise(sim::Client& client, const TransactionRunner& run, bool nested) {
  const Nested as_it_must_be = [](Transaction& transaction, const sim::Body& body) {
    return transaction.nested(body);
  };
  return exercise_with(client, run, nested ? as_it_must_be : Nested{});
}

TransactionEnd exercise_releasing_savepoints(sim::Client& client) {
  const Nested releasing = [&client](Transaction& transaction, const sim::Body& body) -> Status {
    const sim::Answer<Session*> session = client.session();
    if (!session.ok()) return session.error();
    const Status opened = send(*session.value(), "SAVEPOINT nested_1");
    if (!opened.ok()) return opened;
    const Status done = body(transaction);
    const Status released = send(*session.value(), "RELEASE SAVEPOINT nested_1");
    return released.ok() || !done.ok() ? done : released;
  };
  return exercise_with(client, sim::run_transaction, releasing);
}

}  // namespace splitproof::scenarios
