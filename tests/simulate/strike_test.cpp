#include "harness/simulate/strike.h"

#include <gtest/gtest.h>

#include "harness/simulate/swarm.h"

namespace splitproof::harness::life {
namespace {

std::string read_again(const std::string& text) {
  const auto strikes = parse_strikes(text);
  return strikes.ok() ? to_text(strikes.value()) : strikes.error();
}

TEST(Strikes, AreReadAsTheyAreWritten) {
  for (const std::string text :
       {"clean", "31.17=kill:3", "1.1=interrupt 1.2=nomem 2.1=drop 2.2=lose", "3.9=power:4#17",
        "3.9=power:4/keep=1101/torn=1:zero", "4.1=eio:3*20 4.2=trap 4.3=full:40",
        "5.5=clock:-3600 5.6=clock:+259200 5.7=zone:Pacific/Honolulu",
        "6.1=memory:40*2 6.2=busy:3*1 6.3=nolock:0*12"}) {
    EXPECT_EQ(read_again(text), text);
  }
}

TEST(Strikes, AreSortedByTheirMoments) {
  EXPECT_EQ(read_again("  2.10=drop 2.9=lose 1.40=trap "), "1.40=trap 2.9=lose 2.10=drop");
}

TEST(Strikes, AreRefusedWithThePieceAndWhatIsExpected) {
  EXPECT_EQ(read_again(""), "the plan is empty; expected strikes, or 'clean'");
  EXPECT_EQ(read_again("1.1=drop 0.1=drop"),
            "'0.1=drop' is no strike; expected a whole number from 1 on at '0.1=drop'");
  EXPECT_EQ(read_again("1=drop"), "'1=drop' is no strike; expected '.' at '=drop'");
  EXPECT_NE(read_again("1.1=drop:3").find("expected nothing more than before ':3'"),
            std::string::npos);
  EXPECT_NE(read_again("1.1=zone:Nowhere").find("the name of a time zone"), std::string::npos);
  EXPECT_NE(read_again("1.1=power:2/keep=12").find("keep=BITS"), std::string::npos);
  EXPECT_NE(read_again("1.1=melt").find("interrupt, nomem, drop"), std::string::npos);
  EXPECT_NE(read_again("1.1=full:0").find("from 1 on"), std::string::npos);
  EXPECT_NE(read_again("1.1=eio:1").find("'*'"), std::string::npos);
  EXPECT_NE(read_again("1.1=memory:1").find("'*'"), std::string::npos);
  EXPECT_NE(read_again("1.1=busy:1*0").find("from 1 on"), std::string::npos);
}

TEST(Strikes, OfEachFamilyAreDrawnAndHaveATextThatIsReadAgain) {
  for (int i = 0; i < families_count; ++i) {
    const auto family = static_cast<Family>(i);
    const Strikes strikes = draw_strikes(1, draw_swarm(1, family), 400);
    ASSERT_FALSE(strikes.empty()) << to_string(family);
    for (const Strike& strike : strikes) EXPECT_EQ(family_of(strike.blow), family);
    EXPECT_EQ(read_again(to_text(strikes)), to_text(strikes));
    EXPECT_EQ(family_named(to_string(family)), family);
  }
  EXPECT_FALSE(family_named("fire"));
}

TEST(Swarm, StrikesOfADayDoNotDependOnHowLongTheLifeIs) {
  const Swarm swarm = draw_swarm(5);
  const Strikes shorter = draw_strikes(5, swarm, 50);
  const Strikes longer = draw_strikes(5, swarm, 80);
  ASSERT_LT(shorter.size(), longer.size());
  EXPECT_EQ(to_text(shorter),
            to_text(Strikes(longer.begin(), longer.begin() + std::ssize(shorter))));
}

TEST(Swarm, TurnsFamiliesOffAndOn) {
  std::array<int, families_count> on{};
  constexpr int seeds = 200;
  for (int seed = 0; seed < seeds; ++seed) {
    const Swarm swarm = draw_swarm(static_cast<std::uint64_t>(seed));
    for (std::size_t i = 0; i < on.size(); ++i) on.at(i) += swarm.days_between.at(i) > 0 ? 1 : 0;
  }
  for (const int count : on) {
    EXPECT_GT(count, seeds / 4);
    EXPECT_LT(count, seeds * 3 / 4);
  }
}

TEST(Swarm, KeepsWhatSqliteSaysMustBeSetForADurableCommit) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Swarm swarm = draw_swarm(seed);
    const bool wal = swarm.journal == sim::JournalMode::wal;
    EXPECT_EQ(swarm.synchronous, wal ? sim::Synchronous::full : sim::Synchronous::extra);
  }
}

}  // namespace
}  // namespace splitproof::harness::life
