#include "reports/case_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <string>

#include "reports/case_text.h"
#include "reports/layout.h"
#include "reports/text.h"

namespace splitproof::reports {

namespace {

enum class Align { left, right };

struct Column {
  std::string_view title;
  Align align;
  std::size_t width_max;
};

constexpr std::size_t uncut = 1000;
constexpr std::size_t column_count = 9;
constexpr std::array<Column, column_count> columns{{
    {"verdict", Align::left, 16},
    {"variant", Align::left, 30},
    {"target", Align::left, 10},
    {"expected", Align::left, 8},
    {"observed", Align::left, 8},
    {"points", Align::right, uncut},
    {"runs", Align::right, uncut},
    {"faults", Align::right, uncut},
    {"closed", Align::left, 6},
}};

using Cells = std::array<std::string, column_count>;
using Widths = std::array<std::size_t, column_count>;

constexpr std::size_t variant_column = 1;
constexpr std::size_t target_column = 2;
constexpr std::size_t name_width_min = 8;
constexpr std::size_t title_width_min = 16;
constexpr std::size_t indent = 2;
constexpr std::size_t gap = 2;
constexpr std::string_view below_a_row = "      ";

std::string or_dash(std::string_view text) { return text.empty() ? "-" : printable(text); }

Cells cells_of(const harness::CaseVerdict& verdict) {
  Cells cells{fmt::format("{} {}", sign_of(verdict.result), harness::to_string(verdict.result)),
              or_dash(verdict.variant),
              or_dash(verdict.target),
              or_dash(verdict.expected),
              or_dash(verdict.observed),
              fmt::format("{}", verdict.points),
              fmt::format("{}", verdict.runs),
              fmt::format("{}/{}", verdict.faults.fired, verdict.faults.planned),
              std::string(closed_text(verdict))};
  // Zeros of a case that never started would read as a measurement.
  if (verdict.runs == 0) std::fill(cells.begin() + 4, cells.end(), "-");
  return cells;
}

std::size_t line_width(const Widths& widths) {
  std::size_t sum = indent + gap * (column_count - 1);
  for (const std::size_t width : widths) sum += width;
  return sum;
}

// Names give way to numbers: first the target's, which few rows differ in, then the variant's.
void shrink_to_page(Widths& widths) {
  for (const std::size_t column : {target_column, variant_column}) {
    const std::size_t width = line_width(widths);
    if (width <= page_width) return;
    const std::size_t spare = widths.at(column) - std::min(widths.at(column), name_width_min);
    widths.at(column) -= std::min(width - page_width, spare);
  }
}

Widths widths_of(const std::vector<Cells>& rows) {
  Widths widths{};
  for (std::size_t i = 0; i < column_count; ++i) {
    widths.at(i) = columns.at(i).title.size();
    for (const Cells& row : rows) widths.at(i) = std::max(widths.at(i), display_width(row.at(i)));
    widths.at(i) = std::min(widths.at(i), columns.at(i).width_max);
  }
  shrink_to_page(widths);
  return widths;
}

std::string padded(const Cells& cells, const Widths& widths, std::size_t column) {
  const std::string text = shorten(cells.at(column), widths.at(column));
  return columns.at(column).align == Align::left ? pad_right(text, widths.at(column))
                                                 : pad_left(text, widths.at(column));
}

// All columns from `first` on, without blanks at the end.
std::string joined(const Cells& cells, const Widths& widths, std::size_t first) {
  std::string line;
  for (std::size_t i = first; i < column_count; ++i) {
    line += (i == first ? "" : std::string(gap, ' ')) + padded(cells, widths, i);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

void write_header(const Widths& widths, const Paint& paint, std::ostream& out) {
  Cells titles;
  for (std::size_t i = 0; i < column_count; ++i) titles.at(i) = columns.at(i).title;
  out << paint.dim(std::string(indent, ' ') + joined(titles, widths, 0)) << "\n";
}

void write_scenario(const harness::CaseVerdict& verdict, const Paint& paint, std::ostream& out) {
  const std::string name = printable(verdict.scenario);
  out << paint.bold(shorten(name, page_width));
  const std::size_t used = display_width(name) + gap;
  if (!verdict.title.empty() && used + title_width_min < page_width) {
    out << "  " << shorten(printable(verdict.title), page_width - used);
  }
  out << "\n";
}

}  // namespace

void write_case_table(const std::vector<harness::CaseVerdict>& cases, const Paint& paint,
                      std::ostream& out) {
  if (cases.empty()) return;
  std::vector<Cells> rows;
  for (const harness::CaseVerdict& verdict : cases) rows.push_back(cells_of(verdict));
  const Widths widths = widths_of(rows);
  write_header(widths, paint, out);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == 0 || cases[i].scenario != cases[i - 1].scenario) write_scenario(cases[i], paint, out);
    out << std::string(indent, ' ') << paint.as(cases[i].result, padded(rows[i], widths, 0))
        << std::string(gap, ' ') << joined(rows[i], widths, 1) << "\n";
    write_labelled(below_a_row, sessions_text(cases[i]), out);
  }
}

}  // namespace splitproof::reports
