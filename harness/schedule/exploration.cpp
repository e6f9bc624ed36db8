#include "harness/schedule/exploration.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "harness/schedule/reduced.h"
#include "harness/schedule/sampling.h"

namespace splitproof::harness {

namespace {

constexpr int pct_depth = 3;
constexpr int preemptions = 2;
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

std::string how_many(std::int64_t orders) {
  return orders == most ? "more than 9e18" : fmt::format("{}", orders);
}

// The budget struck first.
std::string left_of(std::int64_t explored, std::int64_t orders) {
  return fmt::format(
      "only {} orders of the sessions were run, of about {}; no bound is claimed "
      "for the rest",
      explored, how_many(orders));
}

class ExhaustiveExplorer final : public Explorer {
 public:
  Search& search() override { return search_; }
  ScheduleCount account(bool exhausted, const std::vector<std::int64_t>& steps) const override {
    ScheduleCount count;
    count.strategy = to_string(StrategyName::exhaustive);
    count.explored = search_.explored();
    count.complete = exhausted;
    count.of = exhausted ? count.explored : orders_of(steps);
    count.shows = "every order";
    if (!exhausted) count.shows = count.left = left_of(count.explored, count.of);
    return count;
  }

 private:
  Exhaustive search_;
};

class BoundedExplorer final : public Explorer {
 public:
  explicit BoundedExplorer(int bound) : search_(bound), bound_(bound) {}
  Search& search() override { return search_; }
  ScheduleCount account(bool exhausted, const std::vector<std::int64_t>& steps) const override {
    ScheduleCount count;
    count.strategy = to_string(StrategyName::bounded);
    count.depth = bound_;
    count.explored = search_.explored();
    count.complete = exhausted && !search_.left_some_out();
    count.of = count.complete ? count.explored : orders_of(steps);
    count.shows = fmt::format("every order with at most {} preemptions", bound_);
    if (count.complete) count.shows = "every order";
    if (!exhausted) count.shows = count.left = left_of(count.explored, count.of);
    return count;
  }

 private:
  Exhaustive search_;
  int bound_;
};

class ReducedExplorer final : public Explorer {
 public:
  Search& search() override { return search_; }
  ScheduleCount account(bool exhausted, const std::vector<std::int64_t>& steps) const override {
    ScheduleCount count;
    count.strategy = to_string(StrategyName::reduced);
    count.explored = search_.explored();
    count.classes = search_.classes();
    count.complete = exhausted;
    count.of = exhausted ? search_.orders() : orders_of(steps);
    count.shows =
        "every order, one of each class of orders that differ only in steps that do not "
        "touch each other";
    if (!exhausted) count.shows = count.left = left_of(count.explored, count.of);
    return count;
  }

 private:
  Reduced search_;
};

class PctExplorer final : public Explorer {
 public:
  PctExplorer(std::uint64_t seed, int depth, std::int64_t runs)
      : search_(seed, depth, runs), depth_(depth) {}
  Search& search() override { return search_; }
  ScheduleCount account(bool, const std::vector<std::int64_t>& steps) const override {
    ScheduleCount count;
    count.strategy = to_string(StrategyName::pct);
    count.depth = depth_;
    count.explored = search_.explored();
    count.of = orders_of(steps);
    const double bound = search_.miss_bound();
    count.miss_bound = fmt::format("{:.1e}", bound);
    count.shows = fmt::format("a bug of depth {} is missed with a probability of at most {}",
                              depth_, count.miss_bound);
    if (bound > miss_bound_max) {
      count.left = fmt::format("{}; {} orders were run of about {}", count.shows, count.explored,
                               how_many(count.of));
    }
    return count;
  }

 private:
  Pct search_;
  int depth_;
};

class RandomExplorer final : public Explorer {
 public:
  RandomExplorer(std::uint64_t seed, std::int64_t runs) : search_(seed, runs) {}
  Search& search() override { return search_; }
  ScheduleCount account(bool, const std::vector<std::int64_t>& steps) const override {
    ScheduleCount count;
    count.strategy = to_string(StrategyName::random);
    count.explored = search_.explored();
    count.of = orders_of(steps);
    count.shows = count.left = left_of(count.explored, count.of);
    return count;
  }

 private:
  RandomWalk search_;
};

}  // namespace

const std::vector<std::string>& strategy_names() {
  static const std::vector<std::string> names{"auto", "reduced", "exhaustive",
                                              "pct",  "random",  "bounded"};
  return names;
}

std::string_view to_string(StrategyName name) {
  return strategy_names()[static_cast<std::size_t>(name)];
}

std::unique_ptr<Explorer> make_explorer(StrategyName name, const Exploration& exploration,
                                        std::int64_t runs_max) {
  switch (name) {
    case StrategyName::automatic:
    case StrategyName::reduced:
      break;
    case StrategyName::exhaustive:
      return std::make_unique<ExhaustiveExplorer>();
    case StrategyName::pct:
      return std::make_unique<PctExplorer>(exploration.seed, exploration.depth.value_or(pct_depth),
                                           runs_max);
    case StrategyName::random:
      return std::make_unique<RandomExplorer>(exploration.seed, runs_max);
    case StrategyName::bounded:
      return std::make_unique<BoundedExplorer>(exploration.depth.value_or(preemptions));
  }
  return std::make_unique<ReducedExplorer>();
}

// A product of binomial coefficients; each is built up by whole numbers only.
std::int64_t orders_of(const std::vector<std::int64_t>& steps) {
  __extension__ using Wide = __int128;
  Wide orders = 1;
  std::int64_t all = 0;
  for (const std::int64_t own : steps) {
    Wide choices = 1;
    for (std::int64_t n = 1; n <= own; ++n) {
      choices = choices * (all + n) / n;
      if (choices > most) return most;
    }
    orders *= choices;
    if (orders > most) return most;
    all += own;
  }
  return static_cast<std::int64_t>(orders);
}

}  // namespace splitproof::harness
