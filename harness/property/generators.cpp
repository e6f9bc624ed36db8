#include "harness/property/generators.h"

#include <rapidcheck.h>

namespace splitproof::harness {

namespace {

using rc::gen::inRange;
using rc::gen::just;
using rc::gen::map;
using rc::gen::tuple;
using rc::gen::weightedOneOf;

constexpr std::size_t commands_max = 8;

// One of the words, shrinking toward the first.
rc::Gen<std::string> one_of_words(std::vector<std::string> words) {
  const std::size_t count = words.size();
  return map(inRange<std::size_t>(0, count),
             [words = std::move(words)](std::size_t i) { return words[i]; });
}

rc::Gen<sim::Day> one_of_days(sim::Day first, int count) {
  return map(inRange(0, count), [first](int days) {
    return sim::Day{std::chrono::sys_days{first} + std::chrono::days{days}};
  });
}

sim::Day day(int year, unsigned month, unsigned day_of_month) {
  return sim::Day{std::chrono::year{year}, std::chrono::month{month},
                  std::chrono::day{day_of_month}};
}

rc::Gen<sim::Money> amount(std::int64_t least, std::int64_t beyond) {
  return map(inRange<std::int64_t>(least, beyond),
             [](std::int64_t minor) { return sim::Money{minor}; });
}

sim::Money negated(const sim::Money& money) { return {-money.minor}; }

rc::Gen<Command> any_transfer() {
  // Few names and references, so that they meet; C is not open in the beginning.
  return map(
      tuple(one_of_words({"r1", "r2", "r3", "r4"}), one_of_words({"A", "B", "C"}),
            one_of_words({"B", "A", "C"}),
            weightedOneOf<sim::Money>({{9, amount(1, 1000)}, {1, map(amount(0, 3), negated)}})),
      [](const std::tuple<std::string, std::string, std::string, sim::Money>& words) {
        const auto& [reference, from, to, money] = words;
        return Command{Transfer{reference, from, to, money}};
      });
}

rc::Gen<Command> any_post() {
  return map(
      tuple(one_of_words({"r1", "r2", "r3", "r4"}), one_of_words({"A", "B", "C"}),
            weightedOneOf<sim::Money>({{1, amount(1, 1000)}, {1, map(amount(1, 1000), negated)}})),
      [](const std::tuple<std::string, std::string, sim::Money>& words) {
        const auto& [reference, account, money] = words;
        return Command{Post{reference, account, money}};
      });
}

rc::Gen<Command> any_open() {
  return map(rc::gen::pair(one_of_words({"C", "A", "D"}), amount(0, 10000)),
             [](const std::pair<std::string, sim::Money>& words) {
               return Command{OpenAccount{words.first, words.second}};
             });
}

rc::Gen<Command> any_add() {
  return map(rc::gen::pair(one_of_words({"visits", "calls"}), inRange<std::int64_t>(1, 100)),
             [](const std::pair<std::string, std::int64_t>& words) {
               return Command{AddToCounter{words.first, words.second}};
             });
}

rc::Gen<Command> any_collection() {
  return map(tuple(one_of_days(day(2025, 8, 28), 8), inRange(1, 4), inRange(0, 3)),
             [](const std::tuple<sim::Day, int, int>& words) {
               const auto& [date, clients, variation] = words;
               return Command{CollectDay{date, clients, variation}};
             });
}

rc::Gen<Command> any_aggregation() {
  // September is not over on the first of the days, which must be refused.
  return map(tuple(inRange(0, 4), inRange(0, 3)), [](const std::tuple<int, int>& words) {
    const auto [month, today] = words;
    const std::vector<sim::Day> days{day(2025, 9, 1), day(2025, 10, 1), day(2025, 10, 2)};
    return Command{AggregateMonth{sim::month_of(month < 3 ? day(2025, 8, 1) : day(2025, 9, 1)),
                                  days.at(static_cast<std::size_t>(today))}};
  });
}

rc::Gen<Command> any_refresh() {
  return map(one_of_days(day(2025, 9, 1), 3),
             [](const sim::Day& today) { return Command{RefreshCache{today}}; });
}

rc::Gen<Command> any_retention() {
  // 90 days after the days that are collected, so that some go and some stay.
  return map(one_of_days(day(2025, 11, 27), 8),
             [](const sim::Day& today) { return Command{ApplyRetention{today}}; });
}

rc::Gen<Command> any_command() {
  return weightedOneOf<Command>({{4, any_transfer()},
                                 {3, any_post()},
                                 {1, any_open()},
                                 {2, any_add()},
                                 {3, any_collection()},
                                 {4, any_aggregation()},
                                 {1, any_refresh()},
                                 {1, any_retention()}});
}

rc::Gen<StrikeDraft> any_strike() {
  return map(tuple(inRange(0, 60), inRange(0, 60), rc::gen::arbitrary<bool>(),
                   weightedOneOf<bool>({{3, just(false)}, {1, rc::gen::arbitrary<bool>()}})),
             [](const std::tuple<int, int, bool, bool>& words) {
               const auto [fault, point, persistent, in_retry] = words;
               return StrikeDraft{fault, point, persistent, in_retry};
             });
}

// Lists of up to `most` items, shrinking by leaving items out.
template <class T>
rc::Gen<std::vector<T>> up_to(int most, rc::Gen<T> item) {
  return rc::gen::resize(
      most, rc::gen::container<std::vector<T>>(rc::gen::resize(rc::kNominalSize, std::move(item))));
}

rc::Gen<Step> any_step() {
  return map(
      rc::gen::pair(any_command(), weightedOneOf<std::vector<StrikeDraft>>(
                                       {{3, just(std::vector<StrikeDraft>{})},
                                        {2, up_to(static_cast<int>(strikes_max), any_strike())}})),
      [](const std::pair<Command, std::vector<StrikeDraft>>& step) {
        return Step{step.first, step.second};
      });
}

Script with_few_strikes(Script script) {
  std::size_t left = strikes_max;
  for (Step& step : script) {
    step.strikes.resize(std::min(step.strikes.size(), left));
    left -= step.strikes.size();
  }
  return script;
}

}  // namespace

rc::Gen<Script> scripts_of_operations() {
  return map(rc::gen::nonEmpty(up_to(static_cast<int>(commands_max), any_step())),
             with_few_strikes);
}

}  // namespace splitproof::harness
