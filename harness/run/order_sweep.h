// Faults while sessions are at work at once: interleaving × fault in one search. At every point
// that some order reaches, every fault strikes, and under each such strike the orders of the
// sessions are explored again, for a session that is struck goes another way.
//
// With more than one fault at a time, further strikes are added at the points that the runs under
// the first ones reach; each set of strikes is explored once.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/run/schedules.h"

namespace splitproof::harness {

// The faults that strike in orders: one of each family that is swept (empty: all) and that ends
// neither a process nor a backend nor the server.
std::vector<Fault> faults_in_orders(sim::Dialect dialect, const std::vector<std::string>& families);

// Whether the orders can be explored again for each strike without anybody asking for it.
bool is_small(const ScheduleCount& schedules);

struct OrderSweepOptions {
  ScheduleOptions schedules;  // For each exploration.
  std::vector<Fault> faults;  // Each strikes once.
  int faults_max = 1;         // At a time.
};

struct OrderSweep {
  std::vector<SweepAccount> accounts;  // By fault, and by how many had struck before it.
  std::vector<ObserverCount> observers;
  std::string unstable;  // As in Explored.
};

// `reached` are the points of the orders without faults. An account's planned strikes are points,
// each explored in all orders; one has fired where it did so in some order.
OrderSweep sweep_orders(Experiment& experiment, const Reached& reached,
                        const OrderSweepOptions& options,
                        const std::function<void(const RunRecord&)>& judge);

}  // namespace splitproof::harness
