// How long it takes to write report.html, and how large it is, for 10, 1,000 and 100,000 findings.
// The findings are of the shape of real ones: a story, a timeline and the tables at three moments,
// with texts that most of them share and numbers that are their own.
//
// With `FILE COUNT` it writes the page of so many findings to the file instead, for a browser to
// open.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>

#include "reports/html/page.h"

namespace splitproof::reports {
namespace {

using harness::Finding;
using harness::RowMark;
using harness::StepKind;

constexpr int findings_of_a_case = 10;

harness::StageTable table_of(int number, bool split) {
  harness::StageTable table{"campaign_summaries",
                            {"client", "platform", "month", "spend", "clicks", "reservations"},
                            {},
                            static_cast<std::size_t>(number % 7)};
  for (int row = 0; row < 8; ++row) {
    const std::vector<std::string> right{fmt::format("c{:02}", row),
                                         row % 2 == 0 ? "meta" : "google",
                                         "2025-08",
                                         fmt::format("{}.17", number % 97 + row),
                                         fmt::format("{}", 40 + row),
                                         fmt::format("{}", row)};
    harness::StageRow line{RowMark::changed, right};
    if (split && row < 4) {
      line.mark = RowMark::split;
      line.cells[5] = "NULL";
      line.right = right;
      line.wrong = {5};
    }
    table.rows.push_back(std::move(line));
  }
  return table;
}

harness::Timeline timeline_of(int number) {
  harness::Timeline timeline{{"day 1", "day 2"}, {}, {}};
  for (int i = 1; i <= 24; ++i) {
    harness::TimelineStep step;
    step.kind = StepKind::statement;
    step.lane = i % 2;
    step.statement = i;
    step.label = fmt::format("save part {}", i % 6);
    step.sql = fmt::format("UPDATE campaign_summaries SET part{} = $1 WHERE client = $2", i % 6);
    step.parameters = {fmt::format("{}", number % 97 + i), fmt::format("c{:02}", i)};
    step.answer = "ok, 16 rows affected";
    if (i == number % 24) step.fault = "the disk is full (SQLITE_FULL)";
    step.held = "committed at once: " + step.label;
    timeline.steps.push_back(std::move(step));
  }
  timeline.stages = {
      {"before", "what it held before, nothing more", {table_of(0, false)}},
      {"when the faults had stopped",
       "something that no clean run leaves",
       {table_of(number, true)}},
      {"after the retries", "everything that a clean run leaves", {table_of(number, false)}}};
  return timeline;
}

Finding finding_of(const harness::CaseVerdict& verdict, int number) {
  Finding finding;
  finding.id = fmt::format("{}.{}.sqlite.{}", verdict.scenario, verdict.variant, number);
  finding.oracle = number % 3 == 0 ? "invariant" : "told-equals-held";
  finding.severity = number % 9 == 0 ? "warning" : "violation";
  finding.claim = "A month has both halves of its summary, or neither.";
  finding.because = "Day 1 was told aborted, so nothing of August should be there.";
  finding.damage = {{"split-month", fmt::format("August 2025: {} clients have {}.17 spent and no "
                                                "conversions.",
                                                number % 17, number)}};
  finding.plan = fmt::format("a{}=error:SQLITE_FULL a{}=drop", number % 24, number);
  finding.replay = fmt::format("splitproof run {} --variant {} --target sqlite --plan '{}'",
                               verdict.scenario, verdict.variant, finding.plan);
  finding.runs = number % 13 + 1;
  for (int i = 1; i <= 12; ++i) {
    finding.story.push_back({"day 1", fmt::format("statement {}, save part {}: ok, 16 rows "
                                                  "affected",
                                                  i, i % 6)});
  }
  finding.timeline = timeline_of(number);
  return finding;
}

harness::RunVerdict run_of(int findings) {
  harness::RunVerdict run;
  run.version = "0.1.0";
  for (int first = 0; first < findings; first += findings_of_a_case) {
    harness::CaseVerdict verdict;
    const int number = first / findings_of_a_case;
    verdict.scenario = fmt::format("scenario-{}", number / 4);
    verdict.title = "Half a month saved on day 1, the other half on day 2";
    verdict.variant = fmt::format("variant-{}", number % 4);
    verdict.target = "sqlite";
    verdict.role = number % 2 == 0 ? "control" : "subject";
    verdict.expected = number % 2 == 0 ? "violated" : "holds";
    verdict.observed = "violated";
    verdict.result = number % 2 == 0 ? harness::CaseResult::pass : harness::CaseResult::fail;
    verdict.runs = 2040 + number;
    for (int i = first; i < std::min(findings, first + findings_of_a_case); ++i) {
      verdict.findings.push_back(finding_of(verdict, i));
    }
    run.cases.push_back(std::move(verdict));
  }
  return run;
}

void measure(int findings) {
  const harness::RunVerdict run = run_of(findings);
  const auto begin = std::chrono::steady_clock::now();
  std::ostringstream page;
  HtmlRenderer().render(run, page);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  fmt::print("{:>7} findings: {:>8.1f} ms, {:>9} bytes\n", findings, took.count(),
             page.str().size());
}

}  // namespace
}  // namespace splitproof::reports

int main(int argc, char** argv) {
  using namespace splitproof::reports;
  if (argc == 3) {
    std::ofstream file(argv[1], std::ios::binary);
    HtmlRenderer().render(run_of(std::atoi(argv[2])), file);
    return file.good() ? 0 : 1;
  }
  for (const int findings : {10, 1'000, 100'000}) measure(findings);
}
