#include "reports/markdown_foresight.h"

#include <fmt/format.h>

#include <ostream>

#include "reports/case_text.h"
#include "reports/foresight.h"
#include "reports/markdown_text.h"

namespace splitproof::reports {

namespace {

constexpr std::size_t predictions_shown = 20;
constexpr std::size_t ambiguities_shown = 20;

void write_left_out(std::size_t all, std::size_t shown, std::ostream& out) {
  if (all > shown) out << fmt::format("\n{} more are in report.json.\n", all - shown);
}

}  // namespace

void write_markdown_predictions(const harness::RunVerdict& run, std::ostream& out) {
  std::string_view title = "\n### Predicted from the clean run\n";
  for (const harness::CaseVerdict& verdict : run.cases) {
    if (verdict.predictions.empty()) continue;
    out << title
        << fmt::format("\n{}: {}\n\n", markdown_text(name_of(verdict)), predictions_text(verdict));
    title = "";
    std::size_t shown = 0;
    for (const harness::Prediction& one : verdict.predictions) {
      if (++shown > predictions_shown) break;
      out << fmt::format("- **{}** {}\n", markdown_text(state_of(one)), markdown_text(one.because));
    }
    write_left_out(verdict.predictions.size(), predictions_shown, out);
  }
}

void write_markdown_ambiguities(const harness::RunVerdict& run, std::ostream& out) {
  std::string_view title = "\n### Ambiguity ledger\n";
  for (const harness::CaseVerdict& verdict : run.cases) {
    if (verdict.ambiguities.empty()) continue;
    out << title << fmt::format("\n{}\n\n", markdown_text(name_of(verdict)))
        << "| transaction | told | held | known by | runs | for example |\n"
        << "|---|---|---|---|--:|---|\n";
    title = "";
    std::size_t shown = 0;
    for (const harness::Ambiguity& one : verdict.ambiguities) {
      if (++shown > ambiguities_shown) break;
      out << fmt::format("| {} | {} | {} | {} | {} | {} |\n", markdown_text(one.transaction),
                         markdown_text(one.told), markdown_text(one.held),
                         markdown_text(one.known_by), one.runs, markdown_text(one.plan));
    }
    write_left_out(verdict.ambiguities.size(), ambiguities_shown, out);
  }
}

}  // namespace splitproof::reports
