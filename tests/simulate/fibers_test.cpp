#include "harness/simulate/fibers.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "harness/simulate/crew.h"

namespace splitproof::harness::life {
namespace {

TEST(Fibers, GoOnWhereTheyPaused) {
  Fibers fibers;
  std::string order;
  for (std::size_t i = 0; i < 2; ++i) {
    fibers.start(i, [&fibers, &order, i] {
      for (const char step : {'a', 'b', 'c'}) {
        order += std::to_string(i) + step;
        fibers.pause();
      }
    });
  }
  EXPECT_FALSE(fibers.is_inside());
  for (const std::size_t turn : {0, 0, 1, 0, 1, 1, 0, 1}) fibers.resume(turn);
  EXPECT_EQ(order, "0a0b1a0c1b1c");
  EXPECT_TRUE(fibers.has_ended(0));
  EXPECT_TRUE(fibers.has_ended(1));
}

TEST(Fibers, ServeABodyAfterAnother) {
  Fibers fibers;
  int sum = 0;
  for (int i = 1; i <= 3; ++i) {
    fibers.start(0, [&sum, i] { sum += i; });
    fibers.resume(0);
  }
  EXPECT_EQ(sum, 6);
}

// The runtime keeps the exceptions that are handled for each thread, not for each stack.
TEST(Fibers, MayPauseWhileTheyHandleExceptions) {
  Fibers fibers;
  std::string caught;
  const auto body = [&](const char* what) {
    return [&fibers, &caught, what] {
      try {
        throw std::runtime_error(what);
      } catch (const std::runtime_error&) {
        fibers.pause();
        try {
          throw;
        } catch (const std::runtime_error& again) {
          caught += again.what();
        }
      }
      EXPECT_EQ(std::current_exception(), nullptr);
    };
  };
  fibers.start(0, body("first"));
  fibers.start(1, body("second"));
  for (const std::size_t turn : {0, 1, 0, 1}) fibers.resume(turn);
  EXPECT_EQ(caught, "firstsecond");
  EXPECT_EQ(std::uncaught_exceptions(), 0);
}

std::string order_of_turns(std::uint64_t seed) {
  Crew crew(sim::Instant{});
  sim::Rng rng(seed);
  std::string order;
  std::vector<std::function<void()>> bodies;
  for (const char name : {'a', 'b', 'c'}) {
    bodies.emplace_back([&crew, &order, name] {
      for (int i = 0; i < 4; ++i) {
        order += name;
        crew.pause();
      }
    });
  }
  crew.run(bodies, rng);
  return order;
}

TEST(Crew, DrawsWhoGoesOn) {
  const std::string order = order_of_turns(1);
  EXPECT_EQ(order.size(), 12U);
  EXPECT_EQ(order_of_turns(1), order);
  EXPECT_NE(order_of_turns(2), order);
}

TEST(Crew, PassesOverWhoWaits) {
  using std::chrono::milliseconds;
  Crew crew(sim::Instant{});
  sim::Rng rng(1);
  std::string order;
  crew.run({[&] {
              crew.wait(milliseconds{500});
              order += 'w';
            },
            [&] {
              for (int i = 0; i < 3; ++i) {
                order += 's';
                crew.pause();
              }
            }},
           rng);
  EXPECT_EQ(order, "sssw");
  EXPECT_GE(crew.true_now(), sim::Instant{milliseconds{500}});
}

TEST(Crew, LetsNobodyElseGoOnWhileItIsHeld) {
  Crew crew(sim::Instant{});
  sim::Rng rng(3);
  std::string order;
  const auto body = [&](char name) {
    return [&crew, &order, name] {
      crew.hold(true);
      for (int i = 0; i < 3; ++i) {
        order += name;
        crew.pause();
      }
      crew.hold(false);
    };
  };
  crew.run({body('a'), body('b')}, rng);
  EXPECT_TRUE(order == "aaabbb" || order == "bbbaaa") << order;
}

}  // namespace
}  // namespace splitproof::harness::life
