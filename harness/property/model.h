// What the service's commands do, once more and as simply as possible: maps in memory instead of
// tables, and no transactions. What a database holds is compared with it.
//
// It shares no rule with the service: sums are made by counting up, borders of months are compared
// as years and months, quotients are rounded by an arithmetic of their own. It knows no faults; who
// asks decides whether a command was applied.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "harness/oracle/state.h"
#include "harness/property/command.h"

namespace splitproof::harness {

// A summary's or a cache row's numbers by the name of their column; NULL where a ratio has no
// denominator.
using Numbers = std::map<std::string, sim::Value>;

// The sums and ratios of one month from its daily rows, as `campaign_summaries` holds them; with
// `daily_rows`, the number of rows.
Numbers sum_up(const std::vector<SaveRow>& rows);

class Model {
 public:
  using ClientAndPlatform = std::pair<std::string, std::string>;

  // Begins with what the tables `accounts`, `counters` and `daily_kpi_data` hold. What other tables
  // hold, and client names that are not the client's id, it does not take in.
  static Model of(const State& initial);

  // Why the service must refuse the command here, as kind `invalid`; empty when it must not.
  std::string refusal(const Command& command) const;

  // What a committed command leaves; it must not be one that is refused.
  void apply(const Command& command);

  // As the tables that `like` has, with their columns in its order. Columns that the model does not
  // know are NULL.
  State tables(const State& like) const;

  friend auto operator<=>(const Model&, const Model&) = default;

 private:
  struct Apply;

  void book(const std::string& reference, const std::map<std::string, std::int64_t>& changes);
  void save(const SaveRow& row);
  void aggregate(const AggregateMonth& command);

  std::map<std::string, std::int64_t> accounts_;
  std::map<std::string, std::int64_t> counters_;
  std::map<std::string, std::map<std::string, std::int64_t>> booked_;  // By reference.
  std::map<std::pair<sim::Day, ClientAndPlatform>, SaveRow> days_;
  std::map<sim::Day, std::int64_t> log_;
  std::map<std::pair<sim::Month, ClientAndPlatform>, Numbers> summaries_;
  std::map<sim::Month, Numbers> tracking_;
  std::map<std::pair<sim::Month, ClientAndPlatform>, Numbers> cache_;
};

}  // namespace splitproof::harness
