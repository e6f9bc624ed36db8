// The reduction over toy programs whose steps touch what the test says: it runs one order of each
// class, no class twice, and counts all orders. Brute force is the judge.
#include "harness/schedule/reduced.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/harness/always.h"
#include "tests/harness/toy_programs.h"

namespace splitproof::harness {
namespace {

using ::testing::ElementsAre;

// What orders of one class have in common: the first of them in the order of sessions.
Order class_of(const Programs& programs, Order order) {
  Order first;
  while (!order.empty()) {
    std::size_t best = order.size();
    for (std::size_t i = 0; i < order.size(); ++i) {
      bool free = true;
      for (std::size_t before = 0; free && before < i; ++before) {
        free = order[before].session != order[i].session &&
               !dependent(touched_by(programs, order[before]), touched_by(programs, order[i]));
      }
      if (free && (best == order.size() || order[i] < order[best])) best = i;
    }
    first.push_back(order[best]);
    order.erase(order.begin() + static_cast<std::ptrdiff_t>(best));
  }
  return first;
}

struct Counted {
  std::int64_t classes = 0;
  std::int64_t orders = 0;
  friend bool operator==(const Counted&, const Counted&) = default;
};

void PrintTo(const Counted& counted, std::ostream* out) {
  *out << counted.classes << " classes of " << counted.orders << " orders";
}

Counted by_brute_force(const Programs& programs, std::set<Order>& classes) {
  Exhaustive all;
  Counted counted;
  do {
    all.begin();
    classes.insert(class_of(programs, run_once(programs, all)));
  } while (all.next());
  return {static_cast<std::int64_t>(classes.size()), all.explored()};
}

Counted by_reduction(const Programs& programs, std::set<Order>& classes,
                     Reduced::Relation relation = dependent) {
  Reduced reduced(std::move(relation));
  do {
    reduced.begin();
    classes.insert(class_of(programs, run_once(programs, reduced)));
  } while (reduced.next());
  EXPECT_FALSE(reduced.diverged());
  EXPECT_LE(reduced.classes(), reduced.explored());
  return {reduced.classes(), reduced.orders()};
}

void expect_the_same(const Programs& programs, const Counted& known) {
  std::set<Order> all;
  std::set<Order> some;
  EXPECT_EQ(by_brute_force(programs, all), known);
  EXPECT_EQ(by_reduction(programs, some), known);
  EXPECT_EQ(some, all);
}

TEST(Footprint, DependsWhereOneWritesWhatTheOtherTouches) {
  EXPECT_FALSE(dependent(touches("r:x"), touches("r:x")));
  EXPECT_FALSE(dependent(touches("w:x"), touches("w:y")));
  EXPECT_TRUE(dependent(touches("w:x"), touches("r:x")));
  EXPECT_TRUE(dependent(touches("r:a r:x"), touches("w:x")));
  EXPECT_FALSE(dependent(touches(""), touches("w:x")));
  EXPECT_TRUE(dependent(touches("all"), touches("")));
}

TEST(Footprint, AddsUpAndSaysWhatItIs) {
  Footprint touched = touches("r:y w:x");
  touched.add(touches("w:y r:x"));
  EXPECT_EQ(touched, touches("w:x w:y"));
  EXPECT_EQ(touched.in_words(), "writes x, writes y");
  EXPECT_EQ(touches("").in_words(), "nothing");
  touched.add(touches("all"));
  EXPECT_EQ(touched.in_words(), "everything");
}

TEST(Reduced, RunsOneOrderOfStepsThatNeverTouchEachOther) {
  const Program six = program({"w:x", "w:x", "w:x", "w:x", "w:x", "w:x"});
  const Program others = program({"w:y", "w:y", "w:y", "w:y", "w:y", "w:y"});
  expect_the_same({six, others}, {1, 924});
}

TEST(Reduced, RunsEveryOrderOfStepsThatAllTouchEachOther) {
  const Program writes = program({"w:x", "w:x", "w:x"});
  expect_the_same({writes, writes}, {20, 20});
  const Program unknown = program({"all", "all"});
  expect_the_same({unknown, unknown, unknown}, {90, 90});
}

// By hand: the write stands before, between or behind the two reads.
TEST(Reduced, CountsNamedSpaces) {
  expect_the_same({program({"r:x", "r:x"}), program({"w:x"})}, {3, 3});
  expect_the_same({program({"r:x", "w:x"}), program({"r:x", "w:x"})}, {4, 6});
  expect_the_same({program({"r:x", "w:y"}), program({"r:y", "w:x"})}, {3, 6});
  expect_the_same({program({"w:x"}), program({"w:x"}), program({"r:x"})}, {6, 6});
}

TEST(Reduced, OnlyDropsOrdersThatARunOfTheSameClassStandsFor) {
  always([] {
    const auto step = rc::gen::map(rc::gen::inRange(0, 13), [](int kind) {
      static const char* const kinds[] = {"",        "",    "r:x",    "w:x",     "r:y",
                                          "w:y",     "r:z", "w:z",    "r:x w:y", "r:y w:x",
                                          "w:x w:z", "all", "r:x r:y"};
      return touches(kinds[kind]);
    });
    const auto sessions = *rc::gen::inRange<std::size_t>(2, 4);
    const std::size_t steps_max = sessions == 2 ? 5 : 3;
    Programs programs(sessions);
    for (Program& one : programs) {
      const auto length = *rc::gen::inRange<std::size_t>(0, steps_max + 1);
      for (std::size_t i = 0; i < length; ++i) one.push_back(*step);
    }
    std::set<Order> all;
    std::set<Order> some;
    const Counted counted = by_brute_force(programs, all);
    RC_ASSERT(by_reduction(programs, some) == counted);
    RC_ASSERT(some == all);
  });
}

// The relation is what must be right: one that forgets a place loses orders, and is found out.
TEST(Reduced, LosesOrdersWhereTheRelationForgetsAPlace) {
  const Programs skew{program({"r:x", "w:y"}), program({"r:y", "w:x"})};
  std::set<Order> all;
  std::set<Order> some;
  const Counted counted = by_brute_force(skew, all);
  const auto forgets_x = [](const Footprint& left, const Footprint& right) {
    return (left.reads("y") && right.writes("y")) || (left.writes("y") && right.reads("y"));
  };
  EXPECT_NE(by_reduction(skew, some, forgets_x), counted);
  EXPECT_NE(some, all);
}

}  // namespace
}  // namespace splitproof::harness
