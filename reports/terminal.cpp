#include "reports/terminal.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ostream>
#include <set>

#include "reports/case_table.h"
#include "reports/case_text.h"
#include "reports/contract.h"
#include "reports/foresight.h"
#include "reports/grades.h"
#include "reports/isolation_table.h"
#include "reports/layout.h"
#include "reports/paint.h"
#include "reports/story.h"
#include "reports/text.h"

namespace splitproof::reports {

namespace {

using harness::CaseResult;
using harness::CaseVerdict;
using harness::Finding;
using harness::RunVerdict;

constexpr std::size_t open_sweeps_shown = 3;
constexpr std::size_t stories_shown = 3;
constexpr std::string_view first_phase = "operation";

void write_title(const RunVerdict& run, const Paint& paint, std::ostream& out) {
  out << paint.bold(shorten(origin_text(run), page_width)) << "\n\n";
}

void write_open(std::string_view text, std::ostream& out) {
  write_labelled("    open     ", text, out);
}

// The sweep of single faults is told one by one. Pairs of faults are many, and are summed up.
void write_open_sweeps(const CaseVerdict& verdict, std::ostream& out) {
  std::size_t open = 0;
  for (const harness::SweepAccount& sweep : verdict.sweeps) {
    if (sweep.phase != first_phase || sweep.closed || ++open > open_sweeps_shown) continue;
    write_open(fmt::format("{}, {}, during {}: {} of {} fired; {}", sweep.fault, sweep.mode,
                           sweep.phase, sweep.fired, sweep.planned, sweep.open_because),
               out);
  }
  if (open > open_sweeps_shown) {
    out << fmt::format("             and {}\n",
                       count_of(static_cast<std::int64_t>(open - open_sweeps_shown),
                                "more open sweep", "more open sweeps"));
  }
  for (const PhaseSum& sum : phases_of(verdict.sweeps)) {
    if (sum.phase == first_phase || sum.closed == sum.sweeps) continue;
    write_open(fmt::format("{} of {}, a second fault during {}: {} of {} fired; the first: {}",
                           sum.sweeps - sum.closed, count_of(sum.sweeps, "sweep", "sweeps"),
                           sum.phase, sum.fired, sum.planned, sum.open_because),
               out);
  }
}

void write_case_heading(const CaseVerdict& verdict, const Paint& paint, std::ostream& out) {
  const std::string text = fmt::format("{} {}: {}", sign_of(verdict.result), name_of(verdict),
                                       harness::to_string(verdict.result));
  out << "  " << paint.as(verdict.result, shorten(text, page_width - 2)) << "\n";
}

// Nothing is worth saying about a case that never started, except why.
void write_why(const CaseVerdict& verdict, const Paint& paint, std::ostream& out) {
  write_case_heading(verdict, paint, out);
  write_labelled("    why      ", verdict.reason, out);
  if (verdict.runs == 0) return;
  write_labelled("    expected ",
                 fmt::format("{}; observed: {}", verdict.expected, verdict.observed), out);
  write_open_sweeps(verdict, out);
  for (const Finding& finding : verdict.findings) {
    write_labelled("    finding  ",
                   fmt::format("{} ({} of {})", finding.id, finding.severity, finding.oracle), out);
    render_headline(finding, out);
  }
}

void write_story(const CaseVerdict& verdict, std::ostream& out) {
  const Finding* headline = headline_of(verdict);
  if (headline == nullptr || headline->story.empty()) return;
  write_labelled("    ", "what happened in " + headline->id, out);
  write_steps(headline->story, "      ", out);
}

void write_not_passed(const RunVerdict& run, bool stories, const Paint& paint, std::ostream& out) {
  std::vector<const CaseVerdict*> cases;
  for (const CaseVerdict& verdict : run.cases) {
    if (did_not_pass(verdict)) cases.push_back(&verdict);
  }
  if (cases.empty()) return;
  // What failed is read first.
  std::ranges::stable_sort(cases, {}, [](const CaseVerdict* verdict) {
    return verdict->result == CaseResult::fail ? 0 : 1;
  });
  out << "\n" << paint.bold("What did not pass") << "\n";
  std::size_t told = 0;
  for (const CaseVerdict* verdict : cases) {
    write_why(*verdict, paint, out);
    const bool tell = stories && verdict->result == CaseResult::fail && told < stories_shown;
    if (!tell) continue;
    write_story(*verdict, out);
    ++told;
  }
}

void write_not_applicable(const RunVerdict& run, const Paint& paint, std::ostream& out) {
  std::string title = "Not applicable";
  for (const CaseVerdict& verdict : run.cases) {
    if (verdict.result != CaseResult::not_applicable) continue;
    if (!title.empty()) out << "\n" << paint.bold(title) << "\n";
    title.clear();
    write_case_heading(verdict, paint, out);
    write_labelled("    why      ", verdict.reason, out);
  }
}

// A case that holds can still carry warnings; a reader must not have to open report.json for them.
void write_warnings(const RunVerdict& run, const Paint& paint, std::ostream& out) {
  std::string title = "Warnings about what holds";
  for (const CaseVerdict& verdict : run.cases) {
    if (verdict.result != CaseResult::pass || verdict.expected != "holds") continue;
    for (const Finding& finding : verdict.findings) {
      if (!title.empty()) out << "\n" << paint.bold(title) << "\n";
      title.clear();
      write_labelled("  ! ", fmt::format("{}: {}", name_of(verdict), finding.oracle), out);
      render_headline(finding, out);
    }
  }
}

// A control that claims more than the settings of its database promise.
bool is_of_contract(const CaseVerdict& verdict) {
  return verdict.contract && verdict.contract->claim == "durable";
}

void write_controls(const RunVerdict& run, const Paint& paint, std::ostream& out) {
  std::string title = "What the controls showed";
  for (const CaseVerdict& verdict : run.cases) {
    if (verdict.role != "control" || verdict.result != CaseResult::pass) continue;
    if (verdict.isolation || is_of_contract(verdict)) continue;  // The table shows it.
    const Finding* headline = headline_of(verdict);
    if (headline == nullptr) continue;
    if (!title.empty()) out << "\n" << paint.bold(title) << "\n";
    title.clear();
    out << "  "
        << shorten(name_of(verdict) + ": caught by " + printable(headline->oracle), page_width - 2)
        << "\n";
    render_headline(*headline, out);
  }
}

void write_counts(const RunVerdict& run, std::ostream& out) {
  out << "\n";
  if (run.kept_plans.run > 0) {
    out << fmt::format("kept plans       {} of {} passed\n", run.kept_plans.passed,
                       run.kept_plans.run);
  }
  out << fmt::format("controls caught  {} of {}\n", run.controls.caught, run.controls.expected);
  out << fmt::format("mutants caught   {} of {}\n", run.mutants.caught, run.mutants.expected);
  const std::string sweeps = sweeps_text(run);
  if (!sweeps.empty()) out << fmt::format("sweeps closed    {}\n", sweeps);
  std::set<std::string> careful;
  for (const CaseVerdict& verdict : run.cases) {
    careful.insert(verdict.compared_with_care.begin(), verdict.compared_with_care.end());
  }
  if (!careful.empty()) {
    out << fmt::format("compared with care: {}, named in report.json\n",
                       count_of(static_cast<std::int64_t>(careful.size()), "column", "columns"));
  }
}

void write_not_tested(const RunVerdict& run, const Paint& paint, std::ostream& out) {
  if (run.not_tested.empty()) return;
  out << "\n" << paint.bold("Not tested") << "\n";
  for (const std::string& one : run.not_tested) write_labelled("  - ", one, out);
}

// Cells of the isolation table are rows and columns of their own.
void write_cases(const std::vector<CaseVerdict>& cases, const Paint& paint, std::ostream& out) {
  std::vector<CaseVerdict> others;
  std::ranges::copy_if(cases, std::back_inserter(others),
                       [](const CaseVerdict& verdict) { return !verdict.isolation; });
  write_case_table(others, paint, out);
  if (!others.empty() && others.size() < cases.size()) out << "\n";
  write_isolation_table(cases, paint, out);
}

std::string failure_sentence(const RunVerdict& run) {
  const auto failed = std::ranges::count(run.cases, CaseResult::fail, &CaseVerdict::result);
  if (failed == 0) return "FAIL: every case passes, but --strict counts warnings as failures.";
  const auto first = std::ranges::find(run.cases, CaseResult::fail, &CaseVerdict::result);
  const std::string others = failed == 1 ? "" : ", and others, named above";
  return fmt::format("FAIL: {} of {} failed: {}{}.", failed,
                     count_of(std::ssize(run.cases), "case", "cases"), name_of(*first), others);
}

std::string undecided_sentence(const RunVerdict& run) {
  const auto undecided = std::ranges::count_if(run.cases, did_not_pass);
  std::string parts;
  for (const CaseResult result :
       {CaseResult::inconclusive, CaseResult::unstable, CaseResult::vacuous, CaseResult::not_run}) {
    const auto count = std::ranges::count(run.cases, result, &CaseVerdict::result);
    if (count == 0) continue;
    parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", count, harness::to_string(result));
  }
  return fmt::format("NOT DECIDED: no case failed, but {} of {} did not pass ({}).", undecided,
                     count_of(std::ssize(run.cases), "case", "cases"), parts);
}

std::string pass_sentence(const RunVerdict& run) {
  const auto apart =
      std::ranges::count(run.cases, CaseResult::not_applicable, &CaseVerdict::result);
  std::string sentence =
      fmt::format("PASS: {} did what was expected; {} of {} controls and {} of {} mutants caught",
                  count_of(std::ssize(run.cases) - apart, "case", "cases"), run.controls.caught,
                  run.controls.expected, run.mutants.caught, run.mutants.expected);
  if (apart > 0) sentence += fmt::format("; {} not applicable", apart);
  return sentence + ".";
}

}  // namespace

std::string verdict_sentence(const RunVerdict& run, bool strict) {
  if (run.cases.empty()) return "NOTHING RUN: there was no case to run.";
  const int code = harness::exit_code(run, strict);
  const std::string sentence = code == 1   ? failure_sentence(run)
                               : code == 2 ? undecided_sentence(run)
                                           : pass_sentence(run);
  return run.complete ? sentence : "STOPPED BEFORE THE END. So far: " + sentence;
}

void TerminalRenderer::render(const RunVerdict& run, std::ostream& out) const {
  const Paint paint(options_.colour);
  write_title(run, paint, out);
  write_cases(run.cases, paint, out);
  write_not_passed(run, options_.stories, paint, out);
  write_not_applicable(run, paint, out);
  write_warnings(run, paint, out);
  write_controls(run, paint, out);
  write_contract(run, paint, out);
  write_predictions(run, paint, out);
  write_ambiguities(run, paint, out);
  write_grades(run.grades, paint, out);
  write_counts(run, out);
  write_not_tested(run, paint, out);
  const std::string sentence = verdict_sentence(run, options_.strict);
  out << "\n";
  if (!options_.page.empty()) out << "report  " << printable(options_.page) << "\n";
  out << paint.as(overall(run, options_.strict),
                  fmt::format("{} {}", sign_of(overall(run, options_.strict)), sentence))
      << "\n";
}

}  // namespace splitproof::reports
