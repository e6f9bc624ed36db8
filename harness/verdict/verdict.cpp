#include "harness/verdict/verdict.h"

#include <algorithm>
#include <array>
#include <utility>

namespace splitproof::harness {

namespace {

constexpr std::array<std::pair<CaseResult, std::string_view>, 7> result_names{{
    {CaseResult::pass, "pass"},
    {CaseResult::fail, "fail"},
    {CaseResult::inconclusive, "inconclusive"},
    {CaseResult::unstable, "unstable"},
    {CaseResult::vacuous, "vacuous"},
    {CaseResult::not_run, "not-run"},
    {CaseResult::not_applicable, "not-applicable"},
}};

bool has_unexpected_warning(const CaseVerdict& verdict) {
  return verdict.expected == "holds" &&
         std::ranges::any_of(verdict.findings,
                             [](const Finding& finding) { return finding.severity == "warning"; });
}

}  // namespace

std::string_view to_string(CaseResult result) {
  return std::ranges::find(result_names, result, &std::pair<CaseResult, std::string_view>::first)
      ->second;
}

std::optional<CaseResult> parse_case_result(std::string_view text) {
  for (const auto& [result, name] : result_names) {
    if (name == text) return result;
  }
  return std::nullopt;
}

int exit_code(const RunVerdict& run, bool strict) {
  bool failed = false;
  bool undecided = false;
  for (const CaseVerdict& verdict : run.cases) {
    failed |= verdict.result == CaseResult::fail || (strict && has_unexpected_warning(verdict));
    undecided |= verdict.result != CaseResult::pass && verdict.result != CaseResult::fail &&
                 verdict.result != CaseResult::not_applicable;
  }
  if (failed) return 1;
  return undecided ? 2 : 0;
}

}  // namespace splitproof::harness
