// The dependency graph and the names of its circles, on dealings written by hand: the smallest that
// has each name, and the nearest that has none.
#include "harness/check/anomaly.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splitproof::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Item x{"t", "x"};
const Item y{"t", "y"};

constexpr int a = 0;
constexpr int b = 1;
constexpr int c = 2;

Dealings of_three() {
  Dealings dealings;
  dealings.transactions = {"client a", "client b", "client c"};
  for (const Item& item : {x, y}) dealings.versions[item] = {Version{}};
  return dealings;
}

Dealings& writes(Dealings& dealings, int who, const Item& item) {
  dealings.versions[item].push_back({who, "write " + item.row});
  return dealings;
}

Dealings& reads(Dealings& dealings, int who, const Item& item, std::size_t version,
                bool predicate = false) {
  dealings.reads.push_back({who, "read " + item.row, item, version, predicate, true, true});
  return dealings;
}

std::string name_of(const Dealings& dealings) {
  const std::optional<Anomaly> found = worst_anomaly(dealings);
  return found ? found->name : "none";
}

std::vector<std::string> edges_of(const Dealings& dealings) {
  std::vector<std::string> texts;
  for (const Dependency& edge : dependencies(dealings)) {
    texts.push_back(dealings.transactions[static_cast<std::size_t>(edge.from)].substr(7) + " " +
                    to_string(edge.kind) + " " + edge.item.row + " " +
                    dealings.transactions[static_cast<std::size_t>(edge.to)].substr(7));
  }
  return texts;
}

TEST(Dependencies, AreOfNobodyWhereNobodyMeetsAnybody) {
  Dealings dealings = of_three();
  writes(dealings, a, x);
  writes(dealings, b, y);
  reads(dealings, a, x, 1);
  EXPECT_THAT(edges_of(dealings), IsEmpty());
  EXPECT_EQ(name_of(dealings), "none");
}

TEST(Dependencies, HaveThreeKindsAndTheirReasons) {
  Dealings dealings = of_three();
  writes(dealings, a, x);
  writes(dealings, b, x);
  reads(dealings, c, x, 1);
  EXPECT_THAT(edges_of(dealings), ElementsAre("a ww x b", "a wr x c", "c rw x b"));
  const std::vector<Dependency> edges = dependencies(dealings);
  EXPECT_EQ(edges[0].because,
            "client a wrote t (x) in 'write x', and client b overwrote that in 'write x'.");
  EXPECT_EQ(edges[1].because,
            "client c read in 'read x' what client a had written of t (x) in 'write x'.");
  EXPECT_EQ(edges[2].because,
            "client c read in 'read x' of t (x) what was there before client b wrote it in "
            "'write x'.");
}

TEST(Dependencies, OfAnAbortedTransactionDoNotCount) {
  Dealings dealings = of_three();
  writes(dealings, a, x);
  writes(dealings, b, x);
  writes(dealings, c, x);
  reads(dealings, b, y, 0);
  writes(dealings, a, y);
  dealings.aborted = {b};
  EXPECT_THAT(edges_of(dealings), ElementsAre("a ww x c"));
}

TEST(Dependencies, StopAtTheReadersOwnNextVersion) {
  Dealings dealings = of_three();
  reads(dealings, a, x, 0);
  writes(dealings, a, x);
  writes(dealings, b, x);
  EXPECT_THAT(edges_of(dealings), ElementsAre("a ww x b"));
}

TEST(Anomaly, G0IsACircleOfOverwriting) {
  Dealings dealings = of_three();
  writes(dealings, a, x);
  writes(dealings, b, x);
  writes(dealings, a, y);
  writes(dealings, b, y);
  EXPECT_EQ(name_of(dealings), "none");
  std::swap(dealings.versions[y][1], dealings.versions[y][2]);
  EXPECT_EQ(name_of(dealings), "G0");
  EXPECT_THAT(worst_anomaly(dealings)->edges, SizeIs(2));
}

TEST(Anomaly, G1aIsReadingWhatWasTakenBack) {
  Dealings dealings = of_three();
  writes(dealings, a, x);
  reads(dealings, b, x, 1);
  EXPECT_EQ(name_of(dealings), "none");
  dealings.aborted = {a};
  EXPECT_EQ(name_of(dealings), "G1a");
  EXPECT_THAT(worst_anomaly(dealings)->edges.front().because, HasSubstr("told aborted"));
  dealings.aborted = {a, b};
  EXPECT_EQ(name_of(dealings), "none");
}

TEST(Anomaly, G1bIsReadingWhatItsWriterWritesOnceMore) {
  Dealings dealings = of_three();
  writes(dealings, a, x);
  writes(dealings, a, x);
  reads(dealings, b, x, 2);
  EXPECT_EQ(name_of(dealings), "none");
  dealings.reads.front().version = 1;
  EXPECT_EQ(name_of(dealings), "G1b");
}

TEST(Anomaly, G1cIsReadingEachOther) {
  Dealings dealings = of_three();
  writes(dealings, a, x);
  writes(dealings, b, y);
  reads(dealings, b, x, 1);
  EXPECT_EQ(name_of(dealings), "none");
  reads(dealings, a, y, 1);
  EXPECT_EQ(name_of(dealings), "G1c");
}

TEST(Anomaly, P4IsOverwritingWhatOneHasNotSeen) {
  Dealings dealings = of_three();
  reads(dealings, a, x, 0);
  writes(dealings, b, x);
  writes(dealings, a, x);
  EXPECT_EQ(name_of(dealings), "P4");
  // Had it read what the other one wrote, all would be well.
  dealings.reads.front().version = 1;
  EXPECT_EQ(name_of(dealings), "none");
}

TEST(Anomaly, P4IsOverwritingWhatOneHasNotSeenBehindOthersToo) {
  Dealings dealings = of_three();
  reads(dealings, a, x, 0);
  writes(dealings, b, x);
  writes(dealings, c, x);
  writes(dealings, a, x);
  EXPECT_EQ(name_of(dealings), "P4");
  EXPECT_THAT(worst_anomaly(dealings)->edges, SizeIs(3));
}

TEST(Anomaly, GSingleIsSeeingHalfOfATransaction) {
  Dealings dealings = of_three();
  reads(dealings, a, x, 0);
  writes(dealings, b, x);
  writes(dealings, b, y);
  reads(dealings, a, y, 1);
  EXPECT_EQ(name_of(dealings), "G-single");
  dealings.reads[1].version = 0;
  EXPECT_EQ(name_of(dealings), "none");
}

TEST(Anomaly, OverwritingAnotherRowThanTheOneMissedIsNoLostUpdate) {
  Dealings dealings = of_three();
  reads(dealings, a, x, 0);
  writes(dealings, b, x);
  writes(dealings, b, y);
  writes(dealings, a, y);
  EXPECT_EQ(name_of(dealings), "G-single");
}

TEST(Anomaly, G2ItemIsMissingEachOther) {
  Dealings dealings = of_three();
  reads(dealings, a, x, 0);
  reads(dealings, b, y, 0);
  writes(dealings, a, y);
  EXPECT_EQ(name_of(dealings), "none");
  writes(dealings, b, x);
  EXPECT_EQ(name_of(dealings), "G2-item");
  EXPECT_TRUE(is_proof(*worst_anomaly(dealings)));
}

TEST(Anomaly, G2IsTheSameByACondition) {
  Dealings dealings = of_three();
  reads(dealings, a, x, 0, true);
  reads(dealings, b, y, 0);
  writes(dealings, a, y);
  writes(dealings, b, x);
  EXPECT_EQ(name_of(dealings), "G2");
  EXPECT_FALSE(is_proof(*worst_anomaly(dealings)));
  dealings.reads.front().misses_next = false;
  EXPECT_EQ(name_of(dealings), "none");
}

TEST(Anomaly, OfThreeIsACircleOfThree) {
  Dealings dealings = of_three();
  const Item z{"t", "z"};
  dealings.versions[z] = {Version{}};
  reads(dealings, a, x, 0);
  writes(dealings, b, x);
  reads(dealings, b, y, 0);
  writes(dealings, c, y);
  reads(dealings, c, z, 0);
  EXPECT_EQ(name_of(dealings), "none");
  writes(dealings, a, z);
  EXPECT_EQ(name_of(dealings), "G2-item");
  const std::vector<Dependency> circle = worst_anomaly(dealings)->edges;
  ASSERT_THAT(circle, SizeIs(3));
  for (std::size_t i = 0; i < circle.size(); ++i) {
    EXPECT_EQ(circle[i].to, circle[(i + 1) % circle.size()].from);
  }
}

TEST(Anomaly, EachNameHasItsWords) {
  for (const char* const name : {"G0", "G1a", "G1b", "G1c", "P4", "G-single", "G2-item", "G2"}) {
    EXPECT_FALSE(in_words(name).empty()) << name;
  }
  EXPECT_EQ(in_words("G7"), "");
}

}  // namespace
}  // namespace splitproof::harness
