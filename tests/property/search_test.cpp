// Generated scripts: the same for the same seed, within their bounds, and shrunk to the fewest
// steps and strikes that still fail.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "harness/property/script.h"
#include "tests/property/cases.h"

namespace splitproof::harness {
namespace {

using ::testing::ElementsAre;

// Commands and strikes, one text a script.
std::string text_of(const Script& script) {
  std::string text;
  for (const Step& step : script) {
    text += to_string(step.command);
    for (const StrikeDraft& strike : step.strikes) {
      text += " !" + std::to_string(strike.fault) + "/" + std::to_string(strike.point) +
              (strike.persistent ? "+" : "") + (strike.in_retry ? "r" : "");
    }
    text += "\n";
  }
  return text;
}

std::vector<std::string> texts(Theme theme, std::uint64_t seed, int count) {
  std::vector<std::string> all;
  for (const Script& script : first_scripts(theme, seed, count)) all.push_back(text_of(script));
  return all;
}

Script shrunk(Theme theme, const std::function<bool(const Script&)>& fails) {
  SearchOptions options;
  options.scripts_max = 5000;
  options.shrinks_max = 5000;
  const std::optional<Failure> failure = find_failing(theme, options, fails);
  if (!failure) throw std::runtime_error("no script fails");
  return failure->smallest;
}

template <class T>
long count_of(const Script& script) {
  return std::ranges::count_if(
      script, [](const Step& step) { return std::holds_alternative<T>(step.command); });
}

std::size_t strikes_in(const Script& script) {
  std::size_t count = 0;
  for (const Step& step : script) count += step.strikes.size();
  return count;
}

TEST(Search, DrawsTheSameScriptsForTheSameSeed) {
  for (const Theme theme : {Theme::operations, Theme::daily_rows}) {
    EXPECT_EQ(texts(theme, 7, 50), texts(theme, 7, 50));
    EXPECT_NE(texts(theme, 7, 50), texts(theme, 8, 50));
  }
}

TEST(Search, TakesNoSeedFromTheEnvironment) {
  const std::vector<std::string> before = texts(Theme::operations, 7, 20);
  ::setenv("RC_PARAMS", "seed=12345 max_success=1", 1);
  const std::vector<std::string> with_params = texts(Theme::operations, 7, 20);
  ::unsetenv("RC_PARAMS");
  EXPECT_EQ(with_params, before);
}

TEST(Search, DrawsOneToEightOperationsAndAtMostTwoStrikes) {
  std::map<std::size_t, int> lengths;
  std::map<std::size_t, int> strikes;
  for (const Script& script : first_scripts(Theme::operations, 1, 500)) {
    ++lengths[script.size()];
    ++strikes[strikes_in(script)];
  }
  EXPECT_EQ(lengths.begin()->first, 1U);
  EXPECT_EQ(lengths.rbegin()->first, 8U);
  EXPECT_EQ(lengths.size(), 8U);
  EXPECT_EQ(strikes.size(), 3U);
  EXPECT_EQ(strikes.rbegin()->first, strikes_max);
}

TEST(Search, DrawsEveryKindOfCommand) {
  std::set<std::size_t> kinds;
  for (const Script& script : first_scripts(Theme::operations, 1, 200)) {
    for (const Step& step : script) kinds.insert(step.command.index());
  }
  for (const Script& script : first_scripts(Theme::daily_rows, 1, 20)) {
    for (const Step& step : script) kinds.insert(step.command.index());
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<Command>);
}

TEST(Search, EveryDrawnCommandReadsBack) {
  for (const Theme theme : {Theme::operations, Theme::daily_rows}) {
    for (const Script& script : first_scripts(theme, 3, 200)) {
      for (const Step& step : script) {
        const sim::Result<Command, std::string> read = parse_command(to_string(step.command));
        ASSERT_TRUE(read.ok()) << read.error();
        EXPECT_EQ(to_string(read.value()), to_string(step.command));
        EXPECT_TRUE(read.value() == step.command) << to_string(step.command);
      }
    }
  }
}

TEST(Search, DrawsRowsOnBothSidesOfMonthBordersAndOfLeapDays) {
  std::set<std::string> days;
  int instants = 0;
  for (const Script& script : first_scripts(Theme::daily_rows, 1, 300)) {
    EXPECT_LE(script.size(), 32U);
    for (const Step& step : script) {
      const auto* row = std::get_if<SaveRow>(&step.command);
      if (row == nullptr) continue;
      const auto* day = std::get_if<sim::Day>(&row->when);
      if (day == nullptr) ++instants;
      if (day != nullptr) days.insert(sim::to_string(*day));
    }
  }
  for (const char* day : {"2025-08-31", "2025-09-01", "2024-02-29", "2024-03-01", "2023-02-28",
                          "2024-12-31", "2025-01-01", "2000-02-29"}) {
    EXPECT_TRUE(days.contains(day)) << day;
  }
  EXPECT_GT(instants, 300);
}

TEST(Search, ShrinksToTheOneCommandThatFails) {
  const Script smallest = shrunk(
      Theme::operations, [](const Script& script) { return count_of<AddToCounter>(script) > 0; });
  EXPECT_EQ(text_of(smallest), "add(visits,1)\n");
}

TEST(Search, ShrinksToTheTwoCommandsThatFailTogether) {
  const Script smallest = shrunk(Theme::operations, [](const Script& script) {
    return count_of<Transfer>(script) > 0 && count_of<RefreshCache>(script) > 0;
  });
  EXPECT_EQ(smallest.size(), 2U);
  EXPECT_EQ(strikes_in(smallest), 0U);
}

TEST(Search, ShrinksToTheStrikeThatFails) {
  const Script smallest = shrunk(Theme::operations, [](const Script& script) {
    return std::ranges::any_of(script, [](const Step& step) {
      return std::holds_alternative<CollectDay>(step.command) && !step.strikes.empty() &&
             step.strikes.front().fault >= 3;
    });
  });
  EXPECT_EQ(text_of(smallest), "collect(2025-08-28,1) !3/0\n");
}

TEST(Search, MovesAStrikeToTheStepThatShowsIt) {
  // A strike from there on fails in any later step; the first of them is not needed.
  const Script smallest = shrunk(Theme::operations, [](const Script& script) {
    bool struck = false;
    for (const Step& step : script) {
      struck = struck || std::ranges::any_of(step.strikes, &StrikeDraft::persistent);
      if (struck && std::holds_alternative<AggregateMonth>(step.command)) return true;
    }
    return false;
  });
  EXPECT_EQ(text_of(smallest), "aggregate(2025-08,2025-09-01) !0/0+\n");
}

TEST(Search, ShrinksAnInstantToItsDay) {
  const Script smallest = shrunk(Theme::daily_rows, [](const Script& script) {
    return std::ranges::any_of(script, [](const Step& step) {
      const auto* row = std::get_if<SaveRow>(&step.command);
      return row != nullptr && row->platform == "meta";
    });
  });
  const auto row = std::ranges::find_if(
      smallest, [](const Step& step) { return std::holds_alternative<SaveRow>(step.command); });
  ASSERT_NE(row, smallest.end());
  EXPECT_TRUE(std::holds_alternative<sim::Day>(std::get<SaveRow>(row->command).when));
  EXPECT_EQ(count_of<SaveRow>(smallest), 1);
}

TEST(Search, TriesNoMoreThanItMay) {
  SearchOptions options;
  options.scripts_max = 10;
  options.shrinks_max = 7;
  int asked = 0;
  const auto failure = find_failing(Theme::operations, options, [&](const Script&) {
    ++asked;
    return asked == 1;
  });
  EXPECT_TRUE(failure.has_value());
  EXPECT_LE(asked, 8);
  asked = 10;
  EXPECT_FALSE(find_failing(Theme::operations, options, [&](const Script&) {
                 ++asked;
                 return false;
               }).has_value());
  EXPECT_EQ(asked, 20);
}

TEST(Search, GoesOnBehindAScript) {
  SearchOptions options;
  options.scripts_max = 10;
  options.first = 4;
  std::vector<std::string> seen;
  static_cast<void>(find_failing(Theme::operations, options, [&](const Script& script) {
    seen.push_back(text_of(script));
    return false;
  }));
  std::vector<std::string> all = texts(Theme::operations, 1, 10);
  EXPECT_EQ(seen, std::vector<std::string>(all.begin() + 4, all.end()));
}

TEST(Search, StopsWhenItIsTold) {
  SearchOptions options;
  options.scripts_max = 10;
  options.stopped = [] { return true; };
  EXPECT_FALSE(
      find_failing(Theme::operations, options, [](const Script&) { return true; }).has_value());
}

}  // namespace
}  // namespace splitproof::harness
