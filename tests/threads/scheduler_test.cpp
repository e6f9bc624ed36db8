// The scheduler over locks that are fakes: it never lets two sessions move at once, tries every
// order, and never hangs. This program runs under ThreadSanitizer too.
#include "harness/schedule/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "harness/run/failure.h"
#include "tests/threads/fake_locks.h"

namespace splitproof::harness {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Script = std::vector<std::string>;  // "step", "lock x", "unlock x"

// The lines that sessions wrote, without a guard of its own: the token must be enough.
using Log = std::vector<std::string>;

void play_in_server(Scheduler& scheduler, FakeServer& server, Log& log, char me,
                    const Script& script) {
  for (const std::string& action : script) {
    scheduler.await_turn(me);
    scheduler.enter(me);
    bool done = true;
    if (action.starts_with("lock ")) done = server.lock(me, action.substr(5));
    if (action.starts_with("unlock ")) server.unlock(action.substr(7));
    if (!done) server.unlock_all(me);
    const std::string waited = scheduler.leave(me);
    log.push_back(std::string(1, me) + " " + action + (done ? "" : " refused") +
                  (waited.empty() ? "" : " after " + waited));
    if (!done) return;
  }
}

void play_with_busy(Scheduler& scheduler, FakeBusyLocks& locks, Log& log, char me,
                    const Script& script) {
  for (const std::string& action : script) {
    scheduler.await_turn(me);
    scheduler.enter(me);
    bool done = true;
    if (action.starts_with("lock ")) done = locks.lock(me, action.substr(5));
    if (action.starts_with("unlock ")) locks.unlock(action.substr(7));
    const std::string waited = scheduler.leave(me);
    log.push_back(std::string(1, me) + " " + action + (done ? "" : " refused") +
                  (waited.empty() ? "" : " after " + waited));
  }
}

struct Played {
  Log log;
  std::vector<Turn> order;
};

using Scripts = std::map<char, Script>;

Played play_in_server(Scheduler& scheduler, const Scripts& scripts, Strategy& strategy) {
  FakeServer server;
  Played played;
  Scheduler::Jobs jobs;
  for (const auto& [letter, script] : scripts) {
    jobs[letter] = [&, me = letter, actions = script] {
      play_in_server(scheduler, server, played.log, me, actions);
      server.unlock_all(me);
    };
  }
  played.order = shortest_order(scheduler.run(jobs, strategy, server));
  return played;
}

Played play_with_busy(Scheduler& scheduler, const Scripts& scripts, Strategy& strategy) {
  FakeBusyLocks locks(scheduler);
  Played played;
  Scheduler::Jobs jobs;
  for (const auto& [letter, script] : scripts) {
    jobs[letter] = [&, me = letter, actions = script] {
      play_with_busy(scheduler, locks, played.log, me, actions);
    };
  }
  played.order = shortest_order(scheduler.run(jobs, strategy, locks));
  return played;
}

template <class Play>
std::vector<Played> all_orders(const Scripts& scripts, Play play) {
  Scheduler scheduler;
  Exhaustive strategy;
  std::vector<Played> all;
  do {
    strategy.begin();
    all.push_back(play(scheduler, scripts, strategy));
  } while (strategy.next());
  EXPECT_FALSE(strategy.diverged());
  EXPECT_EQ(strategy.explored(), static_cast<std::int64_t>(all.size()));
  return all;
}

std::vector<Played> all_orders_in_server(const Scripts& scripts) {
  return all_orders(scripts, [](auto&... arguments) { return play_in_server(arguments...); });
}

std::vector<Played> all_orders_with_busy(const Scripts& scripts) {
  return all_orders(scripts, [](auto&... arguments) { return play_with_busy(arguments...); });
}

std::set<Log> distinct(const std::vector<Played>& all) {
  std::set<Log> logs;
  for (const Played& played : all) logs.insert(played.log);
  return logs;
}

Script steps(std::size_t count) { return Script(count, "step"); }

TEST(Scheduler, TriesEachOrderOfStepsThatNeverWaitExactlyOnce) {
  // The binomial and multinomial coefficients.
  EXPECT_EQ(all_orders_with_busy({{'a', steps(1)}, {'b', steps(1)}}).size(), 2U);
  EXPECT_EQ(all_orders_with_busy({{'a', steps(2)}, {'b', steps(3)}}).size(), 10U);
  EXPECT_EQ(all_orders_in_server({{'a', steps(4)}, {'b', steps(4)}}).size(), 70U);
  const std::vector<Played> all =
      all_orders_with_busy({{'a', steps(2)}, {'b', steps(2)}, {'c', steps(2)}});
  EXPECT_EQ(all.size(), 90U);
  EXPECT_EQ(distinct(all).size(), 90U);
}

TEST(Scheduler, RunsSessionsWithoutStatementsAndASessionAlone) {
  EXPECT_EQ(all_orders_with_busy({{'a', {}}, {'b', {}}}).size(), 1U);
  const std::vector<Played> alone = all_orders_in_server({{'b', steps(3)}});
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_THAT(alone[0].log, Each("b step"));
  EXPECT_EQ(alone[0].order, (std::vector<Turn>{{'b'}}));
}

const Scripts rivals{{'a', {"lock x", "step", "unlock x"}}, {'b', {"lock x", "unlock x"}}};

TEST(Scheduler, LetsASessionThatWaitsInTheServerGoOnWhenTheServerDoes) {
  const std::vector<Played> all = all_orders_in_server(rivals);
  EXPECT_TRUE(distinct(all).contains(
      {"a lock x", "a step", "a unlock x", "b lock x after a", "b unlock x"}));
  EXPECT_TRUE(distinct(all).contains(
      {"b lock x", "b unlock x", "a lock x after b", "a step", "a unlock x"}));
  for (const Played& played : all) EXPECT_EQ(played.log.size(), 5U);
}

TEST(Scheduler, OffersABusySessionAgainWhenItsLockIsFree) {
  const std::vector<Played> all = all_orders_with_busy(rivals);
  EXPECT_TRUE(distinct(all).contains(
      {"a lock x", "a step", "a unlock x", "b lock x after a", "b unlock x"}));
  for (const Played& played : all) {
    EXPECT_EQ(played.log.size(), 5U);
    for (const std::string& line : played.log) EXPECT_THAT(line, Not(HasSubstr("refused")));
  }
}

const Scripts crossed{{'a', {"lock x", "lock y", "unlock y", "unlock x"}},
                      {'b', {"lock y", "lock x", "unlock x", "unlock y"}}};

TEST(Scheduler, LeavesACircleInTheServerToTheServer) {
  std::set<std::string> refused;
  for (const Played& played : all_orders_in_server(crossed)) {
    for (const std::string& line : played.log) {
      if (line.find("refused") != std::string::npos) refused.insert(line);
    }
  }
  // Whoever closes the circle is refused, and both do in some order.
  EXPECT_THAT(refused, ElementsAre("a lock y refused", "b lock x refused"));
}

TEST(Scheduler, RefusesOneWhereAllAreBusyAndTriesBoth) {
  std::set<std::string> refused;
  for (const Played& played : all_orders_with_busy(crossed)) {
    for (const std::string& line : played.log) {
      if (line.find("refused") != std::string::npos) refused.insert(line);
    }
  }
  EXPECT_THAT(refused, ElementsAre("a lock y refused after b", "b lock x refused after a"));
}

TEST(Scheduler, ReplaysEachOrderFromItsText) {
  Scheduler scheduler;
  for (const Scripts& scripts : {rivals, crossed, Scripts{{'a', steps(3)}, {'b', steps(2)}}}) {
    std::set<std::string> texts;
    for (const Played& played : all_orders_with_busy(scripts)) {
      const std::string text = to_string(Plan{.order = played.order});
      EXPECT_TRUE(texts.insert(text).second) << text;
      Replay replay(parse_plan(text).value().order);
      const Played again = play_with_busy(scheduler, scripts, replay);
      EXPECT_EQ(again.log, played.log) << text;
      EXPECT_EQ(again.order, played.order) << text;
    }
    for (const Played& played : all_orders_in_server(scripts)) {
      Replay replay(played.order);
      const Played again = play_in_server(scheduler, scripts, replay);
      EXPECT_EQ(again.log, played.log) << to_string(Plan{.order = played.order});
      EXPECT_EQ(again.order, played.order);
    }
  }
}

TEST(Scheduler, PassesOverTurnsThatCannotBeTaken) {
  Scheduler scheduler;
  Replay strange({{'z', 3}, {'b', 0, true}, {'b', 1}, {'a', 9}, {'b', 1}, {'b', 1}});
  const Played played = play_with_busy(scheduler, {{'a', steps(2)}, {'b', steps(2)}}, strange);
  EXPECT_THAT(played.log, ElementsAre("b step", "a step", "a step", "b step"));
}

TEST(Scheduler, CancelsAWaitForNobodyWhoCouldLetGo) {
  Scheduler scheduler;
  FakeServer server;
  Log log;
  ASSERT_TRUE(server.lock('a', "x"));
  // `a` is over, and its lock stays behind.
  Scheduler::Jobs jobs;
  jobs['a'] = [] {};
  jobs['b'] = [&] { play_in_server(scheduler, server, log, 'b', {"step", "lock x"}); };
  Replay by_letter({});
  scheduler.run(jobs, by_letter, server);
  EXPECT_THAT(log, ElementsAre("b step", "b lock x refused after a"));
  EXPECT_GT(server.cancels(), 0);
}

TEST(Scheduler, WaitsForSomebodyOutsideWithoutLettingOthersMove) {
  Scheduler scheduler;
  FakeServer server;
  ASSERT_TRUE(server.lock(FakeServer::outsider, "x"));
  server.outsider_lets_go_after(3);
  Log log;
  Scheduler::Jobs jobs;
  jobs['a'] = [&] { play_in_server(scheduler, server, log, 'a', {"lock x"}); };
  jobs['b'] = [&] { play_in_server(scheduler, server, log, 'b', {"step"}); };
  Replay by_letter({});
  scheduler.run(jobs, by_letter, server);
  EXPECT_THAT(log, ElementsAre("a lock x", "b step"));
  EXPECT_EQ(server.cancels(), 0);
}

TEST(Scheduler, RethrowsWhatASessionThrewWhenTheOthersHaveEnded) {
  Scheduler scheduler;
  FakeServer server;
  Log log;
  Scheduler::Jobs jobs;
  jobs['a'] = [&] {
    play_in_server(scheduler, server, log, 'a', {"step"});
    throw std::runtime_error("a fell over");
  };
  jobs['b'] = [&] { play_in_server(scheduler, server, log, 'b', steps(3)); };
  Replay by_letter({});
  EXPECT_THROW(scheduler.run(jobs, by_letter, server), std::runtime_error);
  EXPECT_THAT(log, ElementsAre("a step", "b step", "b step", "b step"));
  // It goes on as if nothing had been.
  const Played played = play_in_server(scheduler, rivals, by_letter);
  EXPECT_EQ(played.log.size(), 5U);
}

TEST(Scheduler, EndsSessionsThatWouldGoOnForEver) {
  Scheduler scheduler;
  FakeBusyLocks locks(scheduler);
  Scheduler::Jobs jobs;
  for (const char letter : {'a', 'b'}) {
    jobs[letter] = [&, letter] {
      while (true) scheduler.await_turn(letter);
    };
  }
  Replay by_letter({});
  EXPECT_THROW(scheduler.run(jobs, by_letter, locks), HarnessFailure);
}

TEST(ShortestOrder, LeavesOutWhatHappensByItself) {
  const auto move = [](char letter, bool first) { return Chosen{{letter, false}, first}; };
  EXPECT_EQ(shortest_order({}), std::vector<Turn>{});
  // a, a, then b: a serial order is written all the same.
  EXPECT_EQ(shortest_order({move('a', true), move('a', true), move('b', true)}),
            (std::vector<Turn>{{'a'}}));
  EXPECT_EQ(shortest_order({move('a', true), move('b', false), move('b', true), move('a', true)}),
            (std::vector<Turn>{{'a', 1}, {'b'}}));
  EXPECT_EQ(shortest_order({move('b', false), move('a', true), move('a', true), move('b', true),
                            move('a', false), move('a', true)}),
            (std::vector<Turn>{{'b'}, {'a'}, {'b', 1}, {'a'}}));
}

}  // namespace
}  // namespace splitproof::harness
