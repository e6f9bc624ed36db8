// The fair comparison of states: what must count as equal, and what must not.
#include "harness/oracle/state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/states.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

State one_column(const std::vector<sim::Row>& rows) { return {{"t", table({"v"}, rows)}}; }

TEST(Digest, DoesNotDependOnTheOrderOfRows) {
  EXPECT_EQ(digest(one_column({{num(1)}, {num(2)}, {num(1)}})),
            digest(one_column({{num(2)}, {num(1)}, {num(1)}})));
}

TEST(Digest, CountsRowsThatAreThereTwice) {
  EXPECT_NE(digest(one_column({{num(1)}, {num(2)}, {num(1)}})),
            digest(one_column({{num(1)}, {num(2)}, {num(2)}})));
  EXPECT_NE(digest(one_column({{num(1)}, {num(1)}})), digest(one_column({{num(1)}})));
}

TEST(Digest, TellsTypesApart) {
  const std::vector<sim::Value> values{null(),       num(1),    real(1.5),  text("1"),   text(""),
                                       text("NULL"), text("n"), text("i1"), text("1.5"), num(0)};
  std::set<std::string> digests;
  for (const sim::Value& value : values) digests.insert(digest(one_column({{value}})));
  EXPECT_THAT(digests, SizeIs(values.size()));
}

TEST(Digest, TellsCellsWithSeparatorsApart) {
  const auto two = [](const char* left, const char* right) {
    return digest({{"t", table({"a", "b"}, {{text(left), text(right)}})}});
  };
  EXPECT_NE(two("x\x1fsy", ""), two("x", "y"));
  EXPECT_NE(two("x\\", "y"), two("x\\\x1fsy", ""));
  EXPECT_NE(two("\\", "\x1f"), two("\\\x1f", ""));
  EXPECT_NE(digest(one_column({{text("a\x1f\nsb")}})),
            digest(one_column({{text("a")}, {text("b")}})));
  EXPECT_NE(digest(one_column({{text("a\nb")}})), digest(one_column({{text("a")}, {text("b")}})));
}

TEST(Digest, TellsTablesApart) {
  const auto some = table({"v"}, {{num(1)}});
  const auto none = table({"v"}, {});
  EXPECT_NE(digest({{"t", some}, {"u", none}}), digest({{"t", none}, {"u", some}}));
  EXPECT_NE(digest({{"t", none}}), digest({{"t", none}, {"u", none}}));
}

TEST(Digest, LeavesOutColumnsAndTables) {
  Comparison comparison;
  comparison.left_out["t"] = {"at"};
  comparison.tables_left_out = {"log"};
  const auto with = [&](const char* at, int value, int lines) {
    const std::vector<sim::Row> log(static_cast<std::size_t>(lines), sim::Row{num(7)});
    return digest({{"t", table({"at", "v"}, {{text(at), num(value)}})}, {"log", table({"l"}, log)}},
                  comparison);
  };
  EXPECT_EQ(with("monday", 1, 0), with("tuesday", 1, 3));
  EXPECT_NE(with("monday", 1, 0), with("monday", 2, 0));
}

TEST(Digest, OfATableIsNotTakenFromAnotherThatLayAtTheSameAddress) {
  StateDigests digests{Comparison{}};
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) seen.insert(digests.of(one_column({{num(i)}})));
  EXPECT_THAT(seen, SizeIs(2000));
}

TEST(Digest, IsTheSameForEqualContentAndSeesADifferenceInTheLastRow) {
  std::vector<sim::Row> rows;
  for (int i = 0; i < 50; ++i) rows.push_back({num(i)});
  StateDigests digests({});
  const std::string first = digests.of(one_column(rows));
  EXPECT_EQ(digests.of(one_column(rows)), first);
  rows.back() = {num(-1)};
  const std::string other = digests.of(one_column(rows));
  EXPECT_NE(other, first);
  EXPECT_EQ(other, digest(one_column(rows)));
}

TEST(Digest, TellsZerosOfTwoSignsApartInWhateverOrderTheyCome) {
  StateDigests digests({});
  EXPECT_NE(digests.of(one_column({{real(0.0)}})), digests.of(one_column({{real(-0.0)}})));
}

TEST(Digest, StaysRightWhenMoreTablesWereSeenThanAreRemembered) {
  StateDigests digests({});
  for (int i = 0; i < 1200; ++i) {
    const State state = one_column({{num(i % 700)}});
    ASSERT_EQ(digests.of(state), digest(state)) << i;
  }
}

TEST(Digest, OfOneObjectUnderTwoNamesFollowsTheRulesOfEach) {
  Comparison comparison;
  comparison.left_out["u"] = {"v"};
  const auto one = table({"v"}, {{num(1)}});
  const auto two = table({"v"}, {{num(2)}});
  const std::string apart = digest({{"t", one}, {"u", two}}, comparison);
  EXPECT_EQ(digest({{"t", one}, {"u", one}}, comparison), apart);
  EXPECT_NE(digest({{"t", two}, {"u", one}}, comparison), apart);
}

// Campaigns with generated keys, and what refers to them.
Comparison keys_renamed() {
  Comparison comparison;
  comparison.renamed = {{"campaigns", {"id"}}, {"clicks", {"campaign_id"}}};
  comparison.references["clicks"] = {{"campaign_id", "campaigns", "id"}};
  return comparison;
}

State campaigns(const std::vector<std::pair<int, const char*>>& named,
                const std::vector<std::pair<int, int>>& clicks) {
  std::vector<sim::Row> campaign_rows;
  for (const auto& [id, name] : named) campaign_rows.push_back({num(id), text(name)});
  std::vector<sim::Row> click_rows;
  for (const auto& [id, count] : clicks) click_rows.push_back({num(id), num(count)});
  return {{"campaigns", table({"id", "name"}, campaign_rows)},
          {"clicks", table({"campaign_id", "count"}, click_rows)}};
}

TEST(Digest, ComparesGeneratedKeysUpToRenaming) {
  const State state = campaigns({{1, "spring"}, {2, "autumn"}}, {{1, 10}, {2, 20}, {2, 30}});
  const State renamed =
      campaigns({{7, "autumn"}, {1000, "spring"}}, {{7, 30}, {1000, 10}, {7, 20}});
  EXPECT_EQ(digest(state, keys_renamed()), digest(renamed, keys_renamed()));
  EXPECT_NE(digest(state), digest(renamed)) << "without the rule every key counts";
}

TEST(Digest, SeesAReferenceToAnotherRow) {
  EXPECT_NE(digest(campaigns({{1, "spring"}, {2, "autumn"}}, {{1, 10}, {2, 20}}), keys_renamed()),
            digest(campaigns({{1, "spring"}, {2, "autumn"}}, {{1, 10}, {1, 20}}), keys_renamed()));
}

TEST(Digest, SeesASwappedPairOfReferences) {
  EXPECT_NE(digest(campaigns({{1, "spring"}, {2, "autumn"}}, {{1, 10}, {2, 20}}), keys_renamed()),
            digest(campaigns({{1, "spring"}, {2, "autumn"}}, {{2, 10}, {1, 20}}), keys_renamed()));
}

TEST(Digest, DoesNotMindASwapOfRowsThatNothingTellsApart) {
  EXPECT_EQ(digest(campaigns({{1, "same"}, {2, "same"}}, {{1, 10}, {2, 20}}), keys_renamed()),
            digest(campaigns({{1, "same"}, {2, "same"}}, {{2, 10}, {1, 20}}), keys_renamed()));
  EXPECT_NE(digest(campaigns({{1, "same"}, {2, "same"}}, {{1, 10}, {2, 20}}), keys_renamed()),
            digest(campaigns({{1, "same"}, {2, "same"}}, {{1, 10}, {1, 20}}), keys_renamed()));
}

TEST(Digest, SeesAReferenceThatLeadsNowhere) {
  EXPECT_NE(digest(campaigns({{1, "spring"}}, {{1, 10}}), keys_renamed()),
            digest(campaigns({{1, "spring"}}, {{2, 10}}), keys_renamed()));
}

TEST(Digest, SeesAKeyThatIsMissing) {
  State state = campaigns({{1, "spring"}}, {});
  State without = campaigns({}, {});
  without["campaigns"] = table({"id", "name"}, {{null(), text("spring")}});
  EXPECT_NE(digest(state, keys_renamed()), digest(without, keys_renamed()));
}

// A table whose rows refer to rows of their own table, and say nothing else.
State chains(const std::vector<int>& lengths) {
  std::vector<sim::Row> rows;
  int id = 0;
  for (const int length : lengths) {
    for (int i = 0; i < length; ++i) {
      ++id;
      rows.push_back({num(id), i == 0 ? null() : num(id - 1)});
    }
  }
  return {{"steps", table({"id", "before"}, rows)}};
}

TEST(Digest, FollowsReferencesHoweverFarTheyLead) {
  Comparison comparison;
  comparison.renamed = {{"steps", {"id", "before"}}};
  comparison.references["steps"] = {{"before", "steps", "id"}};
  EXPECT_EQ(digest(chains({9, 11}), comparison), digest(chains({11, 9}), comparison));
  EXPECT_NE(digest(chains({9, 11}), comparison), digest(chains({10, 10}), comparison));
}

TEST(Differences, ShowTheRowsOfEachSideThatTheOtherLacks) {
  const State expected = one_column({{num(1)}, {num(2)}, {num(2)}, {num(3)}});
  const State found = one_column({{num(3)}, {num(2)}, {num(4)}});
  const std::vector<TableDifference> all = differences(expected, found, {}, 10);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].table, "t");
  EXPECT_THAT(all[0].columns, ElementsAre("v"));
  EXPECT_THAT(all[0].expected, ElementsAre(ElementsAre("1"), ElementsAre("2")));
  EXPECT_THAT(all[0].found, ElementsAre(ElementsAre("4")));
  EXPECT_EQ(all[0].rows_left_out, 0U);
  EXPECT_EQ(distance(expected, found, {}), 3U);
}

TEST(Differences, AreNoneWhereTheStatesAreEqualUnderTheComparison) {
  const State state = campaigns({{1, "spring"}}, {{1, 10}});
  const State renamed = campaigns({{9, "spring"}}, {{9, 10}});
  EXPECT_THAT(differences(state, renamed, keys_renamed(), 10), IsEmpty());
  EXPECT_EQ(distance(state, renamed, keys_renamed()), 0U);
  Comparison without;
  without.tables_left_out = {"campaigns", "clicks"};
  EXPECT_THAT(differences(state, renamed, without, 10), IsEmpty());
  EXPECT_EQ(distance(state, renamed, without), 0U);
}

TEST(Differences, SayHowManyRowsTheyDoNotShow) {
  std::vector<sim::Row> many;
  for (int i = 0; i < 10; ++i) many.push_back({num(i)});
  const std::vector<TableDifference> all = differences(one_column(many), one_column({}), {}, 4);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].expected, SizeIs(4));
  EXPECT_EQ(all[0].rows_left_out, 6U);
}

TEST(Differences, NameATableThatIsThereOnOneSideOnly) {
  const State found{{"t", table({"v"}, {})}, {"u", table({"w"}, {{num(1)}})}};
  const std::vector<TableDifference> all = differences(one_column({}), found, {}, 4);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].table, "u");
  EXPECT_THAT(all[0].columns, ElementsAre("w"));
  EXPECT_EQ(distance(one_column({}), found, {}), 1U);
  EXPECT_EQ(distance(found, one_column({}), {}), 1U);
}

TEST(Sha256, IsTheOneOfTheStandard) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace splitproof::harness
