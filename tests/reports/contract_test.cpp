// The contract matrix as a table on the terminal and on a page: its rows, its notes, its plans, and
// what becomes of one that is too wide.
#include "reports/contract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "reports/terminal.h"
#include "tests/reports/literal_verdict.h"

namespace splitproof::reports {
namespace {

using harness::CaseVerdict;
using harness::ContractCell;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

ContractCell cell(const std::string& failure, const std::string& promise, std::int64_t tried,
                  std::int64_t lost = 0) {
  return {.failure = failure,
          .promise = promise,
          .clause = promise + " after " + failure,
          .unit = failure == "power lost" ? "image" : "run",
          .tried = tried,
          .lost = lost,
          .plan = lost > 0 ? "disk7=power:keep=0" : ""};
}

CaseVerdict row(const std::string& variant, std::vector<harness::ContractSetting> settings,
                std::vector<ContractCell> cells) {
  CaseVerdict verdict;
  verdict.scenario = "contract-matrix";
  verdict.variant = variant;
  verdict.target = settings.front().name == "fsync" ? "postgres" : "sqlite";
  verdict.result = harness::CaseResult::pass;
  verdict.contract = harness::Contract{std::move(settings), "contract", std::move(cells)};
  return verdict;
}

harness::StorageCount images(std::int64_t moments, std::int64_t count, std::int64_t in_recovery,
                             std::int64_t sampled) {
  harness::StorageCount storage;
  storage.moments = moments;
  storage.images = count;
  storage.in_recovery = in_recovery;
  storage.sampled = sampled;
  return storage;
}

harness::RunVerdict matrix() {
  harness::RunVerdict run;
  run.cases = {
      row("delete-extra",
          {{"journal_mode", "delete"}, {"synchronous", "extra"}, {"disk", "honest"}},
          {cell("process killed", "whole and durable", 31),
           cell("power lost", "whole and durable", 1203), cell("error", "whole and durable", 214)}),
      row("wal-normal", {{"journal_mode", "wal"}, {"synchronous", "normal"}, {"disk", "honest"}},
          {cell("process killed", "whole and durable", 12), cell("power lost", "whole", 339, 27),
           cell("error", "nothing", 0)}),
      row("fsync-off", {{"fsync", "off"}, {"synchronous_commit", "on"}, {"full_page_writes", "on"}},
          {cell("backend killed", "whole and durable", 6), cell("immediate shutdown", "whole", 6),
           cell("server killed", "whole", 6, 2)}),
  };
  run.cases[0].storage = images(31, 1203, 400, 0);
  run.cases[1].storage = images(12, 339, 0, 1);
  return run;
}

std::string table_of(const harness::RunVerdict& run, bool colour = false) {
  std::ostringstream out;
  write_contract(run, Paint(colour), out);
  return out.str();
}

std::string page_of(const harness::RunVerdict& run) {
  std::ostringstream out;
  write_markdown_contract(run, out);
  return out.str();
}

TEST(ContractTable, HasARowForEachVariantAndAColumnForEachFailure) {
  const std::string table = table_of(matrix());
  EXPECT_THAT(
      table,
      HasSubstr("What sqlite keeps when what it stands on fails: contract-matrix\n"
                "  journal_  synchronous  process killed       power lost             error\n"
                "  mode\n"
                "  delete    extra        durable [1] kept 31  durable [2] kept 1203  durable [3] "
                "kept 214\n"
                "  wal       normal       durable [1] kept 12  whole [4] lost 27/339  none [5] "
                "not tried\n"
                "  1542 images at 43 moments of losing power, 400 of them where it was lost again "
                "in a recovery; of 1\n"
                "  moment not all sets of what may survive\n"));
  EXPECT_THAT(table, HasSubstr("What postgres keeps when what it stands on fails: contract-matrix\n"
                               "  fsync  synchronous_  full_page_  backend killed"));
  EXPECT_THAT(table, HasSubstr("whole [7] no loss 6  whole [8] lost 2/6\n"));
  EXPECT_THAT(table, HasSubstr("  [4] whole after power lost\n  [5] nothing after error\n"));
}

TEST(ContractTable, ShowsTheFirstPlanOfEachLoss) {
  EXPECT_THAT(table_of(matrix()),
              AllOf(HasSubstr("The first plan that shows a loss: contract-matrix on sqlite\n"
                              "  wal-normal, power lost  disk7=power:keep=0\n"),
                    HasSubstr("contract-matrix on postgres\n  fsync-off, server killed  disk7")));
}

TEST(ContractTable, MarksABrokenPromise) {
  harness::RunVerdict run = matrix();
  ContractCell& error = run.cases[0].contract->cells[2];
  error.torn = error.broken = 3;
  EXPECT_THAT(table_of(run), HasSubstr("durable [3] BROKEN 3/214\n"));
  EXPECT_THAT(table_of(run, true), HasSubstr("\x1b["));
  EXPECT_THAT(page_of(run), HasSubstr("BROKEN: 3 of 214 runs"));
}

TEST(ContractTable, NamesTheVariantWhereTheSettingsDoNot) {
  harness::RunVerdict run = matrix();
  run.cases.resize(2);
  for (CaseVerdict& verdict : run.cases) verdict.contract->cells.resize(1);
  run.cases[1].contract->settings = run.cases[0].contract->settings;
  run.cases[1].contract->settings[2].value = run.cases[0].contract->settings[2].value =
      "sequential";
  EXPECT_THAT(table_of(run),
              HasSubstr("  variant       journal_  synchronous  disk        process killed"))
      << "a disk that does not go without saying has a column";
}

TEST(ContractTable, IsAListWhereItWouldBeTooWide) {
  harness::RunVerdict run = matrix();
  run.cases.resize(1);
  for (ContractCell& one : run.cases[0].contract->cells) one.tried = 1'000'000'000'000;
  const std::string table = table_of(run);
  EXPECT_THAT(table, HasSubstr("  journal_mode delete, synchronous extra\n"
                               "    process killed  durable [1] kept 1000000000000\n"
                               "    power lost      durable [2] kept 1000000000000\n"));
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(ContractTable, StandsInTheTerminalInsteadOfTheControlsThatClaimMore) {
  harness::RunVerdict run = matrix();
  CaseVerdict& control = run.cases[1];
  control.role = "control";
  control.expected = control.observed = "violated";
  control.findings.push_back(split_finding());
  std::ostringstream with;
  TerminalRenderer(TerminalOptions{}).render(run, with);
  EXPECT_THAT(with.str(), HasSubstr("What the controls showed")) << "a control of the code";
  control.contract->claim = "durable";
  std::ostringstream without;
  TerminalRenderer(TerminalOptions{}).render(run, without);
  EXPECT_THAT(without.str(), AllOf(Not(HasSubstr("What the controls showed")),
                                   HasSubstr("What sqlite keeps when what it stands on fails")));
}

TEST(ContractTable, IsNothingWithoutRows) {
  harness::RunVerdict run = matrix();
  for (CaseVerdict& verdict : run.cases) verdict.contract.reset();
  EXPECT_EQ(table_of(run), "");
  EXPECT_EQ(page_of(run), "");
}

TEST(ContractPage, SaysItInFullWords) {
  const std::string page = page_of(matrix());
  EXPECT_THAT(page, HasSubstr("| variant | journal\\_mode | synchronous | process killed | power "
                              "lost | error |\n| --- |"));
  EXPECT_THAT(page, HasSubstr("| whole \\[4\\]: lost, as allowed: 27 of 339 images "));
  EXPECT_THAT(page, HasSubstr("- \\[4\\] whole after power lost\n"));
  EXPECT_THAT(page, HasSubstr("- **plan** `disk7=power:keep=0` of contract-matrix / wal-normal, "
                              "power lost\n"));
}

}  // namespace
}  // namespace splitproof::reports
