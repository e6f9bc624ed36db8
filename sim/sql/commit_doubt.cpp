#include "sim/sql/commit_doubt.h"

#include <exception>
#include <utility>

#include "sim/sql/back_off.h"

namespace splitproof::sim {
namespace {

constexpr int rounds_max = 10;

enum class Fact {
  committed,
  aborted,
  in_progress,  // The server still holds the transaction open; it may end either way.
  unknowable,
};

// Text of a column, empty for NULL.
std::optional<std::string> text_of(const Value& value) {
  const auto* const text = std::get_if<std::string>(&value);
  return text == nullptr ? std::nullopt : std::optional(*text);
}

// The one row of `columns` columns that the statement must give.
Answer<Row> single_row(Session& session, const Statement& statement, std::size_t columns) {
  Answer<Rows> answer = session.execute(statement);
  if (!answer.ok()) return answer.error();
  Rows rows = std::move(answer).value();
  if (rows.rows.size() != 1 || rows.rows.front().size() != columns) {
    return Error{ErrorKind::invalid, "",
                 "expected one row of " + std::to_string(columns) + " columns from \"" +
                     statement.name() + "\", found " + std::to_string(rows.rows.size()) + " rows"};
  }
  return std::move(rows.rows.front());
}

// What the server says about the transaction, and whether it may be believed.
Answer<Fact> ask_server(Session& session, const CommitTicket& ticket) {
  // In a later life of the server the id may be one that was not given out yet, which is an error
  // whose text names the id; or it may belong to another transaction. So it is not even asked for.
  const Statement question(
      "/* ask for the transaction's status */ SELECT CASE WHEN pg_postmaster_start_time()::text = "
      "$2 THEN pg_xact_status($1::xid8) END, pg_postmaster_start_time()::text, "
      "pg_stat_get_bgwriter_stat_reset_time()::text",
      {*ticket.transaction_id, ticket.server_start});
  Answer<Row> answer = single_row(session, question, 3);
  // invalid_parameter_value: the id is "in the future". The server crashed before the id reached
  // its log and has not given it out again yet, so the transaction is over.
  if (!answer.ok() && answer.error().native_code == "22023") return Fact::unknowable;
  if (!answer.ok()) return answer.error();
  const Row& row = answer.value();
  const std::string status = text_of(row[0]).value_or("");
  const bool same_start = text_of(row[1]) == ticket.server_start;
  if (same_start && status == "in progress") return Fact::in_progress;
  // Within another life the id may belong to another transaction.
  if (!same_start || text_of(row[2]) != ticket.statistics_reset) return Fact::unknowable;
  if (status == "committed") return Fact::committed;
  if (status == "aborted") return Fact::aborted;
  return Fact::unknowable;
}

Answer<Fact> ask_once(Client& client, const TransactionOptions& options,
                      const CommitTicket& ticket) {
  const Answer<Session*> session = client.session();
  if (!session.ok()) return session.error();
  if (ticket.transaction_id) {
    Answer<Fact> fact = ask_server(*session.value(), ticket);
    if (!fact.ok() || fact.value() != Fact::unknowable) return fact;
  }
  if (!options.was_committed) return Fact::unknowable;
  // An absent row is decisive: the transaction is over, for its session is closed (SQLite), its
  // server is gone, or the server does not count it as in progress.
  const Answer<bool> row_is_there = options.was_committed(*session.value());
  if (!row_is_there.ok()) return row_is_there.error();
  return row_is_there.value() ? Fact::committed : Fact::aborted;
}

// An exception of the caller's own question is an answer that did not come. It must not leave here:
// a caller who sees one takes the transaction for rolled back.
Answer<Fact> ask(Client& client, const TransactionOptions& options, const CommitTicket& ticket) {
  try {
    return ask_once(client, options, ticket);
  } catch (const std::exception& exception) {
    return Error{ErrorKind::invalid, "", exception.what()};
  } catch (...) {
    return Error{ErrorKind::invalid, "", "an exception of an unknown type"};
  }
}

TransactionEnd indeterminate(const Error& lost, const std::string& reason) {
  return {.outcome = Outcome::indeterminate,
          .error = Error{lost.kind, lost.native_code,
                         lost.message + "; whether it was committed is unknown: " + reason}};
}

// With nothing written there is nothing to be in doubt about the data. Below serializable such a
// COMMIT cannot be refused, so its caller's reads stand. A serializable one may be refused with
// 40001, which says that its reads fit no serial order: then only `aborted` is a safe answer, and
// a true one, for the state is the state before.
TransactionEnd end_of_nothing(const TransactionOptions& options, const Error& lost) {
  if (options.isolation == Isolation::serializable) return {Outcome::aborted, lost};
  return {Outcome::committed, std::nullopt};
}

}  // namespace

Answer<CommitTicket> remember_commit(Session& session, Dialect dialect,
                                     const TransactionOptions& options) {
  CommitTicket ticket;
  if (dialect == Dialect::sqlite) return ticket;
  if (options.access == Access::read_only) {
    ticket.wrote_nothing = true;
    return ticket;
  }
  Answer<Row> answer =
      single_row(session,
                 "/* remember the transaction id */ SELECT pg_current_xact_id_if_assigned()::text, "
                 "pg_postmaster_start_time()::text, pg_stat_get_bgwriter_stat_reset_time()::text",
                 3);
  if (!answer.ok()) return answer.error();
  const Row& row = answer.value();
  ticket.transaction_id = text_of(row[0]);
  ticket.wrote_nothing = !ticket.transaction_id.has_value();
  ticket.server_start = text_of(row[1]).value_or("");
  ticket.statistics_reset = text_of(row[2]).value_or("");
  return ticket;
}

TransactionEnd resolve_commit(Client& client, const TransactionOptions& options,
                              const CommitTicket& ticket, const Error& lost) {
  client.discard();
  if (ticket.wrote_nothing) return end_of_nothing(options, lost);
  const BackOff back_off{.first = options.backoff_first, .max = options.backoff_max};
  std::string reason;
  for (int round = 1; round <= rounds_max; ++round) {
    if (round > 1) client.clock().wait(draw_wait(back_off, round - 1, client.rng()));
    const Answer<Fact> fact = ask(client, options, ticket);
    if (!fact.ok()) {
      reason = fact.error().message;
      client.discard();
      continue;
    }
    switch (fact.value()) {
      case Fact::committed:
        return {Outcome::committed, std::nullopt};
      case Fact::aborted:
        return {Outcome::aborted, lost};
      case Fact::in_progress:
        reason = "the server still counts it as in progress";
        break;
      case Fact::unknowable:
        return indeterminate(lost, "neither the server nor a row of the transaction can tell");
    }
  }
  return indeterminate(lost, reason);
}

}  // namespace splitproof::sim
