#include "reports/explanation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ostream>

#include "reports/text.h"

namespace splitproof::reports {

namespace {

using harness::ExplainingPlan;
using harness::Explanation;
using harness::KindOfFault;

constexpr std::size_t plans_shown_max = 10;
constexpr std::size_t width = 98;

void put(std::ostream& out, std::string_view indent, const std::string& text) {
  for (const std::string& line : wrap(text, width - indent.size())) out << indent << line << '\n';
}

void render_plan(const ExplainingPlan& one, std::size_t number, std::ostream& out) {
  const std::string head = fmt::format("{}. {} / {} on {}: {}", number, one.scenario, one.variant,
                                       one.target, one.likeness);
  out << printable(head) << '\n';
  put(out, "   ", one.cause);
  put(out, "   ", one.damage);
  put(out, "   ",
      fmt::format("{}; {}", one.after_retries ? "the retries leave it so" : "the retries mend it",
                  one.plans == 1 ? fmt::format("by {}", fmt::join(one.kinds, ", "))
                                 : fmt::format("{} plans do this, by {}", one.plans,
                                               fmt::join(one.kinds, ", "))));
  // A line to paste stays whole.
  out << "   " << printable(one.replay) << '\n';
}

void render_kinds(const Explanation& explanation, std::ostream& out) {
  const auto name_width = [&] {
    std::size_t most = 0;
    for (const KindOfFault& kind : explanation.kinds) {
      most = std::max(most, display_width(printable(kind.name)));
    }
    return most;
  }();
  const auto list = [&](bool ruled_out, std::string_view heading) {
    bool begun = false;
    for (const KindOfFault& kind : explanation.kinds) {
      if ((kind.showing == 0) != ruled_out) continue;
      if (!begun) out << '\n' << heading << '\n';
      begun = true;
      out << fmt::format("  {}  in {} of {} runs; {}\n",
                         pad_right(printable(kind.name), name_width), kind.showing, kind.runs,
                         printable(kind.because));
    }
  };
  list(false, "Kinds of fault that leave it:");
  list(true, "Ruled out, as far as they were swept:");
}

}  // namespace

void render_explanation(const Explanation& explanation, std::ostream& out) {
  out << "The incident's rows:\n";
  for (const std::string& sentence : explanation.incident) put(out, "  ", sentence);
  out << '\n';
  if (explanation.plans.empty()) {
    out << fmt::format("No plan of the {} runs in the report leaves the same damage.\n",
                       explanation.runs);
  } else {
    out << "Plans that leave the same damage, the nearest and shortest first:\n\n";
  }
  for (std::size_t i = 0; i < std::min(explanation.plans.size(), plans_shown_max); ++i) {
    render_plan(explanation.plans[i], i + 1, out);
  }
  if (explanation.plans.size() > plans_shown_max) {
    out << fmt::format("and {} more\n", explanation.plans.size() - plans_shown_max);
  }
  render_kinds(explanation, out);
  out << fmt::format("\n{} runs of the report were compared", explanation.runs);
  if (explanation.unknown > 0) {
    out << fmt::format("; the rows that {} of them left are not written down", explanation.unknown);
  }
  out << '\n';
}

}  // namespace splitproof::reports
