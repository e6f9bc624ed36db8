#include "reports/difference_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string>

#include "reports/layout.h"
#include "reports/text.h"

namespace splitproof::reports {

namespace {

constexpr std::size_t cell_width_max = 24;
constexpr std::size_t gap = 2;
constexpr std::size_t indent = 2;
constexpr std::string_view missing = "missing";
constexpr std::string_view surplus = "surplus";

struct Row {
  std::string_view kind;
  std::vector<std::string> cells;  // As many as there are columns.
};

Row row_of(std::string_view kind, const std::vector<std::string>& values, std::size_t columns) {
  Row row{kind, {}};
  for (std::size_t i = 0; i < columns; ++i) {
    row.cells.push_back(i < values.size() ? shorten(printable(values[i]), cell_width_max) : "");
  }
  return row;
}

std::vector<Row> rows_of(const harness::TableDifference& difference) {
  std::vector<Row> rows;
  for (const auto& values : difference.expected) {
    rows.push_back(row_of(missing, values, difference.columns.size()));
  }
  for (const auto& values : difference.found) {
    rows.push_back(row_of(surplus, values, difference.columns.size()));
  }
  return rows;
}

std::vector<std::size_t> widths_of(const harness::TableDifference& difference,
                                   const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < difference.columns.size(); ++i) {
    std::size_t width = std::min(display_width(printable(difference.columns[i])), cell_width_max);
    for (const Row& row : rows) width = std::max(width, display_width(row.cells[i]));
    widths.push_back(width);
  }
  return widths;
}

// The columns in groups that fit on the page. The first column names the row and leads each group.
std::vector<std::vector<std::size_t>> groups_of(const std::vector<std::size_t>& widths,
                                                std::size_t page) {
  std::vector<std::vector<std::size_t>> groups;
  std::size_t used = page + 1;
  for (std::size_t column = 0; column < widths.size(); ++column) {
    if (used + gap + widths[column] > page) {
      const bool repeats_first = column > 0;
      groups.push_back(repeats_first ? std::vector<std::size_t>{0} : std::vector<std::size_t>{});
      used = indent + missing.size() + (repeats_first ? gap + widths[0] : 0);
    }
    groups.back().push_back(column);
    used += gap + widths[column];
  }
  return groups;
}

std::string line_of(std::string_view kind, const std::vector<std::string>& cells,
                    const std::vector<std::size_t>& shown, const std::vector<std::size_t>& widths) {
  std::string line = std::string(indent, ' ') + pad_right(kind, missing.size());
  for (const std::size_t column : shown) {
    line +=
        std::string(gap, ' ') + pad_right(shorten(cells[column], widths[column]), widths[column]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::vector<std::string> printable_titles(const std::vector<std::string>& columns) {
  std::vector<std::string> titles;
  for (const std::string& column : columns) titles.push_back(printable(column));
  return titles;
}

}  // namespace

void write_difference(const harness::TableDifference& difference, std::ostream& out,
                      std::size_t width) {
  const std::vector<Row> rows = rows_of(difference);
  const std::vector<std::size_t> widths = widths_of(difference, rows);
  write_labelled("", "table " + difference.table + " is not what it should be", out, width);
  for (const std::vector<std::size_t>& shown : groups_of(widths, width)) {
    if (rows.empty()) break;
    out << line_of("", printable_titles(difference.columns), shown, widths) << "\n";
    for (const Row& row : rows) out << line_of(row.kind, row.cells, shown, widths) << "\n";
  }
  if (difference.rows_left_out > 0) {
    out << fmt::format("  (and {})\n", count_of(static_cast<std::int64_t>(difference.rows_left_out),
                                                "more row", "more rows"));
  }
}

}  // namespace splitproof::reports
