#include "reports/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <set>

#include "reports/case_text.h"
#include "reports/difference_table.h"
#include "reports/layout.h"
#include "reports/text.h"

namespace splitproof::reports {

namespace {

constexpr std::size_t actor_width_usual = 32;

// Wide enough for the longest name; a longer one than usual is cut, unless that would make two
// actors look the same.
std::size_t actor_width_of(const std::vector<harness::StoryLine>& story, std::size_t width_max) {
  std::set<std::string> actors;
  std::size_t longest = 0;
  for (const harness::StoryLine& line : story) {
    const auto [actor, first_time] = actors.insert(printable(line.actor));
    if (first_time) longest = std::max(longest, display_width(*actor));
  }
  std::size_t width = std::min({longest, actor_width_usual, width_max});
  for (; width < std::min(longest, width_max); ++width) {
    std::set<std::string> shown;
    for (const std::string& actor : actors) shown.insert(shorten(actor, width));
    if (shown.size() == actors.size()) break;
  }
  return width;
}

void write_damage(const std::vector<harness::Damage>& damage, std::string_view indent,
                  std::ostream& out, std::size_t width) {
  std::string label = fmt::format("{}damage   ", indent);
  for (const harness::Damage& one : damage) {
    write_labelled(label, one.text, out, width);
    label.assign(label.size(), ' ');
  }
}

void write_argument(const harness::Finding& finding, std::string_view indent, std::ostream& out,
                    std::size_t width) {
  write_labelled(fmt::format("{}claim    ", indent), finding.claim, out, width);
  write_labelled(fmt::format("{}because  ", indent), finding.because, out, width);
  const std::string circle = circle_text(finding);
  if (!circle.empty()) write_labelled(fmt::format("{}anomaly  ", indent), circle, out, width);
  write_damage(finding.damage, indent, out, width);
}

void write_dependencies(const harness::Finding& finding, std::ostream& out, std::size_t width) {
  if (finding.dependencies.empty()) return;
  out << "\nwhy no serial order gives it\n";
  for (const harness::DependencyLine& edge : finding.dependencies) {
    write_labelled(fmt::format("  {}  ", printable(edge.kind)), edge.because, out, width);
  }
}

// Each line keeps a little of its own indentation: a trace of calls is read by it.
void write_output(std::string_view output, std::ostream& out, std::size_t width) {
  constexpr std::size_t indent_max = 8;
  if (output.empty()) return;
  out << "\nthe last lines of what the program wrote\n";
  while (!output.empty()) {
    const std::size_t end = std::min(output.find('\n'), output.size());
    const std::string_view line = output.substr(0, end);
    const std::size_t blanks = std::min(line.find_first_not_of(" \t"), line.size());
    write_labelled("  " + std::string(std::min(blanks, indent_max), ' '), line, out, width);
    output.remove_prefix(std::min(end + 1, output.size()));
  }
}

std::string kind_of(const harness::Finding& finding) {
  std::string kind = printable(finding.severity) + " of " + printable(finding.oracle);
  if (!finding.anomaly.empty()) kind += ", " + printable(finding.anomaly);
  return kind + ", seen in " + count_of(finding.runs, "run", "runs");
}

}  // namespace

void write_steps(const std::vector<harness::StoryLine>& story, std::string_view indent,
                 std::ostream& out, std::size_t width) {
  const std::size_t actor_width = actor_width_of(story, width / 2);
  const std::size_t number_width = fmt::format("{}", story.size()).size();
  for (std::size_t i = 0; i < story.size(); ++i) {
    const std::string actor = shorten(printable(story[i].actor), actor_width);
    const std::string label =
        fmt::format("{}{}. {}  ", indent, pad_left(fmt::format("{}", i + 1), number_width),
                    pad_right(actor, actor_width));
    write_labelled(label, story[i].text.empty() ? "-" : story[i].text, out, width);
  }
}

void render_finding(const harness::Finding& finding, std::ostream& out, std::size_t page) {
  const std::size_t width = std::max(page, page_width_min);
  out << printable(finding.id) << "\n";
  write_labelled("  ", kind_of(finding), out, width);
  out << "\n";
  write_argument(finding, "", out, width);
  if (!finding.story.empty()) out << "\nwhat happened\n";
  write_steps(finding.story, "  ", out, width);
  write_output(finding.output, out, width);
  write_dependencies(finding, out, width);
  for (const harness::TableDifference& difference : finding.differences) {
    out << "\n";
    write_difference(difference, out, width);
  }
  out << "\nplan     " << printable(finding.plan) << "\n";
  out << "\nsee it again:\n" << printable(finding.replay) << "\n";
}

void render_headline(const harness::Finding& finding, std::ostream& out) {
  write_argument(finding, "    ", out, page_width);
  out << "    again    " << printable(finding.replay) << "\n";
}

}  // namespace splitproof::reports
