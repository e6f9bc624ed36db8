#include "reports/markdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <sstream>

#include "reports/case_text.h"
#include "reports/contract.h"
#include "reports/difference_table.h"
#include "reports/layout.h"
#include "reports/markdown_foresight.h"
#include "reports/markdown_grades.h"
#include "reports/markdown_text.h"
#include "reports/paint.h"
#include "reports/terminal.h"

namespace splitproof::reports {

namespace {

using harness::CaseResult;
using harness::CaseVerdict;
using harness::Finding;
using harness::RunVerdict;

// How much of a run is on the page, from all to the least.
enum class Detail { everything, no_stories, no_findings, counts };

constexpr std::array<Detail, 4> details{Detail::everything, Detail::no_stories, Detail::no_findings,
                                        Detail::counts};

std::string_view what_is_left_out(Detail detail) {
  switch (detail) {
    case Detail::everything:
      return "";
    case Detail::no_stories:
      return "The steps of the findings are left out here";
    case Detail::no_findings:
      return "The findings are left out here";
    case Detail::counts:
      return "All but the counts is left out here";
  }
  return "";
}

std::string or_dash(std::string_view text) { return text.empty() ? "–" : markdown_text(text); }

class Page {
 public:
  Page(const RunVerdict& run, bool strict, Detail detail, std::ostream& out)
      : run_(run), strict_(strict), detail_(detail), out_(out) {}

  void write() {
    headline();
    counts();
    if (detail_ != Detail::everything) {
      out_ << "\n> " << what_is_left_out(detail_)
           << ", for the page would be larger than CI shows. All of it is in report.json.\n";
    }
    if (detail_ == Detail::counts) return;
    not_passed();
    case_table();
    warnings();
    if (detail_ != Detail::no_findings) {
      write_markdown_contract(run_, out_);
      write_markdown_predictions(run_, out_);
      write_markdown_ambiguities(run_, out_);
    }
    if (!run_.grades.empty()) write_markdown_grades(run_.grades, out_);
    listed("Not run", CaseResult::not_run);
    listed("Not applicable", CaseResult::not_applicable);
    not_tested();
  }

 private:
  void headline() {
    const CaseResult result = overall(run_, strict_);
    out_ << "## " << sign_of(result) << " ";
    // Names have any length, and the least page must have a bound.
    if (detail_ == Detail::counts) {
      out_ << "splitproof: " << harness::to_string(result) << "\n";
    } else {
      out_ << markdown_text(verdict_sentence(run_, strict_)) << "\n";
    }
  }

  void counts() {
    std::string results;
    std::int64_t runs = 0;
    for (const CaseResult result :
         {CaseResult::pass, CaseResult::fail, CaseResult::inconclusive, CaseResult::unstable,
          CaseResult::vacuous, CaseResult::not_run, CaseResult::not_applicable}) {
      const auto count = std::ranges::count(run_.cases, result, &CaseVerdict::result);
      if (count == 0) continue;
      results +=
          fmt::format("{}{} {}", results.empty() ? ": " : ", ", count, harness::to_string(result));
    }
    for (const CaseVerdict& verdict : run_.cases) runs += verdict.runs;
    out_ << fmt::format("\n- {}{}\n- {}; controls caught {} of {}, mutants caught {} of {}\n",
                        count_of(std::ssize(run_.cases), "case", "cases"), results,
                        count_of(runs, "run", "runs"), run_.controls.caught, run_.controls.expected,
                        run_.mutants.caught, run_.mutants.expected);
    if (detail_ == Detail::counts) return;
    const std::string sweeps = sweeps_text(run_);
    if (!sweeps.empty()) out_ << "- sweeps closed: " << markdown_text(sweeps) << "\n";
    out_ << "- " << markdown_text(origin_text(run_)) << "\n";
  }

  void not_passed() {
    std::vector<const CaseVerdict*> cases;
    for (const CaseVerdict& verdict : run_.cases) {
      const bool listed_below = verdict.result == CaseResult::not_run;
      if (counts_as_failure(verdict, strict_) || (did_not_pass(verdict) && !listed_below)) {
        cases.push_back(&verdict);
      }
    }
    if (cases.empty()) return;
    std::ranges::stable_sort(cases, {}, [this](const CaseVerdict* verdict) {
      return counts_as_failure(*verdict, strict_) ? 0 : 1;
    });
    out_ << "\n### What did not pass\n";
    for (const CaseVerdict* verdict : cases) why(*verdict);
  }

  void why(const CaseVerdict& verdict) {
    out_ << fmt::format("\n#### {} {}: {}\n\n", sign_of(verdict.result),
                        markdown_text(name_of(verdict)), harness::to_string(verdict.result));
    item("why", verdict.reason);
    item("seen",
         fmt::format("expected {}; observed {}",
                     verdict.expected.empty() ? "nothing" : verdict.expected, verdict.observed));
    item("sessions", sessions_text(verdict));
    for (const PhaseSum& sum : phases_of(verdict.sweeps)) {
      if (sum.closed == sum.sweeps) continue;
      item("open", fmt::format("{} of {} during {}: {} of {} fired; the first: {}",
                               sum.sweeps - sum.closed, count_of(sum.sweeps, "sweep", "sweeps"),
                               sum.phase, sum.fired, sum.planned, sum.open_because));
    }
    if (detail_ == Detail::no_findings) return;
    for (const Finding& one : verdict.findings) finding(one);
  }

  void finding(const Finding& one) {
    out_ << fmt::format("\n**{}**: {} of {}", markdown_text(one.id), markdown_text(one.severity),
                        markdown_text(one.oracle));
    if (!one.anomaly.empty()) out_ << ", " << markdown_text(one.anomaly);
    out_ << ", seen in " << count_of(one.runs, "run", "runs") << "\n\n";
    argument(one);
    out_ << "- **plan** " << markdown_code(one.plan) << "\n\n" << markdown_block("sh", one.replay);
    if (detail_ == Detail::everything) story(one);
  }

  void argument(const Finding& one) {
    item("claim", one.claim);
    item("because", one.because);
    item("anomaly", circle_text(one));
    for (const harness::Damage& damage : one.damage) item("damage", damage.text);
  }

  void story(const Finding& one) {
    if (one.story.empty() && one.differences.empty() && one.output.empty()) return;
    out_ << "\n<details><summary>What happened, in "
         << count_of(std::ssize(one.story), "step", "steps") << "</summary>\n\n";
    for (std::size_t i = 0; i < one.story.size(); ++i) {
      out_ << fmt::format("{}. **{}** {}\n", i + 1, or_dash(one.story[i].actor),
                          or_dash(one.story[i].text));
    }
    if (!one.dependencies.empty()) out_ << "\nWhy no serial order gives it:\n\n";
    for (const harness::DependencyLine& edge : one.dependencies) {
      out_ << fmt::format("- **{}** {}\n", or_dash(edge.kind), or_dash(edge.because));
    }
    if (!one.output.empty()) {
      out_ << "\nThe last lines of what the program wrote:\n\n"
           << markdown_block("text", one.output);
    }
    for (const harness::TableDifference& difference : one.differences) {
      std::ostringstream table;
      write_difference(difference, table);
      out_ << "\n" << markdown_block("text", table.str());
    }
    out_ << "\n</details>\n";
  }

  void case_table() {
    if (run_.cases.empty()) return;
    out_ << "\n### Cases\n\n"
         << "| scenario | variant | target | expected | observed | verdict | runs | points | "
            "schedules | closed |\n"
         << "|---|---|---|---|---|---|--:|--:|---|---|\n";
    for (const CaseVerdict& verdict : run_.cases) row(verdict);
    std::string observers = observers_text(all_observers());
    if (!observers.empty()) out_ << "\nThe " << markdown_text(observers) << ".\n";
  }

  void row(const CaseVerdict& verdict) {
    const bool ran = verdict.runs > 0;
    const auto if_ran = [ran](const std::string& text) { return ran ? text : std::string("–"); };
    out_ << fmt::format(
        "| {} | {} | {} | {} | {} | {} {} | {} | {} | {} | {} |\n", or_dash(verdict.scenario),
        or_dash(verdict.variant), or_dash(verdict.target), or_dash(verdict.expected),
        if_ran(or_dash(verdict.observed)), sign_of(verdict.result),
        harness::to_string(verdict.result), if_ran(fmt::format("{}", verdict.runs)),
        if_ran(fmt::format("{}", verdict.points)),
        or_dash(verdict.schedules ? schedules_text(*verdict.schedules) : ""),
        if_ran(closed_text(verdict) == "no" ? "**no**" : std::string(closed_text(verdict))));
  }

  // One count for each kind of observer, over all cases.
  std::vector<harness::ObserverCount> all_observers() const {
    std::vector<harness::ObserverCount> sums;
    for (const CaseVerdict& verdict : run_.cases) {
      for (const harness::ObserverCount& one : verdict.observers) {
        auto sum = std::ranges::find(sums, one.kind, &harness::ObserverCount::kind);
        if (sum == sums.end()) sum = sums.insert(sum, {one.kind, 0, 0});
        sum->seen += one.seen;
        sum->not_observable += one.not_observable;
      }
    }
    return sums;
  }

  void warnings() {
    if (detail_ == Detail::no_findings) return;
    std::string_view title = "\n### Warnings about what holds\n";
    for (const CaseVerdict& verdict : run_.cases) {
      const bool holds = verdict.result == CaseResult::pass && verdict.expected == "holds";
      if (!holds || counts_as_failure(verdict, strict_)) continue;
      for (const Finding& one : verdict.findings) {
        out_ << title
             << fmt::format("\n{}: {}\n\n", markdown_text(name_of(verdict)),
                            markdown_text(one.oracle));
        title = "";
        argument(one);
        out_ << "\n" << markdown_block("sh", one.replay);
      }
    }
  }

  void listed(std::string_view title, CaseResult result) {
    if (std::ranges::count(run_.cases, result, &CaseVerdict::result) == 0) return;
    out_ << "\n### " << title << "\n\n";
    for (const CaseVerdict& verdict : run_.cases) {
      if (verdict.result == result) item(name_of(verdict), verdict.reason);
    }
  }

  void not_tested() {
    if (run_.not_tested.empty()) return;
    out_ << "\n### Not tested\n\n";
    for (const std::string& one : run_.not_tested) out_ << "- " << or_dash(one) << "\n";
  }

  void item(std::string_view label, std::string_view text) {
    if (text.empty()) return;
    out_ << "- **" << markdown_text(label) << "** " << markdown_text(text) << "\n";
  }

  const RunVerdict& run_;
  bool strict_;
  Detail detail_;
  std::ostream& out_;
};

}  // namespace

void MarkdownRenderer::render(const RunVerdict& run, std::ostream& out) const {
  std::string text;
  for (const Detail detail : details) {
    std::ostringstream page;
    Page(run, options_.strict, detail, page).write();
    text = page.str();
    if (text.size() <= options_.bytes_max) break;
  }
  out << text;
}

}  // namespace splitproof::reports
