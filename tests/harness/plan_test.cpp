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

TEST(Plan, WritesAndReadsOrdersRetriesAndOperations) {
  Plan plan;
  plan.operations = {"open(A,100.00)", "post(r1,A,-2.50)"};
  plan.order = {{'a', 2}, {'b', 0}, {'a', 0, true}};
  plan.strikes = {{'a', 4, KillProcess{}},
                  {'b', 1, CrashServer{CrashServer::When::unanswered}},
                  {'a', 2, RaiseError{"53100"}, true, true}};
  const std::string text =
      "open(A,100.00) post(r1,A,-2.50) order=a2b!a a4=kill b1=crash-unanswered retry "
      "a2+=error:53100";
  EXPECT_EQ(to_string(plan), text);
  EXPECT_EQ(plan_of(text), plan);
  EXPECT_EQ(to_string(plan_of("order=a1b")), "order=a1b");
  EXPECT_EQ(to_string(plan_of("add(n,5)")), "add(n,5) clean");
  EXPECT_EQ(plan_of("add(n,5) clean"), plan_of("add(n,5)"));
}

TEST(Plan, KnowsEveryFaultByItsText) {
  for (const sim::Dialect dialect : {sim::Dialect::sqlite, sim::Dialect::postgres}) {
    for (const Fault& fault : faults_of(dialect, {})) {
      EXPECT_EQ(parse_fault(to_string(fault)), fault) << to_string(fault);
      EXPECT_FALSE(in_words(fault).empty());
    }
  }
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
           Refused{"a3+=explode", 5, "found 'explode', expected error:CODE"},
           Refused{"a3=drop retry a1=drop retry", 23, "'retry' a second time"},
           Refused{"clean retry", 1, "stands alone"},
           Refused{"retry", 1, "the plan is empty"},
           Refused{"order=", 1, "the order is empty"},
           Refused{"order=a2B", 9, "expected a session's letter"},
           Refused{"order=a0b", 8, "found 'a0'"},
           Refused{"order=a-3", 8, "expected a session's letter"},
           Refused{"order=b2a99999999999b", 10, "found 'a99999999999'"},
           Refused{"order=a2!", 10, "expected a session's letter"},
           Refused{"order=a order=b", 9, "a second time"},
           Refused{"post(r1", 1, "expected an operation like"},
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

TEST(Judge, KeepsTheRetryApart) {
  FaultPoint point = point_at(3);
  EXPECT_EQ(hit(plan_of("a1+=drop retry a3=throw"), point), 0);
  point.in_retry = true;
  EXPECT_EQ(hit(plan_of("a1+=drop retry a3=throw"), point), 1);
  EXPECT_EQ(hit(plan_of("a3=drop"), point), -1);
}

TEST(Judge, KeepsClientsApart) { EXPECT_EQ(hit(plan_of("b3=drop b1+=drop"), point_at(3)), -1); }

}  // namespace
}  // namespace splitproof::harness
