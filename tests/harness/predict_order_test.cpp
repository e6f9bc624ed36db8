// The order of the sweep by what is predicted, and what confirms a prediction.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/predict/predict.h"
#include "tests/harness/experiments.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;

FaultPoint point(int statement, char client = 'a') {
  FaultPoint one;
  one.client = client;
  one.statement = statement;
  one.place = PointKind::wire;
  return one;
}

Texts order_of(const std::vector<FaultPoint>& points, const std::vector<Prediction>& predictions) {
  Texts texts;
  for (const FaultPoint& one : most_dangerous_first(points, predictions)) {
    texts.push_back(one.client + std::to_string(one.statement));
  }
  return texts;
}

Prediction prediction(int after, int statement, int danger = 1,
                      const std::string& kind = "writes-apart") {
  Prediction one;
  one.kind = kind;
  one.after = after;
  one.statement = statement;
  one.danger = danger;
  return one;
}

TEST(MostDangerousFirst, PutsPointsWhereMoreIsPredictedBeforeOthers) {
  const std::vector<FaultPoint> points{point(1), point(2), point(3),
                                       point(4), point(5), point(4, 'b')};
  EXPECT_THAT(order_of(points, {prediction(4, 5, 5), prediction(2, 2, 1), prediction(2, 3, 3)}),
              ElementsAre("a4", "a5", "a2", "a3", "a1", "b4"));
  EXPECT_THAT(order_of(points, {}), ElementsAre("a1", "a2", "a3", "a4", "a5", "b4"));
}

// The id of the finding that confirms it under the plan; empty where it does not.
std::string confirmed_by(Prediction one, const std::string& plan,
                         const std::string& oracle = "told-equals-held") {
  Finding finding;
  finding.id = "small.1";
  finding.oracle = oracle;
  std::vector<Prediction> predictions{std::move(one)};
  confirm(predictions, finding, {plan_of("clean"), plan_of(plan)});
  EXPECT_EQ(predictions.front().confirmed, !predictions.front().finding.empty());
  return predictions.front().finding;
}

TEST(Confirmed, IsWhatAPlanStrikesBehindTheFirstAndUpToTheSecond) {
  const Prediction apart = prediction(2, 4);
  EXPECT_EQ(confirmed_by(apart, "a3=drop"), "small.1");
  EXPECT_EQ(confirmed_by(apart, "a4+=error:53100"), "small.1");
  EXPECT_EQ(confirmed_by(apart, "a2=lose-reply"), "small.1");
  EXPECT_EQ(confirmed_by(apart, "a2=kill-after"), "small.1");
  EXPECT_EQ(confirmed_by(apart, "a2=delay"), "small.1");
  EXPECT_EQ(confirmed_by(apart, "a2=tear-reply"), "small.1");
  EXPECT_EQ(confirmed_by(apart, "a1=drop a3=drop"), "small.1");
  EXPECT_EQ(confirmed_by(apart, "order=a3b"), "small.1");
  EXPECT_EQ(confirmed_by(apart, "a2=drop"), "");
  EXPECT_EQ(confirmed_by(apart, "a5=drop"), "");
  EXPECT_EQ(confirmed_by(apart, "b3=drop"), "");
  EXPECT_EQ(confirmed_by(apart, "a1=drop retry a3=drop"), "");
  EXPECT_EQ(confirmed_by(apart, "clean"), "");
}

TEST(Confirmed, IsAReadModifyWriteByASwitchBetweenAlone) {
  const Prediction lost = prediction(2, 4, 3, "read-modify-write");
  EXPECT_EQ(confirmed_by(lost, "order=a2b"), "small.1");
  EXPECT_EQ(confirmed_by(lost, "order=a1b1a2b"), "small.1");
  EXPECT_EQ(confirmed_by(lost, "order=a1b1!aa1b"), "small.1");
  EXPECT_EQ(confirmed_by(lost, "order=a1b"), "");
  EXPECT_EQ(confirmed_by(lost, "order=a4b"), "");
  EXPECT_EQ(confirmed_by(lost, "order=b2a"), "");
  EXPECT_EQ(confirmed_by(lost, "order=ab1a3b"), "") << "how far the first turn went is not known";
  EXPECT_EQ(confirmed_by(lost, "a3=drop"), "");
}

TEST(Confirmed, IsADoublingRetryByAnOracleOfRetriesAlone) {
  const Prediction doubling = prediction(3, 3, 1, "doubling-retry");
  EXPECT_EQ(confirmed_by(doubling, "a3=lose-reply", "unsafe-retry"), "small.1");
  EXPECT_EQ(confirmed_by(doubling, "a3=lose-reply", "converges"), "small.1");
  EXPECT_EQ(confirmed_by(doubling, "a3=lose-reply", "told-equals-held"), "");
  EXPECT_EQ(confirmed_by(doubling, "a2=lose-reply", "unsafe-retry"), "");
}

TEST(Confirmed, IsADoublingRetryOnlyWhereTheStatementWasDone) {
  const Prediction doubling = prediction(3, 3, 1, "doubling-retry");
  EXPECT_EQ(confirmed_by(doubling, "a3=kill-after", "converges"), "small.1");
  EXPECT_EQ(confirmed_by(doubling, "a3=crash-unanswered", "converges"), "small.1");
  EXPECT_EQ(confirmed_by(doubling, "a3=drop", "converges"), "");
  EXPECT_EQ(confirmed_by(doubling, "a3=error:23505", "converges"), "");
  EXPECT_EQ(confirmed_by(doubling, "a3=kill", "converges"), "");
}

TEST(Confirmed, IsByTheFirstFindingOfSeveral) {
  Finding finding;
  std::vector<Prediction> predictions{prediction(1, 2), prediction(4, 5)};
  for (const auto& [id, plan] : {std::pair{"small.1", "a9=drop"}, std::pair{"small.2", "a2=drop"},
                                 std::pair{"small.3", "a2=drop"}}) {
    finding.id = id;
    confirm(predictions, finding, {plan_of(plan)});
  }
  EXPECT_EQ(predictions[0].finding, "small.2");
  EXPECT_FALSE(predictions[1].confirmed);
}

}  // namespace
}  // namespace splitproof::harness
