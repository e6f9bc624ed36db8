#include "harness/history/history.h"

#include <fmt/format.h>

#include <string_view>

#include "sim/sql/word_scanner.h"

namespace splitproof::harness {

namespace {

constexpr std::string_view error_prefix = "error ";

bool same_answer(const std::string& left, const std::string& right) {
  if (left == right) return true;
  return left.starts_with(error_prefix) && right.starts_with(error_prefix) &&
         comparable_answer(left) == comparable_answer(right);
}

}  // namespace

// Only words that the database itself made up hold such numbers: an error's message, behind its
// code.
std::string comparable_answer(const std::string& answer) {
  const std::size_t message =
      answer.starts_with(error_prefix) ? answer.find(": ") : std::string::npos;
  if (message == std::string::npos) return answer;
  std::string text = answer.substr(0, message);
  bool in_number = false;
  for (const char c : answer.substr(message)) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) text += c;
    if (digit && !in_number) text += '#';
    in_number = digit;
  }
  return text;
}

std::string shape_of(const std::string& sql) {
  sim::WordScanner pieces(sql);
  std::string shape;
  for (std::string_view piece = pieces.next_piece(); !piece.empty(); piece = pieces.next_piece()) {
    const char first = piece.front();
    const char last = piece.back();
    const bool is_literal = (first >= '0' && first <= '9') || last == '\'' ||
                            (first == '$' && last == '$' && piece.size() > 1);
    // A decimal point stands between digits.
    if (is_literal && shape.ends_with("? .")) {
      shape.resize(shape.size() - std::string_view(" .").size());
      continue;
    }
    if (!shape.empty()) shape += ' ';
    shape += is_literal ? std::string_view("?") : piece;
  }
  return shape;
}

bool same(const Event& left, const Event& right, bool with_parameters) {
  return left.client == right.client && left.statement == right.statement &&
         left.operation == right.operation && left.connection == right.connection &&
         left.kind == right.kind &&
         (left.text == right.text ||
          (!with_parameters && shape_of(left.text) == shape_of(right.text))) &&
         same_answer(left.answer, right.answer) &&
         (!with_parameters || left.parameters == right.parameters);
}

std::string answer_text(const sim::Answer<sim::Rows>& answer, sim::StatementKind kind) {
  if (!answer.ok()) {
    const sim::Error& error = answer.error();
    if (error.kind == sim::ErrorKind::connection_lost) return "no answer: the connection is lost";
    return fmt::format("error {}: {}", error.native_code, error.message);
  }
  if (kind == sim::StatementKind::read)
    return fmt::format("ok, {} rows", answer.value().rows.size());
  if (kind == sim::StatementKind::write) {
    return fmt::format("ok, {} rows affected", answer.value().affected);
  }
  return "ok";
}

}  // namespace splitproof::harness
