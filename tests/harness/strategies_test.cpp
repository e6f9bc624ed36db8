// Strategies that draw orders or bound them, over toy programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "harness/schedule/exploration.h"
#include "harness/schedule/sampling.h"
#include "tests/harness/toy_programs.h"

namespace splitproof::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Programs sessions_of(const std::vector<std::size_t>& steps) {
  Programs programs;
  for (const std::size_t count : steps) programs.emplace_back(count);
  return programs;
}

std::vector<Order> orders_by(Search& search, const Programs& programs) {
  std::vector<Order> orders;
  do {
    search.begin();
    orders.push_back(run_once(programs, search));
  } while (search.next());
  return orders;
}

Order serial_order(const Programs& programs) {
  Order order;
  for (std::size_t session = 0; session < programs.size(); ++session) {
    for (std::size_t i = 0; i < programs[session].size(); ++i) order.push_back({session, i});
  }
  return order;
}

TEST(Pct, DrawsTheSameOrdersFromTheSameSeed) {
  const Programs programs = sessions_of({4, 4});
  Pct one(7, 3, 40);
  Pct again(7, 3, 40);
  Pct other(8, 3, 40);
  const std::vector<Order> orders = orders_by(one, programs);
  EXPECT_THAT(orders, SizeIs(40));
  EXPECT_EQ(orders.front(), serial_order(programs)) << "the first run counts the steps";
  EXPECT_EQ(orders_by(again, programs), orders);
  EXPECT_NE(orders_by(other, programs), orders);
}

TEST(Pct, BoundsTheProbabilityOfAMiss) {
  Pct pct(1, 2, 1001);
  orders_by(pct, sessions_of({5, 5, 5}));
  // Ten steps of the first two sessions have somebody else to choose; later runs have up to 14.
  const double worst = std::pow(1 - 1.0 / (3 * 14), 1000);
  EXPECT_LE(pct.miss_bound(), 1e-9);
  EXPECT_GE(pct.miss_bound(), worst / 1e3);
  EXPECT_EQ(Pct(1, 2, 10).miss_bound(), 1) << "nothing was run";
}

// A bug of depth 2: b's second step between a's second and third. The bound says in how many of the
// runs it must show at least.
TEST(Pct, FindsABugOfItsDepthAtLeastAsOftenAsPromised) {
  const Programs programs = sessions_of({4, 4});
  constexpr int runs = 4000;
  Pct pct(3, 3, runs);
  int hits = 0;
  for (const Order& order : orders_by(pct, programs)) {
    const auto at = [&](const Step& step) { return std::ranges::find(order, step); };
    if (at({0, 1}) < at({1, 1}) && at({1, 1}) < at({0, 2})) ++hits;
  }
  EXPECT_GE(hits, runs / (2 * 7 * 7));
}

TEST(Pct, OfDepthOneRunsOneSessionAfterTheOther) {
  const Programs programs = sessions_of({3, 3});
  Pct pct(1, 1, 50);
  std::set<Order> distinct;
  for (const Order& order : orders_by(pct, programs)) distinct.insert(order);
  EXPECT_THAT(distinct, SizeIs(2));
}

TEST(RandomWalk, DrawsEachOrderAboutEquallyOften) {
  const Programs programs = sessions_of({4, 2});  // 15 orders.
  constexpr int runs = 6001;
  RandomWalk walk(5, runs);
  RandomWalk again(5, runs);
  const std::vector<Order> orders = orders_by(walk, programs);
  EXPECT_EQ(orders_by(again, programs), orders);
  std::map<Order, int> counts;
  for (const Order& order : orders) ++counts[order];
  EXPECT_THAT(counts, SizeIs(15));
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, runs / 15, runs / 60);
}

TEST(Bounded, RunsTheOrdersWithFewPreemptions) {
  const Programs programs = sessions_of({2, 2});
  const auto count = [&](int bound) {
    Exhaustive search(bound);
    const std::size_t orders = orders_by(search, programs).size();
    return std::pair(orders, search.left_some_out());
  };
  // aabb, bbaa; and abba, baab; and abab, baba need two.
  EXPECT_EQ(count(0), std::pair(std::size_t{2}, true));
  EXPECT_EQ(count(1), std::pair(std::size_t{4}, true));
  EXPECT_EQ(count(2), std::pair(std::size_t{6}, false));
}

TEST(Orders, AreCountedAsMultinomialCoefficients) {
  EXPECT_EQ(orders_of({}), 1);
  EXPECT_EQ(orders_of({6, 6}), 924);
  EXPECT_EQ(orders_of({4, 4, 4}), 34650);
  EXPECT_EQ(orders_of({5, 5, 5}), 756756);
  EXPECT_EQ(orders_of({40, 40, 40}), INT64_MAX);
}

ScheduleCount account_of(StrategyName name, const Exploration& exploration) {
  const Programs programs = sessions_of({3, 3});
  const auto explorer = make_explorer(name, exploration, exploration.runs_max);
  Search& search = explorer->search();
  bool more = true;
  for (std::int64_t runs = 0; more && runs < exploration.runs_max; ++runs) {
    search.begin();
    run_once(programs, search);
    more = search.next();
  }
  return explorer->account(!more, {3, 3});
}

TEST(Account, SaysWhatTheRunsShow) {
  const ScheduleCount reduced = account_of(StrategyName::reduced, {});
  EXPECT_TRUE(reduced.complete);
  EXPECT_EQ(reduced.of, 20);
  EXPECT_EQ(reduced.classes, 1);
  EXPECT_EQ(reduced.left, "");
  const ScheduleCount all = account_of(StrategyName::exhaustive, {});
  EXPECT_EQ(all.explored, 20);
  EXPECT_EQ(all.shows, "every order");
  const ScheduleCount bounded = account_of(StrategyName::bounded, {.depth = 1});
  EXPECT_FALSE(bounded.complete);
  EXPECT_EQ(bounded.shows, "every order with at most 1 preemptions");
  EXPECT_EQ(bounded.left, "") << "that is what was asked for";
  const ScheduleCount pct = account_of(StrategyName::pct, {.runs_max = 2000});
  EXPECT_EQ(pct.depth, 3);
  EXPECT_THAT(pct.shows, HasSubstr("a bug of depth 3 is missed with a probability of at most "));
  EXPECT_EQ(pct.left, "");
}

TEST(Account, SaysWhatWasLeft) {
  const ScheduleCount all = account_of(StrategyName::exhaustive, {.runs_max = 7});
  EXPECT_FALSE(all.complete);
  EXPECT_THAT(all.left, HasSubstr("only 7 orders of the sessions were run, of about 20"));
  EXPECT_THAT(account_of(StrategyName::random, {.runs_max = 7}).left, HasSubstr("only 7 orders"));
  EXPECT_THAT(account_of(StrategyName::pct, {.runs_max = 7}).left, HasSubstr("7 orders were run"));
}

}  // namespace
}  // namespace splitproof::harness
