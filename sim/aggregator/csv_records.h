// CSV as RFC 4180 has it, without a meaning for its fields: records of fields, separated by commas
// and by LF or CRLF; a field in double quotes may hold both, and a quote as two quotes.
//
// It is strict, because a file that is read wrongly is worse than one that is refused: a quote in
// the middle of a plain field, text after a closing quote, a lone carriage return, a NUL and bytes
// that are not UTF-8 are errors. A byte order mark and blank lines at the end are passed over.
#pragma once

#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "sim/aggregator/csv.h"
#include "sim/base/result.h"

namespace splitproof::sim {

struct CsvField {
  std::string text;
  int line = 0;    // Where it begins, from 1.
  int column = 0;  // In characters, from 1.
};

using CsvRecord = std::vector<CsvField>;

class CsvRecords {
 public:
  // Both are borrowed and must outlive the object; `file` is the name in errors.
  CsvRecords(std::istream& in, const std::string& file);

  // The next record, empty at the end of the file. After an error nothing more can be read.
  Result<std::optional<CsvRecord>, CsvError> next();

 private:
  using Failure = std::optional<CsvError>;

  int peek() const { return ahead_; }
  int take();
  bool take_line_end();
  bool at_line_end() const;
  Failure read_record(CsvRecord& record);
  Failure read_plain(CsvField& field);
  Failure read_quoted(CsvField& field);
  Failure refuse_bad_text(const CsvField& field) const;
  CsvError lone_carriage_return() const;
  CsvError error_here(std::string message) const;

  std::istream& in_;
  const std::string& file_;
  int ahead_;  // The byte that comes next; asked for often, and a stream answers slowly.
  int line_ = 1;
  int column_ = 1;
};

// `text` in quotes for a message, cut where it is long.
std::string quoted_for_message(const std::string& text);

}  // namespace splitproof::sim
