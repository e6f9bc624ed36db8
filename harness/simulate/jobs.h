// What a worker of the service has to do. A job is the wish; what exactly it asks for, such as the
// rows that the source knows by now, and the day that the machine's clock shows, is found out each
// time that it is tried.
#pragma once

#include <string>
#include <variant>

#include "harness/simulate/model.h"
#include "harness/simulate/source.h"
#include "harness/simulate/tables.h"

namespace splitproof::harness::life {

struct AggregateJob {
  sim::Month month;
};
struct RefreshJob {};
struct RetainJob {};
// A reader: two views of one moment, in one transaction that only reads.
struct ReadJob {
  View first = View::campaign_half;
  View second = View::conversion_half;
  sim::Month month;
};

using Wish = std::variant<RowDelivery, DeskDelivery, AggregateJob, RefreshJob, MoveMoney, RetainJob,
                          ReadJob>;

struct Job {
  Wish wish;
  int tries = 0;
};

// In words: "collection of 2025-08-31".
std::string describe(const Job& job, const Source& source);

}  // namespace splitproof::harness::life
