#include "harness/spec/spec_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace splitproof::harness {
namespace {

std::string counted(std::size_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

// "40001 could not serialize access": the code says more than the severity.
std::string in_short(const SpecStepError& error) {
  const std::size_t severity = error.text.find(":  ");
  if (error.sqlstate.empty() || severity == std::string::npos) return error.text;
  return error.sqlstate + error.text.substr(severity + 2);
}

}  // namespace

void SpecSummary::begin(const std::string& file, const IsolationSpec& spec) {
  out_ << fmt::format(
      "\n{}: {}, {}, {}\n", file, counted(spec.sessions.size(), "session", "sessions"),
      counted(spec.steps.size(), "step", "steps"),
      spec.permutations.empty() ? "every permutation"
                                : counted(spec.permutations.size(), "permutation", "permutations"));
  const std::vector<std::string> unused = unused_steps(spec);
  if (!unused.empty()) out_ << fmt::format("        unused: {}\n", fmt::join(unused, " "));
}

void SpecSummary::ended(const SpecOutcome& outcome) {
  std::string line = fmt::format("{:>6}  {:<12}  {}", outcome.number,
                                 outcome.inconclusive.empty() ? "ran" : "inconclusive",
                                 fmt::join(outcome.steps, " "));
  if (!outcome.waited.empty()) line += fmt::format("; waited: {}", fmt::join(outcome.waited, " "));
  for (const SpecStepError& error : outcome.errors) {
    line += fmt::format("; {}: {}", error.step, in_short(error));
  }
  out_ << line << '\n';
  for (const std::string& why : outcome.inconclusive) out_ << "        because " << why << '\n';
  for (const std::string& what : outcome.warnings) out_ << "        warning: " << what << '\n';
  out_.flush();
}

std::string spec_conclusion(const SpecTotals& totals, bool strict) {
  std::string text = fmt::format(
      "\n{}: {} ran, {} inconclusive; a step waited in {}, the database refused one in {}; {}\n",
      counted(static_cast<std::size_t>(totals.ran + totals.inconclusive), "permutation",
              "permutations"),
      totals.ran, totals.inconclusive, totals.waited, totals.refused,
      counted(static_cast<std::size_t>(totals.warnings), "warning", "warnings"));
  if (!totals.complete) return text + "✗ STOPPED BEFORE THE END.\n";
  if (totals.inconclusive > 0) return text + "? INCONCLUSIVE: not every permutation ran.\n";
  if (strict && totals.warnings > 0) return text + "✗ FAIL: there are warnings.\n";
  return text + "✓ PASS: every permutation ran.\n";
}

}  // namespace splitproof::harness
