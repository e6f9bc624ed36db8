#include "harness/simulate/jobs.h"

#include <fmt/format.h>

namespace splitproof::harness::life {

std::string describe(const Job& job, const Source& source) {
  struct Words {
    const Source& source;
    std::string operator()(const RowDelivery& one) const {
      return "collection of " + sim::to_string(source.date(one.day));
    }
    std::string operator()(const DeskDelivery& one) const { return "booking of " + one.reference; }
    std::string operator()(const AggregateJob& one) const {
      return "aggregation of " + sim::to_string(one.month);
    }
    std::string operator()(const RefreshJob&) const { return "refresh of the cache"; }
    std::string operator()(const MoveMoney& one) const { return "transfer " + one.reference; }
    std::string operator()(const RetainJob&) const { return "retention"; }
    std::string operator()(const ReadJob& one) const {
      if (one.first == View::cache) return "reader of the cache";
      if (one.first == View::accounts) return "reader of the accounts";
      return "reader of " + sim::to_string(one.month);
    }
  };
  return std::visit(Words{source}, job.wish);
}

}  // namespace splitproof::harness::life
