// The shortest order that shows a finding.
#include "harness/run/shortening.h"

#include <gtest/gtest.h>

#include "tests/harness/at_once.h"

namespace splitproof::harness {
namespace {

const Scenario two_adders = at_once(one_balance, {"add 10", "add 5"});

std::int64_t balance_in(const RunRecord& run) {
  return std::get<std::int64_t>(run.after->state.at("balance")->rows.at(0).at(1));
}

struct Shortened {
  std::string plan;
  int runs = 0;
};

Shortened shortened(Experiment& experiment, const std::string& plan, std::int64_t balance,
                    std::int64_t runs_max = 1000) {
  Shortened result;
  ShorteningOptions options;
  options.runs_max = runs_max;
  options.shows = [&](const RunRecord& run) {
    ++result.runs;
    return balance_in(run) == balance;
  };
  const RunRecord run = experiment.run(plan_of(plan), {});
  EXPECT_EQ(balance_in(run), balance) << plan;
  result.plan = to_string(shorten(experiment, run, options).plan);
  return result;
}

TEST(Shortening, EndsWithTheFewestSwitches) {
  SqliteWorld world;
  Experiment experiment(world, two_adders, {add_by_itself(10), add_by_itself(5)});
  EXPECT_EQ(shortened(experiment, "order=a1b1a1b", 105).plan, "order=b1a");
  EXPECT_EQ(shortened(experiment, "order=b1a1b1a", 110).plan, "order=a1b");
}

TEST(Shortening, KeepsAnOrderThatIsTheShortest) {
  SqliteWorld world;
  Experiment experiment(world, two_adders, {add_by_itself(10), add_by_itself(5)});
  EXPECT_EQ(shortened(experiment, "order=a1b", 110).plan, "order=a1b");
  EXPECT_EQ(shortened(experiment, "order=b", 115).plan, "order=a");
}

TEST(Shortening, StopsAtItsBudgetWithWhatItHas) {
  SqliteWorld world;
  Experiment experiment(world, two_adders, {add_by_itself(10), add_by_itself(5)});
  const Shortened result = shortened(experiment, "order=a1b1a1b", 105, 2);
  EXPECT_EQ(result.runs, 2);
  EXPECT_EQ(result.plan, "order=a1b1a");
}

TEST(Shortening, PrefersFewerPreemptionsToFewerTurns) {
  EXPECT_TRUE(is_shorter(plan_of("order=ab"), plan_of("order=a1b")));
  EXPECT_TRUE(is_shorter(plan_of("order=aba"), plan_of("order=a1b")));
  EXPECT_TRUE(is_shorter(plan_of("order=a1b"), plan_of("order=a2b")));
  EXPECT_TRUE(is_shorter(plan_of("order=a1b"), plan_of("order=b1a")));
  EXPECT_FALSE(is_shorter(plan_of("order=a1b"), plan_of("order=a1b")));
}

}  // namespace
}  // namespace splitproof::harness
