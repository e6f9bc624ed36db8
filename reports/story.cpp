#include "reports/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "reports/difference_table.h"
#include "reports/layout.h"
#include "reports/text.h"

namespace splitproof::reports {

namespace {

constexpr std::size_t actor_width_max = 32;

void write_steps(const std::vector<harness::StoryLine>& story, std::ostream& out) {
  if (story.empty()) return;
  out << "\nwhat happened\n";
  std::size_t actor_width = 0;
  for (const harness::StoryLine& line : story) {
    actor_width = std::max(actor_width, display_width(printable(line.actor)));
  }
  actor_width = std::min(actor_width, actor_width_max);
  const std::size_t number_width = fmt::format("{}", story.size()).size() + 2;
  for (std::size_t i = 0; i < story.size(); ++i) {
    const std::string actor = shorten(printable(story[i].actor), actor_width);
    const std::string label =
        fmt::format("{}. {}  ", pad_left(fmt::format("{}", i + 1), number_width),
                    pad_right(actor, actor_width));
    write_labelled(label, story[i].text.empty() ? "-" : story[i].text, out);
  }
}

void write_damage(const std::vector<harness::Damage>& damage, std::string_view indent,
                  std::ostream& out) {
  std::string label = fmt::format("{}damage   ", indent);
  for (const harness::Damage& one : damage) {
    write_labelled(label, one.text, out);
    label.assign(label.size(), ' ');
  }
}

void write_argument(const harness::Finding& finding, std::string_view indent, std::ostream& out) {
  write_labelled(fmt::format("{}claim    ", indent), finding.claim, out);
  write_labelled(fmt::format("{}because  ", indent), finding.because, out);
  write_damage(finding.damage, indent, out);
}

std::string kind_of(const harness::Finding& finding) {
  std::string kind = printable(finding.severity) + " of " + printable(finding.oracle);
  if (!finding.anomaly.empty()) kind += ", " + printable(finding.anomaly);
  return kind + ", seen in " + count_of(finding.runs, "run", "runs");
}

}  // namespace

void render_finding(const harness::Finding& finding, std::ostream& out) {
  out << printable(finding.id) << "\n";
  write_labelled("  ", kind_of(finding), out);
  out << "\n";
  write_argument(finding, "", out);
  write_steps(finding.story, out);
  for (const harness::TableDifference& difference : finding.differences) {
    out << "\n";
    write_difference(difference, out);
  }
  out << "\nplan     " << printable(finding.plan) << "\n";
  out << "\nsee it again:\n" << printable(finding.replay) << "\n";
}

void render_headline(const harness::Finding& finding, std::ostream& out) {
  write_argument(finding, "    ", out);
  out << "    again    " << printable(finding.replay) << "\n";
}

}  // namespace splitproof::reports
