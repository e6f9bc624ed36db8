#include "reports/case_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "reports/layout.h"
#include "reports/text.h"

namespace splitproof::reports {

using harness::CaseResult;
using harness::CaseVerdict;
using harness::Finding;

std::string name_of(const CaseVerdict& verdict) {
  std::string name = verdict.scenario;
  if (!verdict.variant.empty()) name += " / " + verdict.variant;
  if (!verdict.target.empty()) name += " on " + verdict.target;
  return printable(name);
}

bool did_not_pass(const CaseVerdict& verdict) {
  return verdict.result != CaseResult::pass && verdict.result != CaseResult::not_applicable;
}

bool counts_as_failure(const CaseVerdict& verdict, bool strict) {
  harness::RunVerdict alone;
  alone.cases.push_back(verdict);
  return harness::exit_code(alone, strict) == 1;
}

CaseResult overall(const harness::RunVerdict& run, bool strict) {
  if (run.cases.empty()) return CaseResult::not_run;
  const int code = harness::exit_code(run, strict);
  if (code == 1) return CaseResult::fail;
  return code == 0 && run.complete ? CaseResult::pass : CaseResult::inconclusive;
}

const Finding* headline_of(const CaseVerdict& verdict) {
  const auto found = std::ranges::find(verdict.findings, "violation", &Finding::severity);
  if (found != verdict.findings.end()) return &*found;
  return verdict.findings.empty() ? nullptr : &verdict.findings.front();
}

std::string schedules_text(const harness::ScheduleCount& schedules) {
  const std::string orders = count_of(schedules.of, "order", "orders");
  if (schedules.complete) {
    const std::string all = fmt::format("{} of {}", schedules.of, orders);
    std::string text = all;
    if (schedules.classes > 0) {
      text += fmt::format(" in {}", count_of(schedules.classes, "class", "classes"));
    }
    if (schedules.pruned > 0) {
      text += fmt::format(", {} pruned", count_of(schedules.pruned, "move", "moves"));
    }
    return text;
  }
  const std::string some = fmt::format("{} of about {}", schedules.explored, orders);
  if (!schedules.left.empty()) return some + ", not all";
  return fmt::format("{}: {}", some, printable(schedules.shows));
}

std::string observers_text(const std::vector<harness::ObserverCount>& observers) {
  std::int64_t seen = 0;
  std::int64_t not_observable = 0;
  std::string kinds;
  for (const harness::ObserverCount& observer : observers) {
    seen += observer.seen;
    not_observable += observer.not_observable;
    if (observer.seen == 0) continue;
    kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", observer.kind, observer.seen);
  }
  if (seen == 0) return "";
  std::string text =
      fmt::format("observers saw {}: {}", count_of(seen, "state", "states"), printable(kinds));
  if (not_observable > 0) text += fmt::format("; {} not observable", not_observable);
  return text;
}

std::string sessions_text(const CaseVerdict& verdict) {
  std::string text = verdict.schedules ? schedules_text(*verdict.schedules) : "";
  const std::string observers = observers_text(verdict.observers);
  if (!text.empty() && !observers.empty()) text += "; ";
  return text + observers;
}

std::string_view closed_text(const harness::CaseVerdict& verdict) {
  if (verdict.points == 0 && verdict.sweeps.empty() && !verdict.isolation) return "drawn";
  return verdict.closed ? "yes" : "no";
}

std::vector<PhaseSum> phases_of(const std::vector<harness::SweepAccount>& sweeps) {
  std::vector<PhaseSum> phases;
  for (const harness::SweepAccount& sweep : sweeps) {
    auto sum = std::ranges::find(phases, sweep.phase, &PhaseSum::phase);
    if (sum == phases.end()) {
      sum = phases.insert(sum, PhaseSum());
      sum->phase = sweep.phase;
    }
    ++sum->sweeps;
    sum->closed += sweep.closed ? 1 : 0;
    sum->planned += sweep.planned;
    sum->fired += sweep.fired;
    if (!sweep.closed && sum->open_because.empty()) sum->open_because = sweep.open_because;
  }
  return phases;
}

std::string sweeps_text(const harness::RunVerdict& run) {
  std::vector<harness::SweepAccount> all;
  for (const CaseVerdict& verdict : run.cases) {
    std::ranges::copy(verdict.sweeps, std::back_inserter(all));
  }
  std::int64_t closed = 0;
  std::string phases;
  for (const PhaseSum& sum : phases_of(all)) {
    closed += sum.closed;
    phases +=
        fmt::format("{}{} {} of {}", phases.empty() ? "" : ", ", sum.phase, sum.closed, sum.sweeps);
  }
  if (all.empty()) return "";
  return fmt::format("{} of {} ({})", closed, all.size(), printable(phases));
}

std::string circle_text(const harness::Finding& finding) {
  if (finding.dependencies.empty()) return "";
  std::string text = finding.anomaly + ": " + finding.dependencies.front().from;
  for (const harness::DependencyLine& edge : finding.dependencies) {
    text += fmt::format(" {} {}", edge.kind, edge.to);
  }
  return printable(text);
}

std::string origin_text(const harness::RunVerdict& run) {
  std::string text = fmt::format("splitproof {}, seed {}", run.version, run.seed);
  if (!run.environment.sqlite.empty()) text += ", SQLite " + run.environment.sqlite;
  if (!run.environment.postgres.empty()) text += ", PostgreSQL " + run.environment.postgres;
  return printable(text);
}

}  // namespace splitproof::reports
