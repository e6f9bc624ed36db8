// Reservations as they are delivered: one by one, each with the instant at which it was made.
//
// A reservation counts on the day that the calendar on the client's wall shows, in the client's own
// time zone; here that day is found, once, and nowhere else. A delivery names itself by a
// reference, under which it is booked in the ledger, so that it is counted once however often it
// arrives. What is not known here is when a month is over: that is the aggregation's business.
#pragma once

#include <istream>
#include <span>
#include <string>
#include <vector>

#include "sim/aggregator/csv.h"
#include "sim/aggregator/daily_row.h"
#include "sim/aggregator/statements.h"
#include "sim/base/period.h"
#include "sim/base/result.h"

namespace splitproof::sim {

struct Reservation {
  std::string client_id;
  std::string client_name;
  std::string platform;  // "google" or "meta"
  std::string timezone;  // The client's, by its name in the tz database: "Pacific/Honolulu".
  Instant made_at;
  std::int64_t reservations = 1;
  Money value;
};

// What a delivery does to the database.
struct Delivery {
  std::vector<LedgerEntry> entries;  // The value of each client's reservations.
  std::vector<DailyRow> rows;        // One of each client, platform and local day, in that order;
                                     // only reservations and their value are set.
};

// Refuses, with a sentence, an empty delivery and a time zone that does not exist.
Result<Delivery, std::string> delivery_of(const std::vector<Reservation>& reservations);

// "count reservations": adds the reservations and their value to the daily rows, of at least one
// row and of each client, platform and day once; a row that is not there begins with zeros.
Statement count_reservations(std::span<const DailyRow> batch);

// Reads reservations from CSV, by the same rules as daily rows. `made_at` is an instant with its
// offset; `name` is the file's name for messages.
Result<std::vector<Reservation>, CsvError> read_reservations_csv(std::istream& in,
                                                                 const std::string& name);

}  // namespace splitproof::sim
