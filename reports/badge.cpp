#include "reports/badge.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string>

#include "reports/case_text.h"
#include "reports/layout.h"

namespace splitproof::reports {

namespace {

using harness::CaseResult;
using harness::CaseVerdict;
using harness::RunVerdict;

struct Words {
  std::string text;
  std::string_view colour;  // Dark enough for white letters: a contrast of 4.5 at least.
};

constexpr std::string_view good = "#1a7f37";
constexpr std::string_view bad = "#b42318";
constexpr std::string_view open = "#8a5a00";

Words words_of(const RunVerdict& run, bool strict) {
  const auto failed = std::ranges::count_if(
      run.cases, [strict](const CaseVerdict& one) { return counts_as_failure(one, strict); });
  if (failed > 0) return {fmt::format("{} of {} fail", failed, std::ssize(run.cases)), bad};
  const auto passed = std::ranges::count(run.cases, CaseResult::pass, &CaseVerdict::result);
  if (!run.complete) return {"not complete", open};
  const auto left = std::ranges::count_if(run.cases, did_not_pass);
  if (left > 0) return {fmt::format("{} of {} undecided", left, std::ssize(run.cases)), open};
  if (passed == 0) return {"nothing was run", open};
  return {count_of(passed, "case passes", "cases pass"), good};
}

// Letters of such a picture are about as wide as this; `textLength` makes them so.
constexpr int letter = 7;
constexpr int margin = 7;

int width_of(std::string_view text) { return static_cast<int>(text.size()) * letter + 2 * margin; }

}  // namespace

void BadgeRenderer::render(const RunVerdict& run, std::ostream& out) const {
  constexpr std::string_view name = "splitproof";
  const Words words = words_of(run, strict_);
  const int left = width_of(name);
  const int right = width_of(words.text);
  const auto write = [&out](int x, std::string_view text) {
    out << fmt::format("  <text x=\"{}\" y=\"14\" textLength=\"{}\">{}</text>\n", x + margin,
                       text.size() * letter, text);
  };
  out << fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"20\" role=\"img\" "
      "aria-label=\"splitproof: {1}\">\n <title>splitproof: {1}</title>\n"
      " <rect width=\"{0}\" height=\"20\" rx=\"3\" fill=\"#3a3f47\"/>\n"
      " <path d=\"M{2} 0h{3}a3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3h-{3}z\" fill=\"{4}\"/>\n"
      " <g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">\n",
      left + right, words.text, left, right - 3, words.colour);
  write(0, name);
  write(left, words.text);
  out << " </g>\n</svg>\n";
}

}  // namespace splitproof::reports
