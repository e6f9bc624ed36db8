// The body of the program `aggregator`: one operation of the service, run from a command line or by
// cron.
//
// Results go to standard output. Whatever went wrong is one line on standard error, and the exit
// code says which of the three outcomes it was; see command_line.h.
#pragma once

#include "sim/aggregator/aggregator.h"

namespace splitproof::sim {

// The operations that can be written with or without a transaction around them; as they must be,
// unless somebody says otherwise.
struct Service {
  TransactionEnd (*aggregate_month)(Client&, const Month&, const Day&) = sim::aggregate_month;
  TransactionEnd (*collect_daily)(Client&, const Day&,
                                  const std::vector<DailyRow>&) = sim::collect_daily;
  TransactionEnd (*transfer)(Client&, const std::string& reference, const std::string& from,
                             const std::string& to, Money amount) = sim::transfer;
};

// main() of the program, with the arguments of main(); returns its exit code.
int aggregator_main(int argc, const char* const* argv, const Service& service);

}  // namespace splitproof::sim
