// The service's jobs, each with one bug of the kind that survives a review.
#include <algorithm>
#include <span>

#include "scenarios/mutants/forms.h"
#include "scenarios/mutants/send_all.h"
#include "sim/aggregator/statements.h"

namespace splitproof::scenarios {

namespace {

using sim::Outcome;
using sim::Statement;
using sim::Status;
using sim::Transaction;
using sim::TransactionEnd;

TransactionEnd in_transaction(sim::Client& client, std::span<const Statement> statements) {
  return sim::run_transaction(
      client, {}, [&](Transaction& transaction) { return send_all(transaction, statements); });
}

// Two transactions for what belongs into one.
TransactionEnd in_two(sim::Client& client, std::span<const Statement> first,
                      std::span<const Statement> second) {
  TransactionEnd end = in_transaction(client, first);
  if (end.outcome != Outcome::committed) return end;
  return in_transaction(client, second);
}

std::vector<std::span<const sim::DailyRow>> in_batches(const std::vector<sim::DailyRow>& rows) {
  std::vector<std::span<const sim::DailyRow>> batches;
  std::span<const sim::DailyRow> rest(rows);
  while (!rest.empty()) {
    batches.push_back(rest.first(std::min(rest.size(), sim::daily_batch_rows_max)));
    rest = rest.subspan(batches.back().size());
  }
  return batches;
}

std::vector<Statement> aggregation_a_day_short(const sim::Month& month, const sim::Day& today) {
  std::vector<Statement> statements = sim::aggregation_statements(month, today);
  std::vector<sim::Value> borders = statements.front().parameters();
  // The first day that no longer belongs to the month.
  borders.back() = sim::to_string(month.last_day());
  statements.front() = Statement(statements.front().text(), std::move(borders));
  return statements;
}

}  // namespace

TransactionEnd commit_early(sim::Client& client, const std::vector<Statement>& steps) {
  const std::span<const Statement> all(steps);
  TransactionEnd end = in_transaction(client, all.first(all.size() - 1));
  if (end.outcome != Outcome::committed) return end;
  return autocommit::run_steps(client, {steps.back()});
}

TransactionEnd write_log_row_first(sim::Client& client, const sim::Day& day,
                                   const std::vector<sim::DailyRow>& rows) {
  const std::vector<Statement> log{sim::save_log_row(day, static_cast<std::int64_t>(rows.size()))};
  std::vector<Statement> saves;
  for (const auto batch : in_batches(rows)) saves.push_back(sim::save_daily_rows(batch));
  return in_two(client, log, saves);
}

TransactionEnd count_again_on_retry(sim::Client& client, const sim::Day& day,
                                    const std::vector<sim::DailyRow>& rows) {
  std::int64_t collected = 0;
  return sim::run_transaction(client, {}, [&](Transaction& transaction) -> Status {
    for (const auto batch : in_batches(rows)) {
      const sim::Answer<sim::Rows> saved = transaction.execute(sim::save_daily_rows(batch));
      if (!saved.ok()) return saved.error();
      collected += static_cast<std::int64_t>(batch.size());
    }
    const sim::Answer<sim::Rows> logged = transaction.execute(sim::save_log_row(day, collected));
    if (!logged.ok()) return logged.error();
    return sim::Done{};
  });
}

TransactionEnd track_outside(sim::Client& client, const sim::Month& month, const sim::Day& today) {
  const std::vector<Statement> statements = sim::aggregation_statements(month, today);
  const std::span<const Statement> all(statements);
  return in_two(client, all.first(all.size() - 1), all.last(1));
}

TransactionEnd aggregate_month_border_off_by_one(sim::Client& client, const sim::Month& month,
                                                 const sim::Day& today) {
  return in_transaction(client, aggregation_a_day_short(month, today));
}

TransactionEnd close_month_border_off_by_one(sim::Client& client, const std::string& reference,
                                             const std::vector<sim::Reservation>& reservations,
                                             const sim::Month& month, const sim::Day& today) {
  const auto delivery = sim::delivery_of(reservations);
  if (!delivery.ok()) {
    return {Outcome::aborted, sim::Error{sim::ErrorKind::invalid, "", delivery.error()}, 0};
  }
  const std::vector<Statement> count{sim::count_reservations(delivery.value().rows)};
  const std::vector<Statement> aggregate = aggregation_a_day_short(month, today);
  sim::TransactionOptions options;
  options.was_committed = [&](sim::Session& session) -> sim::Answer<bool> {
    const sim::Answer<sim::Rows> found = session.execute(sim::look_up_movement(reference));
    if (!found.ok()) return found.error();
    return !found.value().rows.empty();
  };
  return sim::run_transaction(client, options, [&](Transaction& transaction) -> Status {
    const sim::Answer<sim::Rows> booked =
        transaction.execute(sim::book_movement(reference, delivery.value().entries));
    if (!booked.ok()) return booked.error();
    const bool is_new = booked.value().affected != 0;
    const Status counted = is_new ? send_all(transaction, count) : Status(sim::Done{});
    return counted.ok() ? send_all(transaction, aggregate) : counted;
  });
}

TransactionEnd close_month_by_utc_day(sim::Client& client, const std::string& reference,
                                      std::vector<sim::Reservation> reservations,
                                      const sim::Month& month, const sim::Day& today) {
  for (sim::Reservation& reservation : reservations) reservation.timezone = "UTC";
  return sim::close_month(client, reference, reservations, month, today);
}

TransactionEnd truncate_cache(sim::Client& client, const sim::Day& today) {
  const std::vector<Statement> statements{"/* empty the cache */ TRUNCATE dashboard_cache",
                                          sim::insert_cache(today)};
  return in_transaction(client, statements);
}

}  // namespace splitproof::scenarios
