#include "harness/run/shortening.h"

#include <algorithm>
#include <tuple>

#include "harness/schedule/strategy.h"

namespace splitproof::harness {

namespace {

// A turn that ends before its session could not go on.
std::int64_t preemptions_of(const Plan& plan) {
  return std::ranges::count_if(plan.order, [](const Turn& turn) { return turn.steps > 0; });
}

auto length_of(const Plan& plan) {
  int steps = 0;
  for (const Turn& turn : plan.order) steps += turn.steps;
  return std::tuple{preemptions_of(plan), plan.order.size(), steps};
}

}  // namespace

bool is_shorter(const Plan& left, const Plan& right) {
  return std::tuple{length_of(left), left} < std::tuple{length_of(right), right};
}

RunRecord shorten(Experiment& experiment, const RunRecord& run, const ShorteningOptions& options) {
  RunRecord shortest = run;
  Plan strikes = run.plan;
  strikes.order.clear();
  RunOptions run_options = options.run;
  std::int64_t runs = 0;
  bool found = false;
  const std::int64_t bound_max = preemptions_of(run.plan);
  for (int bound = 0; !found && bound <= bound_max; ++bound) {
    Exhaustive orders(bound);
    run_options.strategy = &orders;
    do {
      if (runs++ == options.runs_max || (options.stopped && options.stopped())) return shortest;
      orders.begin();
      RunRecord shorter = experiment.run(strikes, run_options);
      if (!options.shows(shorter)) continue;
      found = true;
      if (is_shorter(shorter.plan, shortest.plan)) shortest = std::move(shorter);
    } while (orders.next());
  }
  return shortest;
}

}  // namespace splitproof::harness
