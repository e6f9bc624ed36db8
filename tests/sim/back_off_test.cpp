#include "sim/sql/back_off.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace splitproof::tests {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

struct Range {
  milliseconds least;
  milliseconds most;
};

Range drawn(const sim::BackOff& back_off, int tries) {
  sim::Rng rng(7);
  Range range{milliseconds::max(), milliseconds::min()};
  for (int n = 0; n < 2000; ++n) {
    const milliseconds wait = draw_wait(back_off, tries, rng);
    range.least = std::min(range.least, wait);
    range.most = std::max(range.most, wait);
  }
  return range;
}

TEST(BackOff, DoublesUpToItsLimitAndDrawsFromTheUpperHalf) {
  const sim::BackOff back_off{.first = 10ms, .max = 100ms};
  const std::vector<milliseconds> longest{10ms, 20ms, 40ms, 80ms, 100ms, 100ms};
  for (std::size_t tries = 1; tries <= longest.size(); ++tries) {
    const Range range = drawn(back_off, static_cast<int>(tries));
    EXPECT_EQ(range.least, longest[tries - 1] / 2) << tries;
    EXPECT_EQ(range.most, longest[tries - 1]) << tries;
  }
}

TEST(BackOff, NeverExceedsItsLimitHoweverOftenItIsAsked) {
  const sim::BackOff back_off{.first = 3ms, .max = 7ms};
  EXPECT_EQ(drawn(back_off, std::numeric_limits<int>::max()).most, 7ms);
  EXPECT_EQ(drawn({.first = 50ms, .max = 7ms}, 1).most, 7ms);
  EXPECT_GE(drawn({.first = 1ms, .max = milliseconds::max()}, 1000).least, 0ms);
}

TEST(BackOff, IsNothingForBoundsOfNothing) {
  EXPECT_EQ(drawn({.first = 0ms, .max = 10ms}, 9).most, 0ms);
  EXPECT_EQ(drawn({.first = -5ms, .max = -1ms}, 9).most, 0ms);
}

TEST(BackOff, IsTheSameForTheSameSeed) {
  sim::Rng one(3);
  sim::Rng two(3);
  const sim::BackOff back_off{.first = 1000ms, .max = 1000ms};
  for (int n = 1; n < 50; ++n) EXPECT_EQ(draw_wait(back_off, n, one), draw_wait(back_off, n, two));
}

}  // namespace
}  // namespace splitproof::tests
