// The operations of the service as they must not be written. Each is a bug with a name, kept so
// that every judge of this project can be shown to see it.
//
// `autocommit` is the code before: every statement is a transaction of its own, and a failed save
// is logged and passed over. They reuse the service's statements; only the frame is wrong.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/aggregator/aggregator.h"
#include "sim/sql/transaction.h"

namespace splitproof::scenarios {

// What a client without transactions is told after a statement failed: a lost answer leaves the
// statement in doubt, any other error does not.
sim::Outcome outcome_of(const sim::Error& error);

namespace autocommit {

// Each statement by itself, up to the first that fails.
sim::TransactionEnd run_steps(sim::Client& client, const std::vector<sim::Statement>& steps);

// Subtract, then add, with no reference to tell a repetition by.
sim::TransactionEnd transfer(sim::Client& client, const std::string& from, const std::string& to,
                             sim::Money amount);

// Saves each half in its own statement and goes on after a failure, as the incident's code did.
sim::TransactionEnd aggregate_month(sim::Client& client, const sim::Month& month,
                                    const sim::Day& today);

// The rows, then the log row.
sim::TransactionEnd collect_daily(sim::Client& client, const sim::Day& day,
                                  const std::vector<sim::DailyRow>& rows);

// Deletes the old cache, then inserts the new one.
sim::TransactionEnd refresh_cache(sim::Client& client, const sim::Day& today);

}  // namespace autocommit

// Checks the sums first, then saves one by one, each with up to three tries, and calls itself
// atomic. Stops at the first save that fails three times.
sim::TransactionEnd sequential_upserts(sim::Client& client, const sim::Month& month,
                                       const sim::Day& today);

// All steps but the last in a transaction that is committed before the last one is sent.
sim::TransactionEnd commit_early(sim::Client& client, const std::vector<sim::Statement>& steps);

// Does everything right and then leaves a transaction open on the session.
sim::TransactionEnd leave_transaction_open(sim::Client& client,
                                           const std::vector<sim::Statement>& steps);

// A transfer that adds one cent less than it subtracts.
sim::TransactionEnd lose_a_cent(sim::Client& client, const std::string& reference,
                                const std::string& from, const std::string& to, sim::Money amount);

// A transfer in a transaction, with no reference to tell a repetition by.
sim::TransactionEnd transfer_without_reference(sim::Client& client, const std::string& from,
                                               const std::string& to, sim::Money amount);

// Notes a month as done in its own memory before the database has committed it.
class RemembersTooEarly {
 public:
  sim::TransactionEnd operator()(sim::Client& client, const sim::Month& month,
                                 const sim::Day& today);

 private:
  std::set<sim::Month> done_;
};

// A collection whose log row is committed before its rows are saved.
sim::TransactionEnd write_log_row_first(sim::Client& client, const sim::Day& day,
                                        const std::vector<sim::DailyRow>& rows);

// A collection that counts its rows in a variable which an attempt that is run again finds as the
// attempt before left it.
sim::TransactionEnd count_again_on_retry(sim::Client& client, const sim::Day& day,
                                         const std::vector<sim::DailyRow>& rows);

// An aggregation that saves both halves in one transaction and its tracking row after it.
sim::TransactionEnd track_outside(sim::Client& client, const sim::Month& month,
                                  const sim::Day& today);

// An aggregation of a month that ends a day early: its last day lands in no month.
sim::TransactionEnd aggregate_month_border_off_by_one(sim::Client& client, const sim::Month& month,
                                                      const sim::Day& today);

// The end of a month with that aggregation.
sim::TransactionEnd close_month_border_off_by_one(sim::Client& client, const std::string& reference,
                                                  const std::vector<sim::Reservation>& reservations,
                                                  const sim::Month& month, const sim::Day& today);

// The end of a month with each reservation on the day that it is in London in winter, as the
// server's clock has it, whatever the time zone of the client.
sim::TransactionEnd close_month_by_utc_day(sim::Client& client, const std::string& reference,
                                           std::vector<sim::Reservation> reservations,
                                           const sim::Month& month, const sim::Day& today);

// Empties the cache by TRUNCATE, which SQLite does not have, and fills it, in one transaction.
sim::TransactionEnd truncate_cache(sim::Client& client, const sim::Day& today);

}  // namespace splitproof::scenarios
