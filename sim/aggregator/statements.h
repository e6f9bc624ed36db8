// The SQL of the service, one function per statement. The texts are the same on both engines.
//
// Each begins with a comment that names it for people and for plans. They are functions of their
// own, rather than texts inside the operations, so that another form of the service can send the
// same statements in another frame.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sim/aggregator/daily_row.h"
#include "sim/base/money.h"
#include "sim/base/period.h"
#include "sim/sql/statement.h"

namespace splitproof::sim {

// How many rows one "save daily rows" carries at most. SQLite looks each of its 1700 parameters up
// among the ones before it, so that a statement ten times as long costs a hundred times as much to
// prepare.
inline constexpr std::size_t daily_batch_rows_max = 100;

// "save daily rows": an upsert of daily_kpi_data, of at least one row. A row that is there is
// replaced; none is ever deleted.
Statement save_daily_rows(std::span<const DailyRow> batch);

// "save log row": one row per day in collection_log, replaced by a later collection.
Statement save_log_row(const Day& day, std::int64_t rows_collected);

// "sum up the month": reads the month's daily rows once into the temporary table month_sums, which
// the two saves take their numbers from; both halves are thus made from the same rows.
Statement sum_up_month(const Month& month);

// "save campaign metrics" and "save conversion metrics": write one half of campaign_summaries from
// month_sums and leave the other half as it is. A summary made from more daily rows than there are
// is left alone, because retention has deleted some of them since.
Statement save_campaign_metrics(const Month& month);
Statement save_conversion_metrics(const Month& month);

// "save tracking row": how many clients and daily rows the month's summaries stand for. Writes
// nothing for a month without summaries.
Statement save_tracking_row(const Month& month, const Day& today);

// "look up tracking": clients and daily_rows of the month's tracking row.
Statement look_up_tracking(const Month& month);

// "drop month sums": ends what sum_up_month began.
Statement drop_month_sums();

// The statements of one aggregation, in the order in which they are sent: from "sum up the month"
// to "save tracking row".
std::vector<Statement> aggregation_statements(const Month& month, const Day& today);

// "delete old cache rows" and "insert new cache rows".
Statement delete_cache();
Statement insert_cache(const Day& today);

// "delete old daily rows": rows before `first_kept` of months that are tracked.
Statement delete_daily_rows_before(const Day& first_kept);

// "open account": does nothing when there is one of that name.
Statement open_account_row(const std::string& account, Money balance);

struct LedgerEntry {
  std::string account;
  Money amount;
  friend bool operator==(const LedgerEntry&, const LedgerEntry&) = default;
};

// "book movement": one row of ledger_entries per entry; affects none when the reference is booked.
Statement book_movement(const std::string& reference, const std::vector<LedgerEntry>& entries);

// "look up movement": account and amount_minor of what is booked under the reference.
Statement look_up_movement(const std::string& reference);

// "subtract from payer", "add to payee" and "post to account": relative updates of a balance; they
// affect no row when there is no such account.
Statement subtract_from_payer(const std::string& account, Money amount);
Statement add_to_payee(const std::string& account, Money amount);
Statement post_to_account(const std::string& account, Money amount);

// "add to counter": a relative update of one counter, which begins at 0.
Statement add_to_counter(const std::string& counter, std::int64_t amount);

// "read counter", its value, and "write counter", which sets it: the two halves of an addition that
// is computed outside the database.
Statement read_counter(const std::string& counter);
Statement write_counter(const std::string& counter, std::int64_t value);

}  // namespace splitproof::sim
