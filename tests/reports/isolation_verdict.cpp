// A run of the isolation table written out by hand.
#include <fmt/format.h>

#include "tests/reports/literal_verdict.h"

namespace splitproof::reports {

namespace {

using harness::CaseResult;
using harness::CaseVerdict;

struct Cell {
  std::string anomaly;
  std::string column;
  std::string target;
  std::string documented;
  bool occurs = false;
  std::int64_t orders = 0;
  CaseResult result = CaseResult::pass;
};

CaseVerdict verdict_of(const Cell& cell) {
  CaseVerdict verdict;
  verdict.scenario = "isolation-" + cell.anomaly;
  verdict.title = cell.anomaly + ": an anomaly";
  verdict.variant = cell.column;
  verdict.target = cell.target;
  verdict.role = cell.documented == "happens" ? "control" : "subject";
  if (cell.documented == "happens") verdict.expected = "violated";
  if (cell.documented == "ruled-out") verdict.expected = "holds";
  verdict.observed = cell.occurs ? "violated" : "holds";
  verdict.result = cell.result;
  verdict.isolation = {cell.anomaly, cell.documented, "The manual says so.", cell.occurs ? 2 : 0};
  if (cell.result == CaseResult::not_applicable) {
    verdict.observed = "unknown";
    verdict.reason = "It has no such thing.";
    return verdict;
  }
  verdict.runs = cell.orders / 2;
  verdict.closed = cell.result != CaseResult::inconclusive;
  verdict.schedules = harness::ScheduleCount{.strategy = "reduced",
                                             .explored = cell.orders / 2,
                                             .classes = cell.orders / 2,
                                             .of = cell.orders,
                                             .complete = verdict.closed,
                                             .shows = "every order"};
  if (cell.result == CaseResult::fail) verdict.reason = "It is not as documented.";
  if (!cell.occurs) return verdict;
  harness::Finding finding;
  finding.id = fmt::format("isolation-{}.{}.{}.1", cell.anomaly, cell.column, cell.target);
  finding.oracle = "isolation";
  finding.severity = "violation";
  finding.anomaly = cell.anomaly;
  finding.claim = "It does not happen.";
  finding.because = "It happened.";
  finding.plan = "order=a2b";
  finding.replay = "splitproof run isolation-" + cell.anomaly + " --plan 'order=a2b'";
  finding.runs = 2;
  verdict.findings.push_back(finding);
  return verdict;
}

}  // namespace

harness::RunVerdict isolation_verdict() {
  using enum CaseResult;
  harness::RunVerdict run = passing_verdict();
  run.cases.resize(1);
  for (const Cell& cell : std::vector<Cell>{
           {"g0", "autocommit", "sqlite", "happens", true, 6, pass},
           {"g0", "wal-deferred", "sqlite", "ruled-out", false, 24, pass},
           {"g0", "read-committed", "postgres", "not-expressible", false, 0, not_applicable},
           {"g-single", "autocommit", "sqlite", "happens", false, 6, fail},
           {"g-single", "wal-deferred", "sqlite", "ruled-out", true, 70, fail},
           {"g-single", "read-committed", "postgres", "possible", false, 70, inconclusive},
       }) {
    run.cases.push_back(verdict_of(cell));
  }
  return run;
}

}  // namespace splitproof::reports
