#include <gtest/gtest.h>

#include "harness/cli/options.h"

namespace splitproof::harness {
namespace {

using Arguments = std::vector<std::string>;

Options parsed(const Arguments& arguments) {
  auto options = parse_command_line(arguments, "1.2.3");
  EXPECT_TRUE(options.ok()) << options.error().text;
  return options.ok() ? std::move(options).value() : Options{};
}

std::string refusal_of(const Arguments& arguments) {
  const auto options = parse_command_line(arguments, "1.2.3");
  if (options.ok()) return "";
  EXPECT_EQ(options.error().exit_code, exit_usage);
  const std::string& text = options.error().text;
  return text.substr(0, text.find('\n'));
}

TEST(SimulateCommand, HasAYearOfSixteenClientsForItsDefaults) {
  const Options options = parsed({"simulate"});
  EXPECT_EQ(options.command, Subcommand::simulate);
  EXPECT_EQ(options.simulate.days, 365);
  EXPECT_EQ(options.simulate.clients, 16);
  EXPECT_EQ(options.simulate.seeds, 1U);
  EXPECT_EQ(options.seed, 1U);
  EXPECT_FALSE(options.simulate.time);
  EXPECT_FALSE(options.simulate.strikes);
  EXPECT_EQ(options.out, "");
}

TEST(SimulateCommand, TakesWhatItIsGiven) {
  const Options options =
      parsed({"simulate", "--days", "60", "--clients=3", "--seed", "7", "--seeds", "5", "--minutes",
              "2", "--variant", "autocommit", "--out", "there"});
  EXPECT_EQ(options.simulate.days, 60);
  EXPECT_EQ(options.simulate.clients, 3);
  EXPECT_EQ(options.seed, 7U);
  EXPECT_EQ(options.simulate.seeds, 5U);
  EXPECT_EQ(options.simulate.time, std::chrono::minutes(2));
  EXPECT_EQ(options.variant, "autocommit");
  EXPECT_EQ(options.out, "there");
  const Options planned = parsed({"simulate", "--plan", "3.4=drop 2.1=kill:3"});
  ASSERT_TRUE(planned.simulate.strikes);
  EXPECT_EQ(to_text(*planned.simulate.strikes), "2.1=kill:3 3.4=drop");
}

TEST(SimulateCommand, RefusesWhatCannotBeMeant) {
  EXPECT_EQ(refusal_of({"simulate", "--days", "0"}),
            "splitproof: '--days' is '0'; expected a whole number from 1 to 36525");
  EXPECT_EQ(refusal_of({"simulate", "--clients", "many"}),
            "splitproof: '--clients' is 'many'; expected a whole number from 1 to 999");
  EXPECT_EQ(refusal_of({"simulate", "--plan", "3.4=melt"}).find("splitproof: '--plan': '3.4=melt'"),
            0U);
  EXPECT_EQ(refusal_of({"simulate", "--days", "2", "--plan", "3.4=drop"}),
            "splitproof: '--plan': '3.4=drop' is on day 3; expected at most day 2, the last of "
            "'--days'");
  EXPECT_EQ(refusal_of({"simulate", "--plan", "clean", "--seeds", "2"}),
            "splitproof: '--plan' is one life; expected it without '--seeds' and '--minutes'");
  EXPECT_EQ(refusal_of({"simulate", "--target", "postgres"}),
            "splitproof: 'simulate' has no option '--target'");
  EXPECT_EQ(refusal_of({"simulate", "lost-update"}),
            "splitproof: 'simulate' takes no argument, but 'lost-update' is given");
}

}  // namespace
}  // namespace splitproof::harness
