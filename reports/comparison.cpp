#include "reports/comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <set>
#include <tuple>

#include "reports/text.h"

namespace splitproof::reports {

namespace {

using harness::CaseComparison;
using harness::CaseVerdict;
using harness::ComparedFinding;
using harness::Finding;
using harness::LedgerEntry;
using Name = std::tuple<std::string, std::string, std::string>;

template <class Part>
Name name_of(const Part& part) {
  return {part.scenario, part.variant, part.target};
}

// What of a report is about one case.
struct Side {
  const CaseVerdict* verdict = nullptr;
  std::map<std::string, const LedgerEntry*> by_plan;  // The first line of each.
  std::set<std::string> struck;                       // "'save' of operation 1"
};

std::string place_of(const harness::LedgerStrike& strike) {
  return fmt::format("'{}' of operation {}", strike.statement, strike.operation);
}

std::map<Name, Side> sides_of(const OpenedReport& report) {
  std::map<Name, Side> sides;
  for (const CaseVerdict& verdict : report.verdict.cases)
    sides[name_of(verdict)].verdict = &verdict;
  for (const LedgerEntry& line : report.ledger) {
    const auto side = sides.find(name_of(line));
    if (side == sides.end()) continue;
    side->second.by_plan.emplace(line.plan, &line);
    for (const harness::LedgerStrike& strike : line.struck) {
      side->second.struck.insert(place_of(strike));
    }
  }
  return sides;
}

// What makes two findings the same, in words.
std::string identity_of(const Finding& finding, const Side& side) {
  std::set<std::string> damage;
  for (const harness::Damage& one : finding.damage) damage.insert(one.name);
  std::string text = finding.oracle;
  if (!finding.anomaly.empty()) text += fmt::format(" ({})", finding.anomaly);
  if (!damage.empty()) text += fmt::format(": {}", fmt::join(damage, ", "));
  const auto line = side.by_plan.find(finding.plan);
  if (line == side.by_plan.end()) return text;
  std::set<std::string> places;
  for (const harness::LedgerStrike& strike : line->second->struck) places.insert(place_of(strike));
  return places.empty() ? text
                        : text + fmt::format(", where {} is struck", fmt::join(places, ", "));
}

std::map<std::string, const Finding*> findings_of(const Side& side) {
  std::map<std::string, const Finding*> findings;
  if (side.verdict == nullptr) return findings;
  for (const Finding& finding : side.verdict->findings) {
    findings.emplace(identity_of(finding, side), &finding);
  }
  return findings;
}

std::vector<ComparedFinding> only_in(const std::map<std::string, const Finding*>& these,
                                     const std::map<std::string, const Finding*>& those) {
  std::vector<ComparedFinding> findings;
  for (const auto& [identity, finding] : these) {
    if (!those.contains(identity)) findings.push_back({finding->id, identity});
  }
  return findings;
}

const harness::SweepAccount* same_sweep(const Side& side, const harness::SweepAccount& sweep) {
  const auto same = std::ranges::find_if(side.verdict->sweeps, [&](const auto& other) {
    return other.fault == sweep.fault && other.mode == sweep.mode && other.phase == sweep.phase;
  });
  return same == side.verdict->sweeps.end() ? nullptr : &*same;
}

std::string in_words(const harness::SweepAccount& sweep) {
  return fmt::format("the sweep of {} ({}, {})", sweep.fault, sweep.mode, sweep.phase);
}

std::vector<std::string> vanished_between(const Side& before, const Side& now) {
  std::vector<std::string> sentences;
  if (before.verdict == nullptr || now.verdict == nullptr) return sentences;
  if (before.verdict->points > now.verdict->points) {
    sentences.push_back(fmt::format("{} points of the clean run, where there were {}",
                                    now.verdict->points, before.verdict->points));
  }
  for (const std::string& place : before.struck) {
    if (!now.struck.contains(place)) {
      sentences.push_back(fmt::format("{} is not struck any more", place));
    }
  }
  for (const harness::SweepAccount& sweep : before.verdict->sweeps) {
    const harness::SweepAccount* const still = same_sweep(now, sweep);
    if (still == nullptr) {
      sentences.push_back(in_words(sweep) + " is gone");
    } else if (sweep.closed && !still->closed) {
      sentences.push_back(
          fmt::format("{} is not closed any more: {}", in_words(sweep), still->open_because));
    }
  }
  return sentences;
}

std::vector<std::string> added_between(const Side& before, const Side& now) {
  std::vector<std::string> sentences;
  if (before.verdict == nullptr || now.verdict == nullptr) return sentences;
  if (now.verdict->points > before.verdict->points) {
    sentences.push_back(fmt::format("{} points of the clean run, where there were {}",
                                    now.verdict->points, before.verdict->points));
  }
  for (const std::string& place : now.struck) {
    if (!before.struck.contains(place)) {
      sentences.push_back(fmt::format("{} is struck", place));
    }
  }
  for (const harness::SweepAccount& sweep : now.verdict->sweeps) {
    if (same_sweep(before, sweep) == nullptr) sentences.push_back(in_words(sweep));
  }
  return sentences;
}

std::string result_of(const Side& side) {
  return side.verdict == nullptr ? "" : std::string(to_string(side.verdict->result));
}

// What was not run again may be as it was.
bool was_run(const Side& side) {
  return side.verdict != nullptr && side.verdict->result != harness::CaseResult::not_run &&
         side.verdict->result != harness::CaseResult::not_applicable;
}

CaseComparison compare(const Name& name, const Side& before, const Side& now) {
  CaseComparison comparison;
  std::tie(comparison.scenario, comparison.variant, comparison.target) = name;
  comparison.before = result_of(before);
  comparison.now = result_of(now);
  const auto old_findings = findings_of(before);
  const auto new_findings = findings_of(now);
  comparison.appeared = only_in(new_findings, old_findings);
  if (was_run(now)) comparison.mended = only_in(old_findings, new_findings);
  comparison.vanished = vanished_between(before, now);
  comparison.added = added_between(before, now);
  return comparison;
}

bool is_alike(const CaseComparison& one) {
  return one.before == one.now && one.appeared.empty() && one.mended.empty() &&
         one.vanished.empty() && one.added.empty();
}

std::string result_in_words(const CaseComparison& one) {
  if (one.before.empty()) return fmt::format("{}, a new case", one.now);
  if (one.now.empty()) return fmt::format("was {}, and is not in the newer report", one.before);
  return one.before == one.now ? one.now : fmt::format("{}, was {}", one.now, one.before);
}

}  // namespace

harness::ReportComparison compare_reports(const OpenedReport& before, const OpenedReport& now) {
  harness::ReportComparison comparison;
  const std::map<Name, Side> old_sides = sides_of(before);
  const std::map<Name, Side> new_sides = sides_of(now);
  const auto add = [&](CaseComparison one) {
    if (is_alike(one)) {
      ++comparison.alike;
    } else {
      comparison.cases.push_back(std::move(one));
    }
  };
  for (const CaseVerdict& verdict : now.verdict.cases) {
    const Name name = name_of(verdict);
    const auto old = old_sides.find(name);
    add(compare(name, old == old_sides.end() ? Side() : old->second, new_sides.at(name)));
  }
  for (const CaseVerdict& verdict : before.verdict.cases) {
    const Name name = name_of(verdict);
    if (!new_sides.contains(name)) add(compare(name, old_sides.at(name), Side()));
  }
  return comparison;
}

std::variant<harness::ReportComparison, OpenError> compare_folders(const std::string& before,
                                                                   const std::string& now) {
  auto old_report = open_report(before);
  if (auto* const error = std::get_if<OpenError>(&old_report)) return std::move(*error);
  auto new_report = open_report(now);
  if (auto* const error = std::get_if<OpenError>(&new_report)) return std::move(*error);
  harness::ReportComparison comparison =
      compare_reports(std::get<OpenedReport>(old_report), std::get<OpenedReport>(new_report));
  comparison.before = before;
  comparison.now = now;
  return comparison;
}

void render_comparison(const harness::ReportComparison& comparison, std::ostream& out) {
  out << fmt::format("{} against {}\n", printable(comparison.now), printable(comparison.before));
  for (const CaseComparison& one : comparison.cases) {
    out << fmt::format(
        "\n{}: {}\n",
        printable(fmt::format("{} / {} on {}", one.scenario, one.variant, one.target)),
        printable(result_in_words(one)));
    for (const auto& [heading, findings] :
         {std::pair{"appeared", &one.appeared}, std::pair{"mended  ", &one.mended}}) {
      for (const ComparedFinding& finding : *findings) {
        out << fmt::format("  {}  {}  {}\n", heading, printable(finding.id),
                           printable(finding.words));
      }
    }
    for (const auto& [heading, sentences] :
         {std::pair{"vanished", &one.vanished}, std::pair{"added   ", &one.added}}) {
      for (const std::string& sentence : *sentences) {
        out << fmt::format("  {}  {}\n", heading, printable(sentence));
      }
    }
  }
  out << fmt::format("\n{} {} alike, {} not\n", comparison.alike,
                     comparison.alike == 1 ? "case is" : "cases are", comparison.cases.size());
}

}  // namespace splitproof::reports
