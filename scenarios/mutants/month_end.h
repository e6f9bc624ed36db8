// What is due at the end of a month, in the form that is right and in forms that two of them at
// once break: the month is finished and its fee booked, its rows are summed up, old rows are
// deleted.
//
// They reuse the service's statements; only the frame differs.
#pragma once

#include <optional>
#include <string>

#include "sim/aggregator/aggregator.h"
#include "sim/sql/transaction.h"

namespace splitproof::scenarios {

struct MonthEnd {
  sim::Month month;
  sim::Day today;
  std::string account;  // What the month's fee is booked on.
  sim::Money fee;
};

// Looks whether the month is finished; where it is not, says so in its tracking row and books the
// fee. Right at serializable, which is what the service uses.
sim::TransactionEnd finish_month(sim::Client& client, const MonthEnd& end,
                                 sim::Isolation isolation);

// Looks before the transaction begins, as a cron job does that wants to be quick.
sim::TransactionEnd finish_month_looking_first(sim::Client& client, const MonthEnd& end);

// Sums the month up once for each half. Without an isolation level each statement stands alone.
sim::TransactionEnd sum_up_twice(sim::Client& client, const sim::Month& month,
                                 const sim::Day& today,
                                 std::optional<sim::Isolation> isolation = std::nullopt);

// Deletes daily rows older than 90 days, whether or not their month is tracked.
sim::TransactionEnd delete_untracked(sim::Client& client, const sim::Day& today);

}  // namespace splitproof::scenarios
