#include "scenarios/mutants/counters.h"

#include <functional>
#include <optional>

#include "scenarios/mutants/forms.h"
#include "sim/aggregator/statements.h"

namespace splitproof::scenarios {

namespace {

using sim::Answer;
using sim::Rows;
using sim::Session;
using sim::Status;
using sim::Transaction;
using sim::TransactionEnd;

using Execute = std::function<Answer<Rows>(const sim::Statement&)>;

Answer<std::int64_t> read_value(const Execute& execute, const Addition& addition, bool locking) {
  sim::Statement question = sim::read_counter(addition.counter);
  if (locking) question = sim::Statement(question.text() + " FOR UPDATE", question.parameters());
  const Answer<Rows> found = execute(question);
  if (!found.ok()) return found.error();
  const auto& rows = found.value().rows;
  const auto* const value = rows.empty() ? nullptr : std::get_if<std::int64_t>(&rows[0][0]);
  if (value == nullptr) {
    return sim::Error{sim::ErrorKind::invalid, "",
                      "there is no counter '" + addition.counter + "'"};
  }
  return *value;
}

sim::Statement book(const Addition& addition) {
  return sim::book_movement(addition.reference, {{addition.counter, sim::Money{addition.amount}}});
}

sim::TransactionOptions options_for(const Addition& addition, const ReadModifyWrite& frame) {
  sim::TransactionOptions options;
  options.isolation = frame.isolation;
  options.attempts_max = frame.attempts_max;
  options.was_committed = [&addition](Session& session) -> Answer<bool> {
    const Answer<Rows> found = session.execute(sim::look_up_movement(addition.reference));
    if (!found.ok()) return found.error();
    return !found.value().rows.empty();
  };
  return options;
}

Status send(Transaction& transaction, const sim::Statement& statement) {
  const Answer<Rows> answer = transaction.execute(statement);
  if (!answer.ok()) return answer.error();
  return sim::Done{};
}

// Books the addition and goes on with `change`, unless it is booked already.
Status change_once(Transaction& transaction, const Addition& addition,
                   const std::function<Status()>& change) {
  const Answer<Rows> booked = transaction.execute(book(addition));
  if (!booked.ok()) return booked.error();
  return booked.value().affected == 0 ? Status(sim::Done{}) : change();
}

// Nothing was written; a lost answer to a question leaves nothing in doubt.
TransactionEnd failed_to_read(sim::Client& client, const sim::Error& error) {
  if (error.kind == sim::ErrorKind::connection_lost) client.discard();
  return {sim::Outcome::aborted, error, 1};
}

Answer<std::int64_t> read_on_bare_session(sim::Client& client, const Addition& addition) {
  const Answer<Session*> session = client.session();
  if (!session.ok()) return session.error();
  return read_value(
      [&](const sim::Statement& question) { return session.value()->execute(question); }, addition,
      false);
}

}  // namespace

TransactionEnd add_by_reading(sim::Client& client, const Addition& addition,
                              const ReadModifyWrite& frame) {
  std::optional<std::int64_t> value;
  if (frame.reads_outside) {
    const Answer<std::int64_t> read = read_on_bare_session(client, addition);
    if (!read.ok()) return failed_to_read(client, read.error());
    value = read.value();
  }
  const bool keeps = frame.reads_outside || frame.keeps_what_it_read;
  return sim::run_transaction(
      client, options_for(addition, frame), [&](Transaction& transaction) -> Status {
        if (!keeps) value.reset();
        const auto read = [&]() -> Status {
          if (value) return sim::Done{};
          const Answer<std::int64_t> found = read_value(
              [&](const sim::Statement& question) { return transaction.execute(question); },
              addition, frame.locks_the_row);
          if (!found.ok()) return found.error();
          value = found.value();
          return sim::Done{};
        };
        const Status first = frame.reads_first ? read() : Status(sim::Done{});
        if (!first.ok()) return first;
        return change_once(transaction, addition, [&]() -> Status {
          const Status known = read();
          if (!known.ok()) return known;
          return send(transaction, sim::write_counter(addition.counter, *value + addition.amount));
        });
      });
}

TransactionEnd add_relatively(sim::Client& client, const Addition& addition) {
  return sim::run_transaction(client, options_for(addition, {}), [&](Transaction& transaction) {
    return change_once(transaction, addition, [&] {
      return send(transaction, sim::add_to_counter(addition.counter, addition.amount));
    });
  });
}

TransactionEnd autocommit::add_by_reading(sim::Client& client, const Addition& addition) {
  const Answer<std::int64_t> read = read_on_bare_session(client, addition);
  if (!read.ok()) return failed_to_read(client, read.error());
  return run_steps(client, {sim::write_counter(addition.counter, read.value() + addition.amount)});
}

}  // namespace splitproof::scenarios
