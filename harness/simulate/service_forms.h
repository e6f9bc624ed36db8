// The service's operations as a life calls them, so that the code as it must not be written can
// live in its place.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/aggregator/aggregator.h"

namespace splitproof::harness::life {

struct ServiceForms {
  using End = sim::TransactionEnd;

  std::function<End(sim::Client&, const sim::Day&, const std::vector<sim::DailyRow>&)> collect =
      sim::collect_daily;
  std::function<End(sim::Client&, const std::string&, const std::vector<sim::Reservation>&)> book =
      sim::book_reservations;
  std::function<End(sim::Client&, const sim::Month&, const sim::Day&)> aggregate =
      sim::aggregate_month;
  std::function<End(sim::Client&, const sim::Day&)> refresh = sim::refresh_cache;
  std::function<End(sim::Client&, const std::string&, const std::string&, const std::string&,
                    sim::Money)>
      transfer = sim::transfer;
  std::function<End(sim::Client&, const sim::Day&)> retain = sim::apply_retention;
};

}  // namespace splitproof::harness::life
