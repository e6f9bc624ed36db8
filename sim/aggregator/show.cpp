#include "sim/aggregator/show.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/aggregator/schema.h"
#include "sim/base/money.h"

namespace splitproof::sim {

namespace {

struct Column {
  std::string title;
  bool hundredths = false;
  bool numbers = true;  // No text stands in it.
  std::size_t width = 0;
};

// In characters, as far as each takes one place on the screen.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

Column column_of(const std::string& name) {
  for (const auto& [ending, replacement] :
       {std::pair{"_minor", ""}, {"_hundredths", ""}, {"_bp", "_percent"}}) {
    if (!name.ends_with(ending)) continue;
    return {.title = name.substr(0, name.rfind('_')) + replacement, .hundredths = true};
  }
  return {.title = name};
}

std::string shown(const Value& value, const Column& column) {
  if (std::holds_alternative<Null>(value)) return "-";
  const auto* const number = std::get_if<std::int64_t>(&value);
  if (number != nullptr && column.hundredths) return to_string(Money{*number});
  return to_string(value);
}

std::string padded(const std::string& text, const Column& column) {
  const std::string blanks(column.width - width_of(text), ' ');
  return column.numbers ? blanks + text : text + blanks;
}

std::string line_of(const std::vector<std::string>& texts, const std::vector<Column>& columns) {
  std::string line;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    line += (i > 0 ? "  " : "") + padded(texts[i], columns[i]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

std::string text_table(const Rows& rows) {
  std::vector<Column> columns;
  std::vector<std::string> titles;
  for (const std::string& name : rows.columns) {
    columns.push_back(column_of(name));
    titles.push_back(columns.back().title);
    columns.back().width = width_of(titles.back());
  }
  std::vector<std::vector<std::string>> lines;
  for (const Row& row : rows.rows) {
    std::vector<std::string>& line = lines.emplace_back();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      line.push_back(shown(row[i], columns[i]));
      columns[i].width = std::max(columns[i].width, width_of(line.back()));
      if (std::holds_alternative<std::string>(row[i])) columns[i].numbers = false;
    }
  }
  std::string text = line_of(titles, columns);
  for (const auto& line : lines) text += line_of(line, columns);
  return text;
}

Answer<std::string> show_table(Transaction& transaction, const std::string& table,
                               std::int64_t rows_max) {
  const auto known = std::ranges::find(table_names(), table, &TableName::name);
  if (known == table_names().end()) {
    return Error{ErrorKind::invalid, {}, fmt::format("there is no table '{}'", table)};
  }
  const auto counted = transaction.execute(
      Statement(fmt::format("/* count rows */ SELECT COUNT(*) FROM {}", known->name)));
  if (!counted.ok()) return counted.error();
  const auto rows = transaction.execute(
      Statement(fmt::format("/* show rows */ SELECT * FROM {} ORDER BY {} LIMIT $1", known->name,
                            known->order),
                {rows_max}));
  if (!rows.ok()) return rows.error();
  const auto all = std::get<std::int64_t>(counted.value().rows.front().front());
  const auto printed = static_cast<std::int64_t>(rows.value().rows.size());
  return text_table(rows.value()) +
         (printed == all
              ? fmt::format("({} row{})\n", all, all == 1 ? "" : "s")
              : fmt::format("(the first {} of {} rows; --rows shows more)\n", printed, all));
}

Answer<std::string> show_overview(Transaction& transaction) {
  Rows overview{.columns = {"table", "rows"}, .rows = {}};
  for (const TableName& table : table_names()) {
    const auto counted = transaction.execute(
        Statement(fmt::format("/* count rows */ SELECT COUNT(*) FROM {}", table.name)));
    if (!counted.ok()) return counted.error();
    overview.rows.push_back({std::string(table.name), counted.value().rows.front().front()});
  }
  return text_table(overview);
}

}  // namespace splitproof::sim
