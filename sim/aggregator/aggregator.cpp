#include "sim/aggregator/aggregator.h"

#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <span>

#include "sim/aggregator/schema.h"
#include "sim/aggregator/statements.h"

namespace splitproof::sim {

namespace {

Error invalid(std::string message) { return {ErrorKind::invalid, {}, std::move(message)}; }

// A request that is refused before the database is asked; no attempt was made.
TransactionEnd refused(std::string message) {
  return {Outcome::aborted, invalid(std::move(message)), 0};
}

Status send(Transaction& transaction, const Statement& statement) {
  const auto answer = transaction.execute(statement);
  if (!answer.ok()) return answer.error();
  return Done{};
}

// Sends the statements in order, up to the first that fails.
Status send_all(Transaction& transaction, std::span<const Statement> statements) {
  for (const Statement& statement : statements) {
    if (Status status = send(transaction, statement); !status.ok()) return status;
  }
  return Done{};
}

Status send_daily_rows(Transaction& transaction, std::span<const DailyRow> rows) {
  while (!rows.empty()) {
    const auto batch = rows.first(std::min(rows.size(), daily_batch_rows_max));
    if (Status status = send(transaction, save_daily_rows(batch)); !status.ok()) return status;
    rows = rows.subspan(batch.size());
  }
  return Done{};
}

// Most operations leave the same rows however often they run, so no row proves that this very run
// was committed, and none needs to: after a lost answer the caller simply runs it again.
TransactionEnd run_statements(Client& client, const std::vector<Statement>& statements) {
  return run_transaction(
      client, {}, [&](Transaction& transaction) { return send_all(transaction, statements); });
}

std::strong_ordering compare_keys(const DailyRow& a, const DailyRow& b) {
  if (const auto order = a.client_id <=> b.client_id; order != 0) return order;
  if (const auto order = a.platform <=> b.platform; order != 0) return order;
  return a.date <=> b.date;
}

// The engines disagree about a row that one statement upserts twice: SQLite keeps the last one,
// PostgreSQL refuses the statement. Empty when there is none.
std::optional<std::string> row_given_twice(const std::vector<DailyRow>& rows) {
  std::vector<const DailyRow*> sorted;
  sorted.reserve(rows.size());
  for (const DailyRow& row : rows) sorted.push_back(&row);
  std::ranges::sort(sorted, [](auto* a, auto* b) { return compare_keys(*a, *b) < 0; });
  const auto twice = std::ranges::adjacent_find(
      sorted, [](auto* a, auto* b) { return compare_keys(*a, *b) == 0; });
  if (twice == sorted.end()) return std::nullopt;
  return fmt::format("client '{}', platform '{}', day {} is given twice; expected one row of each",
                     (*twice)->client_id, (*twice)->platform, to_string((*twice)->date));
}

bool is_booked_as(const Rows& booked, std::vector<LedgerEntry> entries) {
  std::ranges::sort(entries, {}, &LedgerEntry::account);
  return std::ranges::equal(booked.rows, entries, [](const Row& row, const LedgerEntry& entry) {
    return row == Row{entry.account, entry.amount.minor};
  });
}

// Books the movement; false when it is booked already.
Answer<bool> book(Transaction& transaction, const std::string& reference,
                  const std::vector<LedgerEntry>& entries) {
  const auto booked = transaction.execute(book_movement(reference, entries));
  if (!booked.ok()) return booked.error();
  if (booked.value().affected != 0) return true;
  const auto found = transaction.execute(look_up_movement(reference));
  if (!found.ok()) return found.error();
  if (is_booked_as(found.value(), entries)) return false;
  return invalid(
      fmt::format("the reference '{}' is booked already, for another movement; "
                  "expected a reference of its own for each movement",
                  reference));
}

// Books the movement and changes the balances, unless it is booked already.
Status move_money(Transaction& transaction, const std::string& reference,
                  const std::vector<LedgerEntry>& entries, std::span<const Statement> changes) {
  const auto is_new = book(transaction, reference, entries);
  if (!is_new.ok()) return is_new.error();
  if (!is_new.value()) return Done{};
  for (const Statement& change : changes) {
    const auto changed = transaction.execute(change);
    if (!changed.ok()) return changed.error();
    if (changed.value().affected == 1) continue;
    return invalid(fmt::format("there is no account '{}'; open it first",
                               to_string(change.parameters().front())));
  }
  return Done{};
}

Status book_delivery(Transaction& transaction, const std::string& reference,
                     const Delivery& delivery) {
  const auto is_new = book(transaction, reference, delivery.entries);
  if (!is_new.ok()) return is_new.error();
  if (!is_new.value()) return Done{};
  std::span<const DailyRow> rows(delivery.rows);
  while (!rows.empty()) {
    const auto batch = rows.first(std::min(rows.size(), daily_batch_rows_max));
    if (Status status = send(transaction, count_reservations(batch)); !status.ok()) return status;
    rows = rows.subspan(batch.size());
  }
  return Done{};
}

// Runs the body, which books something under `reference`: whether that is there tells after a lost
// answer whether it was committed.
TransactionEnd run_booking(Client& client, const std::string& reference, const Body& body) {
  if (reference.empty())
    return refused("the reference is empty; expected one that names the movement");
  TransactionOptions options;
  options.was_committed = [&](Session& session) -> Answer<bool> {
    const auto found = session.execute(look_up_movement(reference));
    if (!found.ok()) return found.error();
    return !found.value().rows.empty();
  };
  return run_transaction(client, options, body);
}

TransactionEnd run_movement(Client& client, const std::string& reference,
                            const std::vector<LedgerEntry>& entries,
                            std::span<const Statement> changes) {
  return run_booking(client, reference, [&](Transaction& transaction) {
    return move_money(transaction, reference, entries, changes);
  });
}

// Why the month cannot be summed up yet; empty when it can.
std::optional<std::string> not_over(const Month& month, const Day& today) {
  if (today > month.last_day()) return std::nullopt;
  return fmt::format("{} is not over on {}; it can be aggregated from {} on", to_string(month),
                     to_string(today), to_string(month.next().first_day()));
}

}  // namespace

TransactionEnd create_schema(Client& client) {
  return run_statements(client, schema_statements(client.engine().dialect()));
}

TransactionEnd import_daily(Client& client, const std::vector<DailyRow>& rows) {
  if (const auto twice = row_given_twice(rows)) return refused(*twice);
  return run_transaction(
      client, {}, [&](Transaction& transaction) { return send_daily_rows(transaction, rows); });
}

TransactionEnd collect_daily(Client& client, const Day& day, const std::vector<DailyRow>& rows) {
  const auto other =
      std::ranges::find_if(rows, [&](const DailyRow& row) { return row.date != day; });
  if (other != rows.end()) {
    return refused(
        fmt::format("found a row of {} (client '{}', platform '{}'); expected only rows "
                    "of {}",
                    to_string(other->date), other->client_id, other->platform, to_string(day)));
  }
  if (const auto twice = row_given_twice(rows)) return refused(*twice);
  return run_transaction(client, {}, [&](Transaction& transaction) {
    if (Status saved = send_daily_rows(transaction, rows); !saved.ok()) return saved;
    return send(transaction, save_log_row(day, static_cast<std::int64_t>(rows.size())));
  });
}

TransactionEnd aggregate_month(Client& client, const Month& month, const Day& today) {
  if (const auto why = not_over(month, today)) return refused(*why);
  return run_statements(client, aggregation_statements(month, today));
}

TransactionEnd book_reservations(Client& client, const std::string& reference,
                                 const std::vector<Reservation>& reservations) {
  const auto delivery = delivery_of(reservations);
  if (!delivery.ok()) return refused(delivery.error());
  return run_booking(client, reference, [&](Transaction& transaction) {
    return book_delivery(transaction, reference, delivery.value());
  });
}

TransactionEnd close_month(Client& client, const std::string& reference,
                           const std::vector<Reservation>& reservations, const Month& month,
                           const Day& today) {
  if (const auto why = not_over(month, today)) return refused(*why);
  const auto delivery = delivery_of(reservations);
  if (!delivery.ok()) return refused(delivery.error());
  return run_booking(client, reference, [&](Transaction& transaction) -> Status {
    if (Status booked = book_delivery(transaction, reference, delivery.value()); !booked.ok()) {
      return booked;
    }
    return send_all(transaction, aggregation_statements(month, today));
  });
}

TransactionEnd refresh_cache(Client& client, const Day& today) {
  return run_statements(client, {delete_cache(), insert_cache(today)});
}

TransactionEnd open_account(Client& client, const std::string& account, Money balance) {
  if (account.empty()) return refused("the account's name is empty");
  return run_statements(client, {open_account_row(account, balance)});
}

TransactionEnd post(Client& client, const std::string& reference, const std::string& account,
                    Money amount) {
  const Statement changes[] = {post_to_account(account, amount)};
  return run_movement(client, reference, {{account, amount}}, changes);
}

TransactionEnd transfer(Client& client, const std::string& reference, const std::string& from,
                        const std::string& to, Money amount) {
  if (amount <= Money{0}) {
    return refused(fmt::format("the amount is {}; expected more than 0.00", to_string(amount)));
  }
  if (from == to) {
    return refused(fmt::format("payer and payee are both '{}'; expected two accounts", from));
  }
  const Statement changes[] = {subtract_from_payer(from, amount), add_to_payee(to, amount)};
  return run_movement(client, reference, {{from, Money{-amount.minor}}, {to, amount}}, changes);
}

TransactionEnd add(Client& client, const std::string& counter, std::int64_t amount) {
  return run_statements(client, {add_to_counter(counter, amount)});
}

TransactionEnd apply_retention(Client& client, const Day& today) {
  constexpr std::chrono::days kept{90};
  const Day first_kept{std::chrono::sys_days{today} - kept};
  return run_statements(client, {delete_daily_rows_before(first_kept)});
}

}  // namespace splitproof::sim
