// How the orders of sessions are chosen, as the command line says it, and what came of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/schedule/strategy.h"
#include "harness/verdict/verdict.h"

namespace splitproof::harness {

enum class StrategyName {
  automatic,   // Reduced; where half of the budget does not finish it, PCT for the other half.
  reduced,     // One order of each class.
  exhaustive,  // Every order.
  pct,
  random,
  bounded,  // Every order with at most `depth` preemptions.
};

// In the order of the enumeration: "auto", "reduced", …
const std::vector<std::string>& strategy_names();
std::string_view to_string(StrategyName name);

struct Exploration {
  StrategyName strategy = StrategyName::automatic;
  // Of PCT: how many steps must come in a certain order for the bug to show; of bounded: how many
  // preemptions. None: 3 and 2.
  std::optional<int> depth = std::nullopt;
  std::int64_t runs_max = 20'000;
  // How many faults may strike at a time while sessions are at work at once. None: one on SQLite,
  // where a run takes a fraction of a millisecond, and none on a server.
  std::optional<int> faults_max = std::nullopt;
  std::uint64_t seed = 1;
};

// How many faults strike at a time while sessions are at work at once, where nobody says.
constexpr int faults_by_default(bool is_sqlite) { return is_sqlite ? 1 : 0; }

// One strategy at work, and its account.
class Explorer {
 public:
  virtual ~Explorer() = default;
  // Valid as long as this.
  virtual Search& search() = 0;
  // After the last run; `exhausted` says that the search has nothing left, `steps` how many steps
  // each session took in the first run.
  virtual ScheduleCount account(bool exhausted, const std::vector<std::int64_t>& steps) const = 0;
};

// `name` is not automatic.
std::unique_ptr<Explorer> make_explorer(StrategyName name, const Exploration& exploration,
                                        std::int64_t runs_max);

// How many orders there are of so many steps of each session, if nobody waits; at most the largest
// number there is.
std::int64_t orders_of(const std::vector<std::int64_t>& steps);

// The probability of missing a bug up to which orders that were drawn are taken for enough.
inline constexpr double miss_bound_max = 0.001;

}  // namespace splitproof::harness
