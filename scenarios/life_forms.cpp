#include "scenarios/life_forms.h"

#include <fmt/format.h>

#include <map>

#include "scenarios/mutants/forms.h"
#include "scenarios/mutants/month_end.h"
#include "sim/aggregator/statements.h"

namespace splitproof::scenarios {
namespace {

using harness::life::ServiceForms;
using harness::life::ServiceMaker;
using sim::Client;

using Transfer = decltype(ServiceForms::transfer);

// With the reference that the ledger is read by, so that it takes more than a look to see the bug.
sim::TransactionEnd autocommitted_transfer(Client& client, const std::string& reference,
                                           const std::string& from, const std::string& to,
                                           sim::Money amount) {
  const std::vector<sim::LedgerEntry> entries{{from, sim::Money{-amount.minor}}, {to, amount}};
  return autocommit::run_steps(
      client, {sim::book_movement(reference, entries), sim::subtract_from_payer(from, amount),
               sim::add_to_payee(to, amount)});
}

ServiceForms code_before() {
  ServiceForms forms;
  forms.collect = autocommit::collect_daily;
  forms.aggregate = autocommit::aggregate_month;
  forms.refresh = autocommit::refresh_cache;
  forms.transfer = autocommitted_transfer;
  return forms;
}

// The right service with one part replaced.
template <auto part, class Form>
ServiceMaker with(Form form) {
  return [form] {
    ServiceForms forms;
    forms.*part = form;
    return forms;
  };
}

sim::TransactionEnd book_by_utc_day(Client& client, const std::string& reference,
                                    std::vector<sim::Reservation> reservations) {
  for (sim::Reservation& reservation : reservations) reservation.timezone = "UTC";
  return sim::book_reservations(client, reference, reservations);
}

// One that forgets what it remembers with its life.
ServiceForms remembering_too_early() {
  ServiceForms forms;
  forms.aggregate = RemembersTooEarly();
  return forms;
}

const std::map<std::string, ServiceMaker>& makers() {
  static const std::map<std::string, ServiceMaker> all{
      {"transactional", [] { return ServiceForms(); }},
      {"autocommit", code_before},
      {"counts-again-on-retry", with<&ServiceForms::collect>(count_again_on_retry)},
      {"log-row-first", with<&ServiceForms::collect>(write_log_row_first)},
      {"loses-a-cent", with<&ServiceForms::transfer>(lose_a_cent)},
      {"month-border-off-by-one",
       with<&ServiceForms::aggregate>(aggregate_month_border_off_by_one)},
      {"no-reference", with<&ServiceForms::transfer>(
                           Transfer([](Client& client, const std::string&, const std::string& from,
                                       const std::string& to, sim::Money amount) {
                             return transfer_without_reference(client, from, to, amount);
                           }))},
      {"remembers-too-early", remembering_too_early},
      {"sequential-upserts", with<&ServiceForms::aggregate>(sequential_upserts)},
      {"sums-twice", with<&ServiceForms::aggregate>(
                         [](Client& client, const sim::Month& month, const sim::Day& today) {
                           return sum_up_twice(client, month, today);
                         })},
      {"tracks-outside", with<&ServiceForms::aggregate>(track_outside)},
      {"utc-day", with<&ServiceForms::book>(book_by_utc_day)},
  };
  return all;
}

}  // namespace

sim::Result<ServiceMaker, std::string> find_life_forms(const std::string& name) {
  const auto found = makers().find(name.empty() ? "transactional" : name);
  if (found != makers().end()) return found->second;
  std::string known;
  for (const auto& [one, maker] : makers()) known += (known.empty() ? "" : ", ") + one;
  return fmt::format("'--variant' is '{}'; expected one of: {}", name, known);
}

harness::life::LivesSpec lives_of(const harness::Options& options, const std::string& version) {
  harness::life::LivesSpec spec;
  spec.variant = options.variant.empty() ? "transactional" : options.variant;
  spec.version = version;
  spec.first.days = options.simulate.days;
  spec.first.clients = options.simulate.clients;
  spec.first.seed = options.seed;
  spec.first.strikes = options.simulate.strikes;
  return spec;
}

}  // namespace splitproof::scenarios
