#include "scenarios/mutants/month_end.h"

#include <vector>

#include "scenarios/mutants/forms.h"
#include "scenarios/mutants/send_all.h"
#include "sim/aggregator/statements.h"

namespace splitproof::scenarios {

namespace {

using sim::Answer;
using sim::Outcome;
using sim::Rows;
using sim::Statement;
using sim::Status;
using sim::Transaction;
using sim::TransactionEnd;

std::vector<Statement> finishing(const MonthEnd& end) {
  return {sim::save_tracking_row(end.month, end.today), sim::post_to_account(end.account, end.fee)};
}

// One question on the bare session, answered before any transaction.
Answer<Rows> look_outside(sim::Client& client, const Statement& question) {
  const Answer<sim::Session*> session = client.session();
  if (!session.ok()) return session.error();
  Answer<Rows> answer = session.value()->execute(question);
  const bool lost = !answer.ok() && answer.error().kind == sim::ErrorKind::connection_lost;
  if (lost) client.discard();
  return answer;
}

// Nothing was written; a lost answer to a question leaves nothing in doubt.
TransactionEnd not_told(const sim::Error& error) { return {Outcome::aborted, error, 1}; }

Statement delete_before(const sim::Day& today) {
  constexpr std::chrono::days kept{90};
  const sim::Day first_kept{std::chrono::sys_days{today} - kept};
  return {"/* delete old daily rows */ DELETE FROM daily_kpi_data WHERE date < $1",
          {sim::to_string(first_kept)}};
}

}  // namespace

TransactionEnd finish_month(sim::Client& client, const MonthEnd& end, sim::Isolation isolation) {
  sim::TransactionOptions options;
  options.isolation = isolation;
  return sim::run_transaction(client, options, [&](Transaction& transaction) -> Status {
    const Answer<Rows> tracked = transaction.execute(sim::look_up_tracking(end.month));
    if (!tracked.ok()) return tracked.error();
    if (!tracked.value().rows.empty()) return sim::Done{};
    return send_all(transaction, finishing(end));
  });
}

TransactionEnd finish_month_looking_first(sim::Client& client, const MonthEnd& end) {
  const Answer<Rows> tracked = look_outside(client, sim::look_up_tracking(end.month));
  if (!tracked.ok()) return not_told(tracked.error());
  if (!tracked.value().rows.empty()) return {Outcome::committed, std::nullopt, 1};
  return sim::run_transaction(
      client, {}, [&](Transaction& transaction) { return send_all(transaction, finishing(end)); });
}

TransactionEnd sum_up_twice(sim::Client& client, const sim::Month& month, const sim::Day& today,
                            std::optional<sim::Isolation> isolation) {
  const std::vector<Statement> statements{sim::sum_up_month(month),
                                          sim::save_campaign_metrics(month),
                                          sim::drop_month_sums(),
                                          sim::sum_up_month(month),
                                          sim::save_conversion_metrics(month),
                                          sim::drop_month_sums(),
                                          sim::save_tracking_row(month, today)};
  if (!isolation) return autocommit::run_steps(client, statements);
  sim::TransactionOptions options;
  options.isolation = *isolation;
  return sim::run_transaction(
      client, options, [&](Transaction& transaction) { return send_all(transaction, statements); });
}

TransactionEnd delete_untracked(sim::Client& client, const sim::Day& today) {
  return sim::run_transaction(client, {}, [&](Transaction& transaction) {
    const Statement deletion[] = {delete_before(today)};
    return send_all(transaction, deletion);
  });
}

}  // namespace splitproof::scenarios
