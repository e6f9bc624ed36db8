#include "harness/run/order_sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace splitproof::harness {

namespace {

class Sweeping {
 public:
  Sweeping(Experiment& experiment, const OrderSweepOptions& options,
           const std::function<void(const RunRecord&)>& judge)
      : experiment_(experiment), options_(options), judge_(judge) {}

  OrderSweep run(const Reached& reached) {
    extend({}, reached);
    return std::move(sweep_);
  }

 private:
  // Adds one more strike, everywhere.
  void extend(const Plan& base, const Reached& reached) {
    for (const Fault& fault : options_.faults) {
      for (const auto& [place, points] : reached) {
        const auto can = [&](const FaultPoint& point) { return can_strike(fault, point); };
        if (std::ranges::none_of(points, can)) continue;
        if (stopped() || !sweep_.unstable.empty()) return;
        Plan plan = base;
        plan.strikes.push_back({place.client, place.statement, fault});
        std::ranges::sort(plan.strikes);
        if (struck_at(base, place) || !known_.insert(plan.strikes).second) continue;
        strike(plan, fault, base.strikes.size());
      }
    }
  }

  void strike(const Plan& plan, const Fault& fault, std::size_t before) {
    std::int64_t fired = 0;
    const auto all = static_cast<std::int64_t>(plan.strikes.size());
    const Explored explored =
        explore(experiment_, plan, options_.schedules, [&](const RunRecord& run) {
          if (strikes_fired(run) == all) ++fired;
          judge_(run);
        });
    add_to(sweep_.observers, explored.observers);
    sweep_.unstable = explored.unstable;
    SweepAccount& account = account_of(fault, before);
    ++account.planned;
    std::string open;
    if (fired > 0) {
      ++account.fired;
    } else {
      open = fmt::format("the faults planned in '{}' did not fire in any order", to_string(plan));
    }
    if (!explored.schedules.left.empty()) {
      open = fmt::format("with '{}', {}", to_string(plan), explored.schedules.left);
    }
    if (stopped()) open = "stopped before its end";
    if (account.open_because.empty()) account.open_because = open;
    account.closed = account.open_because.empty();
    if (static_cast<int>(before) + 1 < options_.faults_max) extend(plan, explored.reached);
  }

  static bool struck_at(const Plan& plan, const PointPlace& place) {
    return std::ranges::any_of(plan.strikes, [&](const Strike& strike) {
      return strike.client == place.client && strike.statement == place.statement;
    });
  }

  SweepAccount& account_of(const Fault& fault, std::size_t before) {
    SweepAccount fresh;
    fresh.fault = to_string(fault);
    fresh.mode = "once";
    fresh.phase = before == 0 ? "orders" : fmt::format("orders, after {} faults", before);
    if (before == 1) fresh.phase = "orders, after a fault";
    const auto same = [&](const SweepAccount& one) {
      return one.fault == fresh.fault && one.phase == fresh.phase;
    };
    const auto known = std::ranges::find_if(sweep_.accounts, same);
    if (known != sweep_.accounts.end()) return *known;
    return sweep_.accounts.emplace_back(std::move(fresh));
  }

  bool stopped() const { return options_.schedules.stopped && options_.schedules.stopped(); }

  Experiment& experiment_;
  const OrderSweepOptions& options_;
  const std::function<void(const RunRecord&)>& judge_;
  OrderSweep sweep_;
  std::set<std::vector<Strike>> known_;
};

}  // namespace

std::vector<Fault> faults_in_orders(sim::Dialect dialect,
                                    const std::vector<std::string>& families) {
  std::vector<Fault> faults;
  for (const char* name : {"error", "throw", "drop", "lose-reply"}) {
    if (!families.empty() && std::ranges::find(families, name) == families.end()) continue;
    faults.push_back(typical_fault(dialect, name).value());
  }
  return faults;
}

bool is_small(const ScheduleCount& schedules) {
  constexpr std::int64_t runs_max = 1000;
  return schedules.complete && schedules.explored <= runs_max;
}

OrderSweep sweep_orders(Experiment& experiment, const Reached& reached,
                        const OrderSweepOptions& options,
                        const std::function<void(const RunRecord&)>& judge) {
  return Sweeping(experiment, options, judge).run(reached);
}

}  // namespace splitproof::harness
