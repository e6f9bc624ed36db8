// A CSV file with a header that names the columns, in any order, read row by row into a struct: one
// list of columns per kind of file says which there are and how each field is taken.
//
// All columns must be there, and no others. Nothing is known here about what rows mean together.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/aggregator/csv_records.h"
#include "sim/base/money.h"

namespace splitproof::sim {

// What is wrong with one field, in words that follow the column's name; empty when it was taken.
using CsvComplaint = std::optional<std::string>;

template <class Row>
struct CsvColumn {
  std::string_view name;
  CsvComplaint (*take)(const std::string& text, Row& row);
};

// "found 'x'; expected y"
inline std::string found_instead(const std::string& text, std::string_view expected) {
  return fmt::format("found {}; expected {}", quoted_for_message(text), expected);
}

// Takes for CsvColumn, of a field into a member. Text may not be empty; a number is whole, and an
// amount has at most two decimals, both from 0 to `max` (amounts in minor units).
template <auto member, class Row>
CsvComplaint take_text(const std::string& text, Row& row) {
  if (text.empty()) return "found nothing; expected text";
  row.*member = text;
  return std::nullopt;
}

template <auto member, std::int64_t max, class Row>
CsvComplaint take_count(const std::string& text, Row& row) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end || value < 0 || value > max) {
    return found_instead(text, fmt::format("a whole number from 0 to {}", max));
  }
  row.*member = value;
  return std::nullopt;
}

template <auto member, std::int64_t max, class Row>
CsvComplaint take_money(const std::string& text, Row& row) {
  const auto money = parse_money(text);
  if (!money || *money < Money{0} || *money > Money{max}) {
    return found_instead(text, fmt::format("an amount with at most two decimals from 0.00 to {}",
                                           to_string(Money{max})));
  }
  row.*member = *money;
  return std::nullopt;
}

template <auto member, class Row>
CsvComplaint take_platform(const std::string& text, Row& row) {
  if (text != "google" && text != "meta") return found_instead(text, "'google' or 'meta'");
  row.*member = text;
  return std::nullopt;
}

template <class Row>
class CsvTable {
 public:
  struct Line {
    Row row;
    int number = 0;  // In the file, from 1.
  };

  // All are borrowed and must outlive the object; `file` is the name in errors.
  CsvTable(std::istream& in, const std::string& file, std::span<const CsvColumn<Row>> columns)
      : records_(in, file), file_(file), columns_(columns) {}

  // Empty when the header is as it must be.
  std::optional<CsvError> read_header() {
    auto first = records_.next();
    if (!first.ok()) return first.error();
    if (!first.value()) return CsvError{file_, 1, 1, "the file is empty; expected a header line"};
    for (const CsvField& field : *first.value()) {
      const auto column = std::ranges::find(columns_, field.text, &CsvColumn<Row>::name);
      if (column == columns_.end()) {
        return CsvError{file_, field.line, field.column,
                        fmt::format("found the unknown column {}; expected {}",
                                    quoted_for_message(field.text), missing())};
      }
      if (std::ranges::find(header_, &*column) != header_.end()) {
        return CsvError{file_, field.line, field.column,
                        fmt::format("found the column '{}' twice; expected it once", field.text)};
      }
      header_.push_back(&*column);
    }
    if (header_.size() == columns_.size()) return std::nullopt;
    return CsvError{file_, 1, 1,
                    fmt::format("missing in the header: {}; expected all {} columns", missing(),
                                columns_.size())};
  }

  // The next row, empty at the end of the file. After an error nothing more can be read.
  Result<std::optional<Line>, CsvError> next() {
    auto record = records_.next();
    if (!record.ok()) return record.error();
    if (!record.value()) return std::optional<Line>{};
    const CsvRecord& fields = *record.value();
    if (fields.size() != header_.size()) {
      const CsvField& place = fields.size() < header_.size() ? fields[0] : fields[header_.size()];
      return CsvError{file_, place.line, place.column,
                      fmt::format("found {} fields; expected {} as in the header", fields.size(),
                                  header_.size())};
    }
    Line line;
    line.number = fields[0].line;
    for (std::size_t i = 0; i < header_.size(); ++i) {
      if (const CsvComplaint complaint = header_[i]->take(fields[i].text, line.row)) {
        return CsvError{file_, fields[i].line, fields[i].column,
                        fmt::format("{}: {}", header_[i]->name, *complaint)};
      }
    }
    return std::optional<Line>{std::move(line)};
  }

 private:
  std::string missing() const {
    std::string names;
    for (const CsvColumn<Row>& column : columns_) {
      if (std::ranges::find(header_, &column) != header_.end()) continue;
      names += fmt::format("{}'{}'", names.empty() ? "" : ", ", column.name);
    }
    return names;
  }

  CsvRecords records_;
  const std::string& file_;
  std::span<const CsvColumn<Row>> columns_;
  std::vector<const CsvColumn<Row>*> header_;  // In the file's order.
};

}  // namespace splitproof::sim
