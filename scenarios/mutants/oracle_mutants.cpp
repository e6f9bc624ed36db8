#include <span>

#include "scenarios/mutants/forms.h"
#include "sim/aggregator/statements.h"

namespace splitproof::scenarios {

namespace {

using sim::Status;
using sim::Transaction;
using sim::TransactionEnd;

Status send_all(Transaction& transaction, std::span<const sim::Statement> statements) {
  for (const sim::Statement& statement : statements) {
    const sim::Answer<sim::Rows> answer = transaction.execute(statement);
    if (!answer.ok()) return answer.error();
  }
  return sim::Done{};
}

}  // namespace

TransactionEnd leave_transaction_open(sim::Client& client,
                                      const std::vector<sim::Statement>& steps) {
  TransactionEnd end = sim::run_transaction(
      client, {}, [&](Transaction& transaction) { return send_all(transaction, steps); });
  const sim::Answer<sim::Session*> session = client.session();
  if (session.ok()) static_cast<void>(session.value()->execute("BEGIN").ok());
  return end;
}

TransactionEnd lose_a_cent(sim::Client& client, const std::string& reference,
                           const std::string& from, const std::string& to, sim::Money amount) {
  const std::vector<sim::LedgerEntry> entries{{from, sim::Money{-amount.minor}}, {to, amount}};
  const std::vector<sim::Statement> changes{sim::subtract_from_payer(from, amount),
                                            sim::add_to_payee(to, sim::Money{amount.minor - 1})};
  return sim::run_transaction(client, {}, [&](Transaction& transaction) -> Status {
    const sim::Answer<sim::Rows> booked =
        transaction.execute(sim::book_movement(reference, entries));
    if (!booked.ok()) return booked.error();
    if (booked.value().affected == 0) return sim::Done{};
    return send_all(transaction, changes);
  });
}

TransactionEnd transfer_without_reference(sim::Client& client, const std::string& from,
                                          const std::string& to, sim::Money amount) {
  const std::vector<sim::Statement> changes{sim::subtract_from_payer(from, amount),
                                            sim::add_to_payee(to, amount)};
  return sim::run_transaction(
      client, {}, [&](Transaction& transaction) { return send_all(transaction, changes); });
}

TransactionEnd RemembersTooEarly::operator()(sim::Client& client, const sim::Month& month,
                                             const sim::Day& today) {
  if (!done_.insert(month).second) return {sim::Outcome::committed, std::nullopt, 0};
  return sim::aggregate_month(client, month, today);
}

}  // namespace splitproof::scenarios
