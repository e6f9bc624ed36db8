// The service: hotels advertise on two platforms; each day one row of metrics per client, platform
// and day is collected; on the 1st of a month the month before is summed up.
//
// Every operation is one transaction of the transaction helper, is harmless when run again, and
// tells its caller one of three outcomes; a request that is refused before the database is asked
// ends as `aborted` with an error of kind `invalid` after 0 attempts. Money is in whole minor
// units; "today" is an argument. The tables are described in schema.h, the SQL texts are in
// statements.h.
#pragma once

#include <string>
#include <vector>

#include "sim/aggregator/daily_row.h"
#include "sim/aggregator/reservations.h"
#include "sim/base/money.h"
#include "sim/base/period.h"
#include "sim/sql/transaction.h"

namespace splitproof::sim {

// Creates what is missing of the tables; an existing database is left as it is.
TransactionEnd create_schema(Client& client);

// Saves rows of `daily_kpi_data` from elsewhere, a correction replacing what was there.
TransactionEnd import_daily(Client& client, const std::vector<DailyRow>& rows);

// The daily collection: the rows of `day` and one row of `collection_log`. A repeated collection
// replaces what it delivers again, and the log row; a row that it no longer delivers stays, since a
// source that answers with less than before must not lose data silently. Rows of another day, and a
// row given twice, are refused.
TransactionEnd collect_daily(Client& client, const Day& day, const std::vector<DailyRow>& rows);

// Sums up `month`: campaign metrics, then conversion metrics, then the tracking row dated `today`.
// Refused with an error of kind `invalid` while the month is not over on `today`. Running it again
// takes in late and corrected rows, and keeps the summary of a client whose daily rows were deleted
// in the meantime. A month without any summary is not tracked.
TransactionEnd aggregate_month(Client& client, const Month& month, const Day& today);

// Counts a delivery of reservations in the daily rows of the clients' local days, once: a delivery
// that is booked under `reference` already counts as committed. A reference that is booked for
// another delivery or movement is an error of kind `invalid`.
TransactionEnd book_reservations(Client& client, const std::string& reference,
                                 const std::vector<Reservation>& reservations);

// The end of a month: books its last delivery of reservations and sums the month up, in one
// transaction, so that no summary is ever made without them. Refused like both of its parts.
TransactionEnd close_month(Client& client, const std::string& reference,
                           const std::vector<Reservation>& reservations, const Month& month,
                           const Day& today);

// Replaces the dashboards' cache by what campaign_summaries holds.
TransactionEnd refresh_cache(Client& client, const Day& today);

// The ledger. `reference` names the movement; a movement that is already booked under it is not
// booked again and counts as committed. A reference that is booked for another movement, and an
// account that was never opened, are errors of kind `invalid`. Opening an account again keeps its
// balance.
TransactionEnd open_account(Client& client, const std::string& account, Money balance);
TransactionEnd post(Client& client, const std::string& reference, const std::string& account,
                    Money amount);
TransactionEnd transfer(Client& client, const std::string& reference, const std::string& from,
                        const std::string& to, Money amount);
// Adds to a named counter, by a relative update; not guarded by a reference.
TransactionEnd add(Client& client, const std::string& counter, std::int64_t amount);

// Deletes daily rows older than 90 days before `today`, only of months whose aggregation is
// tracked as complete.
TransactionEnd apply_retention(Client& client, const Day& today);

}  // namespace splitproof::sim
