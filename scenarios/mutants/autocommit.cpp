#include <algorithm>
#include <span>

#include "scenarios/mutants/forms.h"
#include "sim/aggregator/statements.h"

namespace splitproof::scenarios {

namespace {

using sim::Error;
using sim::Outcome;
using sim::Status;
using sim::TransactionEnd;

// One statement on the client's session, committed by itself.
Status send(sim::Client& client, const sim::Statement& statement) {
  const sim::Answer<sim::Session*> session = client.session();
  if (!session.ok()) return session.error();
  const sim::Answer<sim::Rows> answer = session.value()->execute(statement);
  if (answer.ok()) return sim::Done{};
  if (answer.error().kind == sim::ErrorKind::connection_lost) client.discard();
  return answer.error();
}

TransactionEnd ended(const Status& status) {
  if (status.ok()) return {Outcome::committed, std::nullopt, 1};
  return {outcome_of(status.error()), status.error(), 1};
}

std::vector<sim::Statement> in_batches(const std::vector<sim::DailyRow>& rows) {
  std::vector<sim::Statement> statements;
  std::span<const sim::DailyRow> rest(rows);
  while (!rest.empty()) {
    const auto batch = rest.first(std::min(rest.size(), sim::daily_batch_rows_max));
    statements.push_back(sim::save_daily_rows(batch));
    rest = rest.subspan(batch.size());
  }
  return statements;
}

Status send_with_retries(sim::Client& client, const sim::Statement& statement) {
  constexpr int tries_max = 3;
  Status last = send(client, statement);
  for (int tries = 1; tries < tries_max && !last.ok(); ++tries) last = send(client, statement);
  return last;
}

}  // namespace

Outcome outcome_of(const Error& error) {
  return sim::leaves_commit_in_doubt(error) ? Outcome::indeterminate : Outcome::aborted;
}

namespace autocommit {

TransactionEnd run_steps(sim::Client& client, const std::vector<sim::Statement>& steps) {
  for (const sim::Statement& step : steps) {
    const Status sent = send(client, step);
    if (!sent.ok()) return ended(sent);
  }
  return ended(sim::Done{});
}

TransactionEnd transfer(sim::Client& client, const std::string& from, const std::string& to,
                        sim::Money amount) {
  return run_steps(client, {sim::subtract_from_payer(from, amount), sim::add_to_payee(to, amount)});
}

TransactionEnd aggregate_month(sim::Client& client, const sim::Month& month,
                               const sim::Day& today) {
  const Status summed = send(client, sim::sum_up_month(month));
  if (!summed.ok()) return ended(summed);
  Status worst = sim::Done{};
  for (const sim::Statement& save :
       {sim::save_campaign_metrics(month), sim::save_conversion_metrics(month)}) {
    const Status saved = send(client, save);
    if (!saved.ok()) worst = saved;
  }
  if (worst.ok()) worst = send(client, sim::save_tracking_row(month, today));
  static_cast<void>(send(client, sim::drop_month_sums()).ok());
  return ended(worst);
}

TransactionEnd collect_daily(sim::Client& client, const sim::Day& day,
                             const std::vector<sim::DailyRow>& rows) {
  std::vector<sim::Statement> statements = in_batches(rows);
  statements.push_back(sim::save_log_row(day, static_cast<std::int64_t>(rows.size())));
  return run_steps(client, statements);
}

TransactionEnd refresh_cache(sim::Client& client, const sim::Day& today) {
  return run_steps(client, {sim::delete_cache(), sim::insert_cache(today)});
}

}  // namespace autocommit

TransactionEnd sequential_upserts(sim::Client& client, const sim::Month& month,
                                  const sim::Day& today) {
  Status step = send(client, sim::sum_up_month(month));
  if (step.ok()) {
    step = send(client,
                "/* validate the sums */ SELECT count(*) FROM month_sums "
                "WHERE client_id IS NULL OR platform IS NULL");
  }
  for (const sim::Statement& save :
       {sim::save_campaign_metrics(month), sim::save_conversion_metrics(month),
        sim::save_tracking_row(month, today)}) {
    if (step.ok()) step = send_with_retries(client, save);
  }
  static_cast<void>(send(client, sim::drop_month_sums()).ok());
  return ended(step);
}

}  // namespace splitproof::scenarios
