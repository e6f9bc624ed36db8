#include "harness/simulate/life.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/simulate/lives.h"

namespace splitproof::harness::life {
namespace {

using tests::found_in;
using tests::life_of;

int fired_of(const LifeEnd& end) { return static_cast<int>(std::ranges::count(end.fired, true)); }

TEST(Life, OfOneSeedIsTheSameAgain) {
  const LifeEnd first = live(life_of(1), {});
  const LifeEnd again = live(life_of(1), {});
  EXPECT_EQ(first.digest, again.digest);
  EXPECT_EQ(first.counts.statements, again.counts.statements);
  EXPECT_EQ(to_text(first.strikes), to_text(again.strikes));
}

TEST(Life, OfAnotherSeedIsAnother) {
  std::set<std::uint64_t> digests;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    digests.insert(live(life_of(seed, {.days = 10, .clients = 2}), {}).digest);
  }
  EXPECT_EQ(digests.size(), 5U);
}

TEST(Life, OfTheRightServiceHoldsUnderEverySwarm) {
  SimulationCounts all;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const LifeEnd end = live(life_of(seed), {});
    EXPECT_EQ(found_in(end), "") << "seed " << seed;
    EXPECT_TRUE(end.complete);
    EXPECT_GT(end.counts.committed, 100) << "seed " << seed;
    EXPECT_GT(end.counts.reads, 20) << "seed " << seed;
    all.kills += end.counts.kills;
    all.power_failures += end.counts.power_failures;
    all.recoveries += end.counts.recoveries;
    all.indeterminate += end.counts.indeterminate;
    all.disk_errors += end.counts.disk_errors;
    all.memory_refused += end.counts.memory_refused;
    all.locks_refused += end.counts.locks_refused;
    all.refused += end.counts.refused;
  }
  EXPECT_GT(all.kills, 0);
  EXPECT_GT(all.power_failures, 0);
  EXPECT_GE(all.recoveries, all.power_failures);
  EXPECT_GT(all.indeterminate, 0);
  EXPECT_GT(all.disk_errors, 0);
  EXPECT_GT(all.memory_refused, 0);
  EXPECT_GT(all.locks_refused, 0);
  // Of months that were not over.
  EXPECT_GT(all.refused, 0);
}

TEST(Life, KeepsALineOfEachEventWhereItIsAskedTo) {
  LifeSpec spec = life_of(1, {.days = 5, .clients = 1});
  EXPECT_TRUE(live(spec, {}).trace.empty());
  spec.trace = true;
  const LifeEnd end = live(spec, {});
  EXPECT_GE(std::ssize(end.trace), end.counts.statements);
  EXPECT_EQ(end.trace, live(spec, {}).trace);
  EXPECT_TRUE(end.trace.back().starts_with("day ")) << end.trace.back();
}

TEST(Life, WithoutStrikesIsTroubledByNothing) {
  LifeSpec spec = life_of(3);
  spec.strikes = Strikes{};
  const LifeEnd end = live(spec, {});
  EXPECT_EQ(found_in(end), "");
  EXPECT_EQ(end.counts.recoveries, 0);
  EXPECT_EQ(end.counts.disk_errors, 0);
  EXPECT_EQ(end.counts.indeterminate, 0);
}

class EachFamily : public ::testing::TestWithParam<int> {};

TEST_P(EachFamily, FiresAloneAndHolds) {
  const auto family = static_cast<Family>(GetParam());
  int fired = 0;
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    LifeSpec spec = life_of(seed);
    spec.only = family;
    const LifeEnd end = live(spec, {});
    EXPECT_EQ(found_in(end), "") << "seed " << seed;
    for (const Strike& strike : end.strikes) EXPECT_EQ(family_of(strike.blow), family);
    fired += fired_of(end);
    const bool crashes = family == Family::kill || family == Family::power;
    EXPECT_EQ(end.counts.recoveries > 0, crashes && fired_of(end) > 0);
    const bool disk = family == Family::disk || family == Family::trap || family == Family::full;
    EXPECT_TRUE(disk || end.counts.disk_errors == 0);
    EXPECT_TRUE(family == Family::memory || end.counts.memory_refused == 0);
    EXPECT_TRUE(family == Family::lock || end.counts.locks_refused == 0);
    refused += end.counts.memory_refused + end.counts.locks_refused;
  }
  EXPECT_GT(fired, 0);
  EXPECT_EQ(refused > 0, family == Family::memory || family == Family::lock);
}

std::string family_name(const ::testing::TestParamInfo<int>& info) {
  return std::string(to_string(static_cast<Family>(info.param)));
}

INSTANTIATE_TEST_SUITE_P(Life, EachFamily, ::testing::Range(0, families_count), family_name);

TEST(Life, StopsWhereItIsAskedTo) {
  LifeSpec spec = life_of(1);
  int days = 0;
  spec.stopped = [&days] { return ++days > 7; };
  const LifeEnd end = live(spec, {});
  EXPECT_FALSE(end.complete);
  EXPECT_EQ(end.counts.days, 7);
}

TEST(Life, SeesLeapDaysAndNightsOnWhichTheClocksChange) {
  int lives = 0;
  int nights = 0;
  for (std::uint64_t seed = 1; lives < 2; ++seed) {
    if (draw_swarm(seed).start.year() != std::chrono::year{2028}) continue;
    ++lives;
    const LifeEnd end = live(life_of(seed, {.days = 120, .clients = 5}), {});
    EXPECT_EQ(found_in(end), "") << "seed " << seed;
    EXPECT_EQ(end.counts.leap_days, 1) << "seed " << seed;
    nights += end.counts.changed_nights;
  }
  EXPECT_GT(nights, 0);
}

// A strike that is taken out leaves the days before it as they were.
TEST(Life, IsTheSameUntilItsFirstStrike) {
  LifeSpec spec = life_of(2, {.days = 12, .clients = 2});
  spec.strikes = parse_strikes("12.3=drop").value();
  const LifeEnd struck = live(spec, {});
  EXPECT_EQ(fired_of(struck), 1);
  spec.strikes = Strikes{};
  EXPECT_NE(live(spec, {}).digest, struck.digest);
  spec.days = 11;
  const std::uint64_t shorter = live(spec, {}).digest;
  EXPECT_EQ(live(spec, {}).digest, shorter);
}

TEST(Life, SaysInItsPlanWhatSurvivedALossOfPower) {
  LifeSpec spec = life_of(4, {.days = 20, .clients = 2});
  spec.strikes = parse_strikes("9.12=power:6#7").value();
  const LifeEnd drawn = live(spec, {});
  ASSERT_EQ(drawn.counts.power_failures, 1);
  EXPECT_NE(to_text(drawn.strikes).find("9.12=power:6/keep="), std::string::npos)
      << to_text(drawn.strikes);
  spec.strikes = parse_strikes(to_text(drawn.strikes)).value();
  const LifeEnd said = live(spec, {});
  EXPECT_EQ(to_text(said.strikes), to_text(drawn.strikes));
  EXPECT_EQ(said.counts.statements, drawn.counts.statements);
}

}  // namespace
}  // namespace splitproof::harness::life
