// The service's tables as text for people: aligned columns, amounts with two decimals, a last line
// that says how many rows there are.
//
// Columns of hundredths are printed as decimals and lose the ending of their name: `_minor`,
// `_hundredths`; `_bp` becomes `_percent`. A NULL is printed as "-".
#pragma once

#include <string>

#include "sim/sql/transaction.h"

namespace splitproof::sim {

// `rows` as a table, one line each, under a header. Numbers are aligned to the right.
std::string text_table(const Rows& rows);

// The first `rows_max` rows of a table of table_names(), in the order of its key.
Answer<std::string> show_table(Transaction& transaction, const std::string& table,
                               std::int64_t rows_max);

// Each table of the service with its number of rows.
Answer<std::string> show_overview(Transaction& transaction);

}  // namespace splitproof::sim
