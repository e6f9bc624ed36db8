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

}  // namespace autocommit

// Checks the sums first, then saves one by one, each with up to three tries, and calls itself
// atomic. Stops at the first save that fails three times.
sim::TransactionEnd sequential_upserts(sim::Client& client, const sim::Month& month,
                                       const sim::Day& today);

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

// Does all the work of its first attempt and rolls it back, as if a deadline had passed.
class GivesUpAtFirst {
 public:
  sim::TransactionEnd operator()(sim::Client& client, const sim::Day& day,
                                 const std::vector<sim::DailyRow>& rows);

 private:
  bool tried_ = false;
};

}  // namespace splitproof::scenarios
