#include "reports/layout.h"

#include <fmt/format.h>

#include <ostream>

#include "reports/text.h"

namespace splitproof::reports {

namespace {

constexpr std::size_t text_width_min = 20;

}  // namespace

void write_labelled(std::string_view label, std::string_view text, std::ostream& out,
                    std::size_t width) {
  if (text.empty()) return;
  const std::size_t indent = display_width(label);
  std::string start(label);
  const std::size_t room = width < indent + text_width_min ? text_width_min : width - indent;
  for (const std::string& line : wrap(text, room)) {
    out << start << line << "\n";
    start.assign(indent, ' ');
  }
}

std::string count_of(std::int64_t count, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", count, count == 1 ? singular : plural);
}

}  // namespace splitproof::reports
