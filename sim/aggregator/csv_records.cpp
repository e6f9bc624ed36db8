#include "sim/aggregator/csv_records.h"

#include <fmt/format.h>

#include <algorithm>

namespace splitproof::sim {

namespace {

constexpr int end_of_file = std::char_traits<char>::eof();

constexpr bool continues_character(int byte) { return (byte & 0xC0) == 0x80; }

// How many bytes a UTF-8 character has that begins with `first`; 0 when none begins so.
constexpr std::size_t character_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

// The second byte excludes overlong forms, surrogates and what lies above U+10FFFF.
constexpr bool second_byte_fits(unsigned char first, unsigned char second) {
  if (first == 0xE0) return second >= 0xA0;
  if (first == 0xED) return second <= 0x9F;
  if (first == 0xF0) return second >= 0x90;
  if (first == 0xF4) return second <= 0x8F;
  return true;
}

bool is_utf8(const std::string& text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[i + k]); };
    const std::size_t length = character_length(byte(0));
    if (length == 0 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if (!continues_character(byte(k))) return false;
    }
    if (length > 1 && !second_byte_fits(byte(0), byte(1))) return false;
    i += length;
  }
  return true;
}

}  // namespace

std::string quoted_for_message(const std::string& text) {
  constexpr std::size_t shown_max = 40;
  std::string shown = text;
  if (shown.size() > shown_max) {
    std::size_t end = shown_max;
    while (end > 0 && continues_character(static_cast<unsigned char>(text[end]))) --end;
    shown = text.substr(0, end) + "…";
  }
  std::ranges::replace_if(
      shown, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return "'" + shown + "'";
}

CsvRecords::CsvRecords(std::istream& in, const std::string& file)
    : in_(in), file_(file), ahead_(in.get()) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  for (const char c : byte_order_mark) {
    if (ahead_ != std::char_traits<char>::to_int_type(c)) break;
    ahead_ = in_.get();
  }
}

Result<std::optional<CsvRecord>, CsvError> CsvRecords::next() {
  const int first_line = line_;
  while (at_line_end()) {
    if (!take_line_end()) return lone_carriage_return();
  }
  if (peek() == end_of_file) {
    if (in_.bad()) return error_here("the file cannot be read to its end");
    return std::optional<CsvRecord>{};
  }
  if (line_ != first_line) {
    return CsvError{file_, first_line, 1, "found a blank line; expected one only at the end"};
  }
  CsvRecord record;
  if (Failure failure = read_record(record)) return *failure;
  return std::optional<CsvRecord>(std::move(record));
}

int CsvRecords::take() {
  const int byte = ahead_;
  ahead_ = in_.get();
  if (byte == '\n') {
    ++line_;
    column_ = 1;
  } else if (!continues_character(byte)) {
    ++column_;
  }
  return byte;
}

bool CsvRecords::at_line_end() const {
  const int byte = peek();
  return byte == '\n' || byte == '\r';
}

// False when a carriage return is not followed by a line feed.
bool CsvRecords::take_line_end() {
  if (peek() == '\r') ahead_ = in_.get();
  if (peek() != '\n') return false;
  take();
  return true;
}

CsvRecords::Failure CsvRecords::read_record(CsvRecord& record) {
  while (true) {
    CsvField& field = record.emplace_back(CsvField{{}, line_, column_});
    Failure failure = peek() == '"' ? read_quoted(field) : read_plain(field);
    if (!failure) failure = refuse_bad_text(field);
    if (failure) return failure;
    if (peek() == ',') {
      take();
      continue;
    }
    if (peek() != end_of_file && !take_line_end()) {
      return lone_carriage_return();
    }
    return std::nullopt;
  }
}

CsvRecords::Failure CsvRecords::read_plain(CsvField& field) {
  while (peek() != ',' && peek() != end_of_file && !at_line_end()) {
    if (peek() == '"') {
      return error_here(
          "found a quote inside a field that does not begin with one; expected the whole field in "
          "quotes and the quote doubled");
    }
    field.text.push_back(static_cast<char>(take()));
  }
  return std::nullopt;
}

CsvRecords::Failure CsvRecords::read_quoted(CsvField& field) {
  take();
  while (true) {
    const int byte = take();
    if (byte == end_of_file) {
      return CsvError{file_, field.line, field.column,
                      "found the end of the file inside a quoted field that begins here; expected "
                      "a closing quote"};
    }
    if (byte == '"') {
      if (peek() != '"') break;
      take();
    }
    field.text.push_back(static_cast<char>(byte));
  }
  if (peek() == ',' || peek() == end_of_file || at_line_end()) return std::nullopt;
  return error_here("found text after a closing quote; expected a comma or the end of the line");
}

CsvRecords::Failure CsvRecords::refuse_bad_text(const CsvField& field) const {
  if (field.text.find('\0') != std::string::npos) {
    return CsvError{file_, field.line, field.column, "found a NUL character; expected text"};
  }
  if (!is_utf8(field.text)) {
    return CsvError{file_, field.line, field.column,
                    "found bytes that are not UTF-8; expected the file to be saved as UTF-8"};
  }
  return std::nullopt;
}

CsvError CsvRecords::lone_carriage_return() const {
  return error_here("found a carriage return without a line feed; expected LF or CRLF");
}

CsvError CsvRecords::error_here(std::string message) const {
  return {file_, line_, column_, std::move(message)};
}

}  // namespace splitproof::sim
