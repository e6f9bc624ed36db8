// The text of plans, and which strike hits which point.
#include "harness/plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/experiments.h"

namespace splitproof::harness {
namespace {

using testing::HasSubstr;

FaultPoint point_at(int statement, sim::StatementKind kind = sim::StatementKind::write) {
  FaultPoint point;
  point.statement = statement;
  point.kind = kind;
  return point;
}

// Where the strike comes from in the plan, or -1.
std::ptrdiff_t hit(const Plan& plan, const FaultPoint& point) {
  const Strike* strike = judge(plan, point);
  return strike == nullptr ? -1 : strike - plan.strikes.data();
}

TEST(Plan, IsWrittenAsOneShortLine) {
  EXPECT_EQ(to_string(Plan{}), "clean");
  const Plan plan{{{'a', 4, RaiseError{"53100"}, false},
                   {'a', 9, LoseReply{}, true},
                   {'b', 1, ThrowException{.after = true}, false}}};
  EXPECT_EQ(to_string(plan), "a4=error:53100 a9+=lose-reply b1=throw-after");
}

TEST(Plan, IsReadFromTheLineThatAPersonWrites) {
  EXPECT_EQ(plan_of("clean"), Plan{});
  EXPECT_EQ(plan_of("  clean "), Plan{});
  const Plan expected{{{'a', 4, RaiseError{"SQLITE_FULL", true}, false},
                       {'z', 12, DropConnection{}, true},
                       {'a', 1, ThrowException{}, false}}};
  EXPECT_EQ(plan_of("a4=error:SQLITE_FULL+rollback z12+=drop a1=throw"), expected);
  EXPECT_EQ(plan_of("  a4=error:SQLITE_FULL+rollback    z12+=drop a1=throw "), expected);
}

struct Refused {
  const char* line;
  int column;
  const char* words;
};

TEST(Plan, SaysInWhichColumnItCannotBeRead) {
  for (const Refused& refused : {
           Refused{"", 1, "the plan is empty; write 'clean'"},
           Refused{"   ", 1, "the plan is empty; write 'clean'"},
           Refused{"clean a1=drop", 1, "stands alone"},
           Refused{"a1=drop clean", 1, "stands alone"},
           Refused{"3=drop", 1, "found '3=drop', expected a client's letter"},
           Refused{"A3=drop", 1, "expected a client's letter"},
           Refused{"a1=drop =drop", 9, "expected a client's letter"},
           Refused{"a=drop", 2, "expected the number of a statement, from 1"},
           Refused{"a0=drop", 2, "expected the number of a statement, from 1"},
           Refused{"a-1=drop", 2, "expected the number of a statement, from 1"},
           Refused{"a99999999999=drop", 2, "expected the number of a statement"},
           Refused{"  a3", 5, "expected '='"},
           Refused{"a3 =drop", 3, "expected '='"},
           Refused{"a3++=drop", 4, "expected '='"},
           Refused{"a3x=drop", 3, "expected '='"},
           Refused{"a3=", 4, "found '', expected error:CODE"},
           Refused{"a3+=crash", 5, "found 'crash', expected error:CODE"},
           Refused{"a1=drop a22=error:", 13, "found 'error:', expected error:CODE"},
           Refused{"a3=error:busy", 4, "found 'error:busy'"},
           Refused{"a3=error:53100+undo", 4, "found 'error:53100+undo'"},
           Refused{"a3=drop,a4=drop", 4, "found 'drop,a4=drop'"},
       }) {
    SCOPED_TRACE(refused.line);
    const sim::Result<Plan, PlanError> parsed = parse_plan(refused.line);
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().column, refused.column);
    EXPECT_THAT(parsed.error().message, HasSubstr(refused.words));
  }
}

TEST(Judge, HitsOnlyTheNamedStatementWhenTheStrikeIsOnce) {
  const Plan plan = plan_of("a3=drop");
  EXPECT_EQ(hit(plan, point_at(2)), -1);
  EXPECT_EQ(hit(plan, point_at(3)), 0);
  EXPECT_EQ(hit(plan, point_at(4)), -1);
}

TEST(Judge, HitsEveryLaterStatementWhereAPersistentFaultCanOccur) {
  const Plan plan = plan_of("a3+=error:SQLITE_FULL");
  EXPECT_EQ(hit(plan, point_at(2)), -1);
  EXPECT_EQ(hit(plan, point_at(3)), 0);
  EXPECT_EQ(hit(plan, point_at(4, sim::StatementKind::read)), -1);
  EXPECT_EQ(hit(plan, point_at(5, sim::StatementKind::rollback)), -1);
  EXPECT_EQ(hit(plan, point_at(700)), 0);
}

TEST(Judge, DoesNotStrikeWhereTheFaultCannotOccur) {
  EXPECT_EQ(hit(plan_of("a3=error:SQLITE_FULL"), point_at(3, sim::StatementKind::read)), -1);
  EXPECT_EQ(hit(plan_of("a3=throw"), point_at(3, sim::StatementKind::begin)), -1);
}

TEST(Judge, LetsTheFirstStrikeWinThatCanOccur) {
  EXPECT_EQ(hit(plan_of("a3=throw a3=drop"), point_at(3)), 0);
  EXPECT_EQ(hit(plan_of("a3=throw a3=drop"), point_at(3, sim::StatementKind::commit)), 1);
  EXPECT_EQ(hit(plan_of("a1+=error:SQLITE_NOMEM a3=drop"), point_at(3)), 0);
  EXPECT_EQ(hit(plan_of("a4+=drop a1+=throw"), point_at(3)), 1);
}

TEST(Judge, KeepsClientsApart) { EXPECT_EQ(hit(plan_of("b3=drop b1+=drop"), point_at(3)), -1); }

}  // namespace
}  // namespace splitproof::harness
