// Reads daily rows from CSV (RFC 4180: quoted fields, doubled quotes, CRLF or LF). The header names
// the columns, in any order; all must be there. A file is taken whole or not at all.
#pragma once

#include <istream>
#include <string>
#include <vector>

#include "sim/aggregator/daily_row.h"
#include "sim/base/result.h"

namespace splitproof::sim {

struct CsvError {
  std::string file;
  int line = 0;         // 1 is the header.
  int column = 0;       // In characters, from 1.
  std::string message;  // What was found and what was expected.
};

// "file:line:column: message"
std::string to_string(const CsvError& error);

// `name` is the file's name for messages. Two rows of one client, platform and day are an error.
Result<std::vector<DailyRow>, CsvError> read_daily_csv(std::istream& in, const std::string& name);

}  // namespace splitproof::sim
