#include "harness/history/history.h"

#include <gtest/gtest.h>

namespace splitproof::harness {
namespace {

TEST(ShapeOf, LeavesOutTextsAndNumbers) {
  EXPECT_EQ(shape_of("INSERT INTO t VALUES ('a', 1.5, $x$b$x$)"),
            "INSERT INTO t VALUES ( ? , ? , ? )");
  EXPECT_EQ(shape_of("SELECT a1 FROM t2"), "SELECT a1 FROM t2");
  EXPECT_NE(shape_of("SELECT a FROM t1"), shape_of("SELECT a FROM t2"));
}

TEST(ShapeOf, LeavesOutTheNamesOfSavepoints) {
  EXPECT_EQ(shape_of("SAVEPOINT \"s140501346005056_x1\""), "SAVEPOINT ?");
  EXPECT_EQ(shape_of("release savepoint a"), shape_of("release savepoint b"));
  EXPECT_EQ(shape_of("ROLLBACK TO SAVEPOINT \"8f7a-sp-1\"; SELECT a"),
            "ROLLBACK TO SAVEPOINT ? ; SELECT a");
  EXPECT_NE(shape_of("SAVEPOINT a; SELECT a"), shape_of("SAVEPOINT a; SELECT b"));
}

TEST(ShapeOf, LeavesOutNumbersOfThreadsInNames) {
  EXPECT_EQ(shape_of("FETCH 5 FROM \"_django_curs_140501346005056_sync_1\""),
            "FETCH ? FROM \"_django_curs_?_sync_1\"");
  EXPECT_EQ(shape_of("CLOSE c_12345_2025_98765"), "CLOSE c_?_2025_?");
  EXPECT_NE(shape_of("CLOSE c_1234"), shape_of("CLOSE c_4321"));
}

TEST(Same, ComparesShapesWhereTheTextIsMadeUpAnew) {
  Event left;
  left.text = "SAVEPOINT s1_x1";
  Event right = left;
  right.text = "SAVEPOINT s2_x1";
  EXPECT_TRUE(same(left, right, false));
  EXPECT_FALSE(same(left, right, true));
  right.text = "RELEASE SAVEPOINT s2_x1";
  EXPECT_FALSE(same(left, right, false));
}

}  // namespace
}  // namespace splitproof::harness
