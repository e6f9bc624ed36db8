// The program `aggregator-before`: the service as it was when the month was split. It has the
// command line of `aggregator` and saves without a transaction around what belongs together.
#include "scenarios/mutants/forms.h"
#include "sim/aggregator/program.h"

namespace {

using namespace splitproof;

// The code before knew no references; a repeated transfer was made twice.
sim::TransactionEnd transfer(sim::Client& client, const std::string&, const std::string& from,
                             const std::string& to, sim::Money amount) {
  return scenarios::autocommit::transfer(client, from, to, amount);
}

}  // namespace

int main(int argc, char** argv) {
  sim::Service before;
  before.aggregate_month = scenarios::autocommit::aggregate_month;
  before.collect_daily = scenarios::autocommit::collect_daily;
  before.transfer = transfer;
  return sim::aggregator_main(argc, argv, before);
}
