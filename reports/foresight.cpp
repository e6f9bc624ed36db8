#include "reports/foresight.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "reports/case_text.h"
#include "reports/layout.h"
#include "reports/text.h"

namespace splitproof::reports {

namespace {

constexpr std::size_t lines_of_a_case = 5;

// What stands in a list of `all` lines whose first ones are shown, below them.
void write_rest(std::size_t all, std::ostream& out) {
  if (all <= lines_of_a_case) return;
  out << fmt::format("    and {} more, in report.json\n", all - lines_of_a_case);
}

}  // namespace

std::string predictions_text(const harness::CaseVerdict& verdict) {
  if (verdict.predictions.empty()) return "";
  const auto confirmed =
      std::ranges::count(verdict.predictions, true, &harness::Prediction::confirmed);
  return fmt::format("{} predicted, {} of them confirmed",
                     count_of(std::ssize(verdict.predictions), "place", "places"), confirmed);
}

std::string state_of(const harness::Prediction& prediction) {
  if (!prediction.confirmed) return "predicted and not confirmed";
  return "confirmed by " + printable(prediction.finding);
}

std::string ambiguity_text(const harness::Ambiguity& ambiguity) {
  std::string text =
      fmt::format("told {}, held {}, in {} such as '{}': {}", ambiguity.told, ambiguity.held,
                  count_of(ambiguity.runs, "run", "runs"), ambiguity.plan, ambiguity.transaction);
  if (!ambiguity.known_by.empty()) text += fmt::format(" (known by {})", ambiguity.known_by);
  return printable(text);
}

void write_predictions(const harness::RunVerdict& run, const Paint& paint, std::ostream& out) {
  std::string title = "Predicted from the clean run";
  for (const harness::CaseVerdict& verdict : run.cases) {
    if (verdict.predictions.empty()) continue;
    if (!title.empty()) out << "\n" << paint.bold(title) << "\n";
    title.clear();
    write_labelled("  ", name_of(verdict) + ": " + predictions_text(verdict), out);
    std::size_t shown = 0;
    for (const harness::Prediction& one : verdict.predictions) {
      if (++shown > lines_of_a_case) break;
      write_labelled("    - ", state_of(one) + ": " + one.because, out);
    }
    write_rest(verdict.predictions.size(), out);
  }
}

void write_ambiguities(const harness::RunVerdict& run, const Paint& paint, std::ostream& out) {
  std::string title = "Ambiguity ledger: what was told of transactions, and what became of them";
  for (const harness::CaseVerdict& verdict : run.cases) {
    if (verdict.ambiguities.empty()) continue;
    if (!title.empty()) out << "\n" << paint.bold(title) << "\n";
    title.clear();
    write_labelled("  ", name_of(verdict), out);
    std::size_t shown = 0;
    for (const harness::Ambiguity& one : verdict.ambiguities) {
      if (++shown > lines_of_a_case) break;
      write_labelled("    - ", ambiguity_text(one), out);
    }
    write_rest(verdict.ambiguities.size(), out);
  }
}

}  // namespace splitproof::reports
