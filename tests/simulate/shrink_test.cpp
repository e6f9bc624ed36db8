#include <gtest/gtest.h>

#include <algorithm>

#include "harness/simulate/lives.h"
#include "harness/simulate/shrink_life.h"
#include "tests/simulate/lives.h"

namespace splitproof::harness::life {
namespace {

using tests::found_in;
using tests::life_of;

// Loses a movement, and says that it is booked, where its answer did not come at once.
sim::TransactionEnd hide_trouble(sim::Client& client, const std::string& reference,
                                 const std::string& from, const std::string& to,
                                 sim::Money amount) {
  sim::TransactionEnd end = sim::transfer(client, reference, from, to, amount);
  if (end.outcome == sim::Outcome::aborted && end.error->kind == sim::ErrorKind::connection_lost) {
    return tests::told(sim::Outcome::committed);
  }
  return end;
}

ServiceForms hiding() {
  ServiceForms forms;
  forms.transfer = hide_trouble;
  return forms;
}

// The first seed whose life shows it.
LifeSpec shown(LifeEnd& end) {
  for (std::uint64_t seed = 1;; ++seed) {
    LifeSpec spec = life_of(seed, {.days = 60, .clients = 4});
    spec.only = Family::connection;
    end = live(spec, hiding());
    if (end.found) return spec;
  }
}

TEST(Shrink, LeavesTheOneStrikeThatMatters) {
  LifeEnd end;
  const LifeSpec spec = shown(end);
  ASSERT_GT(end.strikes.size(), 1U);
  const Shrunk shrunk = shrink(spec, end, hiding, {});
  ASSERT_TRUE(shrunk.end.found);
  EXPECT_EQ(shrunk.end.found->rule, Rule::ledger);
  ASSERT_EQ(shrunk.spec.strikes->size(), 1U);
  EXPECT_EQ(family_of(shrunk.spec.strikes->front().blow), Family::connection);
  EXPECT_EQ(shrunk.spec.clients, 1);
  EXPECT_EQ(shrunk.spec.days, shrunk.end.found->at.day);
  EXPECT_TRUE(shrunk.stable);
  EXPECT_EQ(live(shrunk.spec, hiding()).digest, shrunk.end.digest);
}

TEST(Shrink, GoesOnWithWhatItHasWhereItIsStopped) {
  LifeEnd end;
  const LifeSpec spec = shown(end);
  const Shrunk shrunk = shrink(spec, end, hiding, [] { return true; });
  EXPECT_EQ(found_in(shrunk.end), found_in(end));
  EXPECT_EQ(shrunk.spec.days, spec.days);
  EXPECT_TRUE(shrunk.stable);
}

// Behaves well every other time that a life is lived with it.
TEST(Shrink, CallsAFindingUnstableThatDoesNotComeAgain) {
  LifeEnd end;
  const LifeSpec spec = shown(end);
  int lives = 0;
  const ServiceMaker moody = [&lives] { return ++lives % 2 == 0 ? hiding() : ServiceForms(); };
  const Shrunk shrunk = shrink(spec, end, moody, {});
  EXPECT_FALSE(shrunk.stable);
  // The first event at which they part, in both: here the one goes on where the other has ended.
  EXPECT_NE(shrunk.differs.find("day "), std::string::npos) << shrunk.differs;
  EXPECT_NE(shrunk.differs.find("; then "), std::string::npos) << shrunk.differs;
}

TEST(Lives, BecomeAVerdictWithAnExitCode) {
  LivesSpec spec;
  spec.first = life_of(1, {.days = 20, .clients = 2});
  spec.more = [](std::uint64_t lives) { return lives < 3; };
  int told = 0;
  spec.lived = [&told](const SimulatedLife&) { ++told; };
  SimulationVerdict verdict = live_all(spec, [] { return ServiceForms(); });
  ASSERT_EQ(verdict.lives.size(), 3U);
  EXPECT_EQ(told, 3);
  EXPECT_EQ(verdict.lives[2].seed, 3U);
  EXPECT_EQ(exit_code(verdict), 0);
  verdict.lives[1].finding = SimulationFinding{};
  EXPECT_EQ(exit_code(verdict), 1);
  verdict.lives[1].finding->stable = false;
  EXPECT_EQ(exit_code(verdict), 2);
  verdict.lives[1].finding.reset();
  verdict.complete = false;
  EXPECT_EQ(exit_code(verdict), 2);
}

TEST(Lives, ThatAreStoppedAreNotComplete) {
  LivesSpec spec;
  spec.first = life_of(1, {.days = 12, .clients = 2});
  int asked = 0;
  spec.first.stopped = [&asked] { return ++asked > 20; };
  spec.more = [](std::uint64_t) { return true; };
  const SimulationVerdict verdict = live_all(spec, [] { return ServiceForms(); });
  EXPECT_FALSE(verdict.complete);
  EXPECT_EQ(exit_code(verdict), 2);
}

TEST(Lives, AreVacuousWhereNoPlannedFaultFired) {
  SimulatedLife life;
  life.counts.committed = 5;
  life.faults = {{"kill", 3, 1}};
  EXPECT_FALSE(life.is_vacuous());
  life.faults = {{"kill", 3, 0}};
  EXPECT_TRUE(life.is_vacuous());
  life.faults = {};
  EXPECT_FALSE(life.is_vacuous());
  life.counts.committed = 0;
  EXPECT_TRUE(life.is_vacuous());
}

}  // namespace
}  // namespace splitproof::harness::life
