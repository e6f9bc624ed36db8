// Each rule of the judge has a service that breaks it, and is needed to see it.
#include <gtest/gtest.h>

#include <set>

#include "sim/aggregator/statements.h"
#include "tests/simulate/lives.h"

namespace splitproof::harness::life {
namespace {

using sim::Client;
using sim::Outcome;
using sim::TransactionEnd;
using tests::found_in;
using tests::in_transaction;
using tests::life_of;

struct Mutant {
  std::string name;
  Rule rule;
  std::function<void(ServiceForms&)> break_it;
};

TransactionEnd then(TransactionEnd end, Client& client,
                    const std::vector<sim::Statement>& statements) {
  if (end.outcome != Outcome::committed) return end;
  const TransactionEnd second = in_transaction(client, statements);
  // What is told is the end of the first: the second is the bug.
  return second.outcome == Outcome::committed ? end : second;
}

TransactionEnd lose_the_last_row(Client& client, const sim::Day& day,
                                 std::vector<sim::DailyRow> rows) {
  const auto count = static_cast<std::int64_t>(rows.size());
  rows.pop_back();
  if (rows.empty()) return in_transaction(client, {sim::save_log_row(day, count)});
  return in_transaction(client, {sim::save_daily_rows(rows), sim::save_log_row(day, count)});
}

// Counts a delivery each time that it comes.
TransactionEnd book_twice(Client& client, const std::string& reference,
                          const std::vector<sim::Reservation>& reservations) {
  const auto delivery = sim::delivery_of(reservations);
  return in_transaction(client, {sim::book_movement(reference, delivery.value().entries),
                                 sim::count_reservations(delivery.value().rows)});
}

TransactionEnd book_on_the_utc_day(Client& client, const std::string& reference,
                                   std::vector<sim::Reservation> reservations) {
  for (sim::Reservation& one : reservations) one.timezone = "UTC";
  return sim::book_reservations(client, reference, reservations);
}

TransactionEnd one_half_only(Client& client, const sim::Month& month, const sim::Day& today) {
  const auto all = sim::aggregation_statements(month, today);
  return in_transaction(client, {all[0], all[1], all[3], all[4]});
}

TransactionEnd without_tracking(Client& client, const sim::Month& month, const sim::Day& today) {
  auto all = sim::aggregation_statements(month, today);
  all.pop_back();
  return in_transaction(client, all);
}

TransactionEnd a_cent_too_much(Client& client, const sim::Month& month, const sim::Day& today) {
  auto all = sim::aggregation_statements(month, today);
  all.emplace_back(
      "UPDATE campaign_summaries SET total_spend_minor = total_spend_minor + 1 "
      "WHERE client_id = 'h01' AND platform = 'meta' AND month = $1",
      std::vector<sim::Value>{to_string(month)});
  return in_transaction(client, all);
}

TransactionEnd leave_open(Client& client, const sim::Day& today) {
  TransactionEnd end = sim::refresh_cache(client, today);
  const auto session = client.session();
  if (session.ok())
    static_cast<void>(session.value()->execute("BEGIN").ok() &&
                      session.value()->execute("SELECT * FROM counters").ok());
  return end;
}

// The table's pages are there and nobody knows whose they are.
TransactionEnd forget_a_table(Client& client, const sim::Day& today) {
  const auto session = client.session();
  if (!session.ok()) return tests::told(Outcome::aborted);
  if (!session.value()->execute("PRAGMA writable_schema = ON").ok()) {
    return tests::told(Outcome::aborted);
  }
  return then(sim::apply_retention(client, today), client,
              {"DELETE FROM sqlite_schema WHERE name = 'counters'"});
}

TransactionEnd delete_too_early(Client& client, const sim::Day& today) {
  return sim::apply_retention(client,
                              sim::Day{std::chrono::sys_days{today} + std::chrono::days{30}});
}

std::vector<Mutant> mutants() {
  return {
      {"lost_row", Rule::rows, [](ServiceForms& forms) { forms.collect = lose_the_last_row; }},
      {"doubled_booking", Rule::rows, [](ServiceForms& forms) { forms.book = book_twice; }},
      {"wrong_month", Rule::rows, [](ServiceForms& forms) { forms.book = book_on_the_utc_day; }},
      {"wrong_log", Rule::log,
       [](ServiceForms& forms) {
         forms.collect = [](Client& client, const sim::Day& day,
                            const std::vector<sim::DailyRow>& rows) {
           return then(sim::collect_daily(client, day, rows), client,
                       {sim::save_log_row(day, std::ssize(rows) + 1)});
         };
       }},
      {"split_month", Rule::split_month,
       [](ServiceForms& forms) { forms.aggregate = one_half_only; }},
      {"wrong_sum", Rule::sums, [](ServiceForms& forms) { forms.aggregate = a_cent_too_much; }},
      {"untracked", Rule::tracking,
       [](ServiceForms& forms) { forms.aggregate = without_tracking; }},
      {"stale_cache", Rule::cache,
       [](ServiceForms& forms) {
         forms.refresh = [](Client&, const sim::Day&) { return tests::told(Outcome::committed); };
       }},
      {"lost_movement", Rule::ledger,
       [](ServiceForms& forms) {
         forms.transfer = [](Client&, const std::string&, const std::string&, const std::string&,
                             sim::Money) { return tests::told(Outcome::committed); };
       }},
      {"early_retention", Rule::retention,
       [](ServiceForms& forms) { forms.retain = delete_too_early; }},
      {"wrong_word", Rule::told,
       [](ServiceForms& forms) {
         forms.refresh = [](Client& client, const sim::Day& today) {
           static_cast<void>(sim::refresh_cache(client, today));
           return tests::told(Outcome::aborted);
         };
       }},
      {"half_cache", Rule::read,
       [](ServiceForms& forms) {
         forms.refresh = [](Client& client, const sim::Day& today) {
           return then(in_transaction(client, {sim::delete_cache()}), client,
                       {sim::insert_cache(today)});
         };
       }},
      {"open_transaction", Rule::hand_back,
       [](ServiceForms& forms) { forms.refresh = leave_open; }},
      {"damaged", Rule::integrity, [](ServiceForms& forms) { forms.retain = forget_a_table; }},
      {"never_done", Rule::converges,
       [](ServiceForms& forms) {
         forms.refresh = [](Client&, const sim::Day&) { return tests::told(Outcome::aborted); };
       }},
  };
}

class EachRule : public ::testing::TestWithParam<Mutant> {};

// The first finding in some lives, by the rule that is meant.
std::string first_found(const Mutant& mutant, unsigned blind) {
  ServiceForms forms;
  mutant.break_it(forms);
  std::string found;
  for (std::uint64_t seed = 1; seed <= 6 && found.empty(); ++seed) {
    LifeSpec spec = life_of(seed, {.days = 75, .clients = 2});
    spec.strikes = Strikes{};
    spec.blind = blind;
    const LifeEnd end = live(spec, forms);
    if (end.found && end.found->rule == mutant.rule) found = found_in(end);
  }
  return found;
}

TEST_P(EachRule, SeesItsMutant) { EXPECT_NE(first_found(GetParam(), 0), ""); }

// An oracle that always says that it holds is missed.
TEST_P(EachRule, IsNeededToSeeIt) {
  EXPECT_EQ(first_found(GetParam(), 1U << static_cast<unsigned>(GetParam().rule)), "");
}

std::string mutant_name(const ::testing::TestParamInfo<Mutant>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Judge, EachRule, ::testing::ValuesIn(mutants()), mutant_name);

TEST(Judge, HasAMutantForEachOfItsRules) {
  std::set<Rule> rules;
  for (const Mutant& mutant : mutants()) rules.insert(mutant.rule);
  EXPECT_EQ(rules.size(), static_cast<std::size_t>(rules_count));
}

}  // namespace
}  // namespace splitproof::harness::life
