// The lines of kept plans: what is read, and what is refused with its place.
#include "harness/run/baseline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/paths.h"

namespace splitproof::harness {
namespace {

using testing::HasSubstr;

class Baseline : public testing::Test {
 protected:
  Baseline() { std::filesystem::create_directories(folder_); }
  ~Baseline() override { std::filesystem::remove_all(folder_); }

  void keep(const std::string& text) {
    std::ofstream(folder_ + "/kept.plan", std::ios::binary) << text;
  }
  auto read() const { return read_baseline(folder_, tests::in_tree("scenarios")); }
  std::string refusal() const {
    const auto plans = read();
    return plans.ok() ? "accepted" : plans.error().message;
  }

  std::string folder_ = testing::TempDir() + "splitproof-baseline";
};

TEST_F(Baseline, ReadsReplayLinesWhateverEndsThem) {
  keep(
      "# a comment\r\n\r\n"
      "splitproof run balance-transfer --variant transactional --target sqlite --seed 7 --plan "
      "'a3=drop'\r\n");
  const auto plans = read();
  ASSERT_TRUE(plans.ok()) << plans.error().message;
  ASSERT_EQ(plans.value().size(), 1U);
  const KeptPlan& kept = plans.value().front();
  EXPECT_EQ(kept.scenario + " " + kept.variant + " " + kept.target,
            "balance-transfer transactional sqlite");
  EXPECT_EQ(kept.seed, 7U);
  EXPECT_EQ(to_string(kept.plan), "a3=drop");
  EXPECT_EQ(kept.place.line, 3);
}

TEST_F(Baseline, RefusesALineThatWouldNeverBeRun) {
  keep("splitproof run balance-transferr --variant transactional --plan 'a3=drop'\n");
  EXPECT_THAT(refusal(), HasSubstr("kept.plan:1: "));
  EXPECT_THAT(refusal(), HasSubstr("balance-transferr"));
  keep("\nsplitproof run balance-transfer --variant transactionall --plan 'a3=drop'\n");
  EXPECT_THAT(refusal(), HasSubstr("kept.plan:2: "));
  EXPECT_THAT(refusal(), HasSubstr("transactionall"));
}

TEST_F(Baseline, RefusesWhatIsNoReplayLine) {
  EXPECT_THAT(refusal(), HasSubstr("has no file *.plan"));
  keep("splitproof run balance-transfer --variant transactional\n");
  EXPECT_THAT(refusal(), HasSubstr("kept.plan:1: found a line without a plan"));
  keep("rm -rf /\n");
  EXPECT_THAT(refusal(), HasSubstr("kept.plan:1: found 'rm'"));
}

}  // namespace
}  // namespace splitproof::harness
