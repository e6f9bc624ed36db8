// What two clean runs under shifted clocks and sequences tell about the columns.
#include "harness/oracle/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/states.h"

namespace splitproof::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

// Orders with a generated key and a time, and the payments that refer to them.
Shape shop() {
  Shape shape;
  shape["orders"].columns = {"id", "made_at", "amount"};
  shape["orders"].generated = {"id"};
  shape["payments"].columns = {"order_id", "amount"};
  shape["payments"].foreign_keys = {{"order_id", "orders", "id"}};
  return shape;
}

State shop_state(int first_id, const char* made_at, int amount = 5, int paid = 5) {
  return {
      {"orders", table({"id", "made_at", "amount"}, {{num(first_id), text(made_at), num(amount)},
                                                     {num(first_id + 1), text(made_at), num(7)}})},
      {"payments", table({"order_id", "amount"}, {{num(first_id), num(paid)}})}};
}

constexpr const char* monday = "2025-10-06 09:30:00";
constexpr const char* later = "2025-11-15 12:37:11";

TEST(Calibration, ChangesNothingWhereTwoRunsAreEqual) {
  const Calibration calibration =
      calibrate(shop_state(1, monday), shop_state(1, monday), shop(), {});
  EXPECT_THAT(calibration.notes, IsEmpty());
  EXPECT_THAT(calibration.unexplained, IsEmpty());
  EXPECT_THAT(calibration.comparison.renamed, IsEmpty());
  EXPECT_THAT(calibration.comparison.left_out, IsEmpty());
}

TEST(Calibration, LeavesOutAndNamesAColumnThatLooksLikeAClock) {
  const Calibration calibration =
      calibrate(shop_state(1, monday), shop_state(1, later), shop(), {});
  EXPECT_THAT(calibration.unexplained, IsEmpty());
  EXPECT_THAT(calibration.notes,
              ElementsAre("orders.made_at: written by a clock, left out of the comparison"));
  EXPECT_THAT(calibration.comparison.left_out, ElementsAre(Pair("orders", ElementsAre("made_at"))));
}

TEST(Calibration, LeavesOutAColumnThatTheCatalogueCallsAClockEvenIfTwoRunsAgree) {
  Shape shape = shop();
  shape["orders"].clocks = {"made_at"};
  const Calibration calibration =
      calibrate(shop_state(1, monday), shop_state(1, monday), shape, {});
  EXPECT_THAT(calibration.comparison.left_out, ElementsAre(Pair("orders", ElementsAre("made_at"))));
  EXPECT_THAT(calibration.notes, ElementsAre(HasSubstr("orders.made_at")));
}

TEST(Calibration, ComparesAGeneratedKeyAndWhatRefersToItUpToRenaming) {
  const State first = shop_state(1, monday);
  const State shifted = shop_state(1001, monday);
  const Calibration calibration = calibrate(first, shifted, shop(), {});
  EXPECT_THAT(calibration.unexplained, IsEmpty());
  EXPECT_THAT(
      calibration.notes,
      UnorderedElementsAre("orders.id: generated key, compared up to renaming",
                           "payments.order_id: refers to orders.id, compared up to renaming"));
  EXPECT_THAT(
      calibration.comparison.renamed,
      ElementsAre(Pair("orders", ElementsAre("id")), Pair("payments", ElementsAre("order_id"))));
  EXPECT_EQ(digest(first, calibration.comparison), digest(shifted, calibration.comparison));
}

TEST(Calibration, NamesADifferenceThatNothingExplains) {
  const Calibration calibration =
      calibrate(shop_state(1, monday, 5), shop_state(1, monday, 6), shop(), {});
  EXPECT_THAT(calibration.unexplained,
              ElementsAre("orders.amount differs between two clean runs (5 in one, 6 in the "
                          "other)"));
}

TEST(Calibration, DoesNotTakeAChangedNumberOfRowsForAClock) {
  State shifted = shop_state(1, monday);
  shifted["payments"] = table({"order_id", "amount"}, {});
  const Calibration calibration = calibrate(shop_state(1, monday), shifted, shop(), {});
  EXPECT_THAT(calibration.unexplained,
              ElementsAre(HasSubstr("payments differs between two clean runs: 1 rows in one, 0 in "
                                    "the other")));
}

TEST(Calibration, SeesAReferenceThatPointsToAnotherRowBehindTheRenaming) {
  State shifted = shop_state(1001, monday);
  shifted["payments"] = table({"order_id", "amount"}, {{num(1002), num(5)}});
  const Calibration calibration = calibrate(shop_state(1, monday), shifted, shop(), {});
  EXPECT_THAT(calibration.unexplained,
              UnorderedElementsAre(HasSubstr("payments"), HasSubstr("orders")));
}

TEST(Calibration, LeavesOutWhatTheAuthorLeftOut) {
  Comparison author;
  author.left_out["orders"] = {"amount"};
  Calibration calibration =
      calibrate(shop_state(1, monday, 5), shop_state(1, monday, 6), shop(), author);
  EXPECT_THAT(calibration.unexplained, IsEmpty());
  EXPECT_THAT(calibration.comparison.left_out, ElementsAre(Pair("orders", ElementsAre("amount"))));

  author.tables_left_out = {"payments"};
  Shape shape = shop();
  shape["payments"].clocks = {"amount"};
  calibration = calibrate(shop_state(1, monday, 5, 5), shop_state(1, monday, 5, 6), shape, author);
  EXPECT_THAT(calibration.unexplained, IsEmpty());
  EXPECT_THAT(calibration.notes, IsEmpty()) << "nothing is said of a table that is left out";
}

TEST(Calibration, DoesNotLookForAKeyWhereAnotherColumnGrows) {
  State first{{"counters", table({"name", "value"}, {{text("a"), num(1)}})}};
  State shifted{{"counters", table({"name", "value"}, {{text("a"), num(1001)}})}};
  EXPECT_THAT(calibrate(first, shifted, {}, {}).unexplained,
              ElementsAre(HasSubstr("counters.value")));
}

}  // namespace
}  // namespace splitproof::harness
