// The pictures of a case: the sweep as a grid in which no place is left out, and each finding's run
// as a timeline with the tables at the moments at which they were read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/run/case_runner.h"
#include "harness/run/finding_stages.h"
#include "harness/run/held_book.h"
#include "tests/harness/experiments.h"
#include "tests/harness/one_case.h"
#include "tests/harness/states.h"

namespace splitproof::harness {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

const Texts drawn_table{"CREATE TABLE records (id INTEGER PRIMARY KEY, v TEXT)"};
const Texts drawn_saves{
    "/* save 1 */ INSERT INTO records (id, v) VALUES (1, 'one') ON CONFLICT DO NOTHING",
    "/* save 2 */ INSERT INTO records (id, v) VALUES (2, 'two') ON CONFLICT DO NOTHING"};

class Pictures : public testing::Test {
 protected:
  Pictures() {
    scenario_ = scenario_of(drawn_table, {"save two records"});
    be_one_case(scenario_, "small", "sqlite");
  }

  CaseVerdict run(const OperationFactory& operation) {
    SqliteWorld world;
    return run_case(case_of(scenario_, "sqlite"), world, {operation}, options_).verdict;
  }

  // The finding of this oracle and plan.
  static const Finding* finding_of(const CaseVerdict& verdict, const std::string& oracle,
                                   const std::string& plan) {
    for (const Finding& finding : verdict.findings) {
      if (finding.oracle == oracle && finding.plan == plan) return &finding;
    }
    return nullptr;
  }

  Scenario scenario_;
  CaseOptions options_;
};

const GridPart* part_of(const CaseVerdict& verdict, const std::string& phase) {
  if (!verdict.grid) return nullptr;
  const auto found = std::ranges::find(verdict.grid->parts, phase, &GridPart::phase);
  return found == verdict.grid->parts.end() ? nullptr : &*found;
}

std::int64_t cells_with(const GridPart& part, std::size_t column, bool (*wanted)(GridResult)) {
  std::int64_t count = 0;
  for (std::size_t row = 0; row < part.rows.size(); ++row) {
    if (wanted(part.cells[row * part.columns.size() + column].result)) ++count;
  }
  return count;
}

bool was_planned(GridResult result) {
  return result != GridResult::cannot_occur && result != GridResult::not_tried;
}

bool was_left_out(GridResult result) { return result == GridResult::not_tried; }

TEST_F(Pictures, OfASweepHaveEachPlaceAndFaultThatWasPlanned) {
  const CaseVerdict verdict = run(each_alone(drawn_saves));
  const GridPart* const part = part_of(verdict, "operation");
  ASSERT_NE(part, nullptr);
  ASSERT_EQ(part->rows.size(), 2U);
  EXPECT_EQ(part->rows[0].name, "save 1");
  EXPECT_EQ(part->rows[1].sql, drawn_saves[1]);
  EXPECT_EQ(part->rows[1].session, "save two records");
  ASSERT_EQ(part->cells.size(), part->rows.size() * part->columns.size());
  std::size_t columns = 0;
  for (const SweepAccount& account : verdict.sweeps) {
    if (account.phase != "operation") continue;
    ++columns;
    for (std::size_t column = 0; column < part->columns.size(); ++column) {
      const GridColumn& one = part->columns[column];
      if (one.fault != account.fault || one.mode != account.mode) continue;
      EXPECT_EQ(cells_with(*part, column, was_planned), account.planned) << one.fault;
      EXPECT_EQ(cells_with(*part, column, was_left_out), 0) << one.fault;
    }
  }
  EXPECT_EQ(columns, part->columns.size());
}

TEST_F(Pictures, OfASweepLeadFromAViolationToItsFinding) {
  const CaseVerdict verdict = run(each_alone(drawn_saves));
  const GridPart* const part = part_of(verdict, "operation");
  ASSERT_NE(part, nullptr);
  std::set<std::string> ids;
  for (const Finding& finding : verdict.findings) ids.insert(finding.id);
  int violated = 0;
  for (const GridCell& cell : part->cells) {
    if (cell.result != GridResult::violated) continue;
    ++violated;
    EXPECT_THAT(cell.oracles, Contains("told-equals-held")) << cell.plan;
    EXPECT_THAT(ids, Contains(cell.finding)) << cell.plan;
  }
  EXPECT_GT(violated, 0);
}

TEST_F(Pictures, OfCodeThatIsRightHaveNoViolation) {
  const CaseVerdict verdict = run(in_one_transaction(drawn_saves));
  ASSERT_TRUE(verdict.grid);
  std::int64_t held = 0;
  for (const GridPart& part : verdict.grid->parts) {
    for (const GridCell& cell : part.cells) {
      EXPECT_NE(cell.result, GridResult::violated) << cell.plan;
      if (cell.result == GridResult::held) ++held;
    }
  }
  EXPECT_GT(held, 0);
  EXPECT_NE(part_of(verdict, "recovery"), nullptr);
  EXPECT_NE(part_of(verdict, "retry"), nullptr);
}

TEST_F(Pictures, OfASweepThatWasStoppedSayWhatWasNotTried) {
  int runs = 0;
  options_.on_run = [&](std::int64_t count) { runs = static_cast<int>(count); };
  options_.stopped = [&] { return runs > 25; };
  const CaseVerdict verdict = run(in_one_transaction(drawn_saves));
  const GridPart* const part = part_of(verdict, "operation");
  ASSERT_NE(part, nullptr);
  EXPECT_THAT(part->cells, Contains(testing::Field(&GridCell::result, GridResult::not_tried)));
}

TEST_F(Pictures, OfASinglePlanAreNoGrid) {
  options_.plan = plan_of("a2=error:SQLITE_FULL");
  EXPECT_FALSE(run(each_alone(drawn_saves)).grid);
}

TEST_F(Pictures, AreTheSameEachTime) {
  const CaseVerdict first = run(each_alone(drawn_saves));
  const CaseVerdict second = run(each_alone(drawn_saves));
  EXPECT_EQ(first.grid, second.grid);
  EXPECT_EQ(first.findings, second.findings);
}

TEST_F(Pictures, OfAFindingTellWhatWasDoneToldAndHeld) {
  options_.plan = plan_of("a2=error:SQLITE_FULL");
  const CaseVerdict verdict = run(each_alone(drawn_saves));
  const Finding* const finding = finding_of(verdict, "told-equals-held", "a2=error:SQLITE_FULL");
  ASSERT_NE(finding, nullptr);
  ASSERT_TRUE(finding->timeline);
  const Timeline& timeline = *finding->timeline;
  EXPECT_THAT(timeline.lanes, ElementsAre("save two records"));
  Texts lines;
  for (const TimelineStep& step : timeline.steps) {
    const std::string struck = step.fault.empty() ? "" : " ⚡";
    lines.push_back(std::string(to_string(step.kind)) + " " + step.label + struck + " | " +
                    step.held + " | " + step.told);
  }
  ASSERT_GE(lines.size(), 6U);
  EXPECT_EQ(lines[0], "state before: the tables are read | what it held before, nothing more | ");
  EXPECT_EQ(lines[1], "statement save 1 | committed at once: save 1 | ");
  EXPECT_EQ(lines[2], "statement save 2 ⚡ |  | ");
  EXPECT_THAT(lines[3], testing::MatchesRegex("told is told: aborted .* \\|  \\| aborted"));
  EXPECT_EQ(lines[4],
            "state the faults stop; the tables are read | something that no clean run leaves | ");
  EXPECT_EQ(lines.back(),
            "state after the retries the tables are read | everything that a clean run leaves | ");
}

TEST_F(Pictures, OfAFindingMarkWhatShouldNotBeThere) {
  options_.plan = plan_of("a2=error:SQLITE_FULL");
  const CaseVerdict verdict = run(each_alone(drawn_saves));
  const Finding* const finding = finding_of(verdict, "told-equals-held", "a2=error:SQLITE_FULL");
  ASSERT_NE(finding, nullptr);
  const std::vector<Stage>& stages = finding->timeline.value().stages;
  ASSERT_EQ(stages.size(), 3U);
  EXPECT_THAT(stages[0].tables.at(0).rows, IsEmpty());
  ASSERT_EQ(stages[1].tables.at(0).rows.size(), 1U);
  EXPECT_NE(stages[1].tables[0].rows[0].mark, RowMark::changed);
  EXPECT_THAT(stages[1].tables[0].rows[0].cells, ElementsAre("1", "one"));
  ASSERT_EQ(stages[2].tables.at(0).rows.size(), 2U);
  EXPECT_EQ(stages[2].tables[0].rows[0].mark, RowMark::changed);
}

Observation state_of(std::vector<sim::Row> rows) {
  return {
      {{"months", table({"id", "month", "spend", "reservations"}, std::move(rows))}}, "", {}, {}};
}

TEST(Stages, MarkTheCellsOfASplitRow) {
  const Observation before = state_of({});
  const Observation right = state_of({{num(1), text("2025-08"), text("9.00"), num(4)}});
  const Observation seen = state_of({{num(1), text("2025-08"), text("9.00"), null()}});
  const auto stages = stage_tables({{&before, nullptr}, {&seen, &right}}, {});
  const StageRow& row = stages.at(1).at(0).rows.at(0);
  EXPECT_EQ(row.mark, RowMark::split);
  EXPECT_THAT(row.wrong, ElementsAre(3U));
  EXPECT_THAT(row.right, ElementsAre("1", "2025-08", "9.00", "4"));
  EXPECT_EQ(stages[1][0].rows.size(), 1U);
}

TEST(Stages, TellALostRowFromASurplusOne) {
  const Observation before = state_of({{num(1), text("2025-07"), text("1.00"), num(1)}});
  const Observation right = state_of({{num(1), text("2025-07"), text("1.00"), num(1)},
                                      {num(2), text("2025-08"), text("9.00"), num(4)}});
  const Observation seen = state_of({{num(1), text("2025-07"), text("1.00"), num(1)},
                                     {num(8), text("1999-01"), text("7.77"), num(6)}});
  const auto stages = stage_tables({{&before, nullptr}, {&seen, &right}}, {});
  std::vector<RowMark> marks;
  for (const StageRow& row : stages.at(1).at(0).rows) marks.push_back(row.mark);
  EXPECT_THAT(marks, ElementsAre(RowMark::surplus, RowMark::missing, RowMark::as_before));
}

TEST(Stages, LeaveOutTablesThatStayAndMarkNoColumnThatIsNotCompared) {
  const auto quiet = table({"x"}, {{num(1)}});
  const auto rows = [](std::int64_t id, sim::Value spend) {
    return table({"id", "month", "spend"}, {{num(id), text("2025-08"), std::move(spend)}});
  };
  const Observation before{
      {{"quiet", quiet}, {"months", table({"id", "month", "spend"}, {})}}, "", {}, {}};
  const Observation right{{{"quiet", quiet}, {"months", rows(1, text("9.00"))}}, "", {}, {}};
  const Observation seen{{{"quiet", quiet}, {"months", rows(7, null())}}, "", {}, {}};
  Comparison comparison;
  comparison.left_out["months"] = {"id"};
  const auto stages = stage_tables({{&before, nullptr}, {&seen, &right}}, comparison);
  ASSERT_EQ(stages.at(1).size(), 1U);
  EXPECT_EQ(stages[1][0].name, "months");
  EXPECT_THAT(stages[1][0].rows.at(0).wrong, ElementsAre(2U));
}

Event event_of(sim::StatementKind kind, const std::string& name, const std::string& answer,
               const std::string& struck = "") {
  Event event;
  event.kind = kind;
  event.name = name;
  event.answer = answer;
  event.struck = struck;
  return event;
}

TEST(HeldBook, FollowsTransactionsBySayingWhatIsCommitted) {
  using sim::StatementKind;
  HeldBook book(sim::Dialect::sqlite);
  EXPECT_EQ(book.note(event_of(StatementKind::write, "log", "ok, 1 rows affected")),
            "committed at once: log");
  EXPECT_EQ(book.note(event_of(StatementKind::write, "sum", "no answer: lost", "drop")), "");
  EXPECT_EQ(book.note(event_of(StatementKind::begin, "BEGIN", "ok")), "");
  EXPECT_EQ(book.note(event_of(StatementKind::write, "debit", "ok, 1 rows affected")),
            "open, not committed: debit");
  EXPECT_EQ(book.note(event_of(StatementKind::write, "credit", "error SQLITE_FULL: full")), "");
  EXPECT_EQ(book.note(event_of(StatementKind::commit, "COMMIT", "no answer: lost", "lose-reply")),
            "committed: debit");
}

TEST(HeldBook, ClaimsNothingOfWorkWhoseConnectionIsGone) {
  using sim::StatementKind;
  HeldBook book(sim::Dialect::postgres);
  book.note(event_of(StatementKind::begin, "BEGIN", "ok"));
  book.note(event_of(StatementKind::write, "debit", "ok, 1 rows affected"));
  EXPECT_EQ(book.note(event_of(StatementKind::commit, "COMMIT", "no answer: the connection is lost",
                               "drop")),
            "what became of the open work is not known before it is read");
  EXPECT_EQ(book.note(event_of(StatementKind::rollback, "ROLLBACK", "ok")), "");
}

}  // namespace
}  // namespace splitproof::harness
