#include "harness/verdict/comparison.h"

#include <algorithm>

#include "harness/verdict/verdict.h"

namespace splitproof::harness {

namespace {

// A pass that is none any more; what failed before and does so otherwise is told by its findings.
bool is_worse(const CaseComparison& one) {
  const auto before = parse_case_result(one.before);
  const auto now = parse_case_result(one.now);
  return before == CaseResult::pass && now && now != CaseResult::pass;
}

}  // namespace

int exit_code(const ReportComparison& comparison) {
  const auto any = [&](auto holds) { return std::ranges::any_of(comparison.cases, holds); };
  if (any([](const CaseComparison& one) { return !one.appeared.empty() || is_worse(one); })) {
    return 1;
  }
  return any([](const CaseComparison& one) { return !one.vanished.empty() || one.now.empty(); })
             ? 2
             : 0;
}

}  // namespace splitproof::harness
