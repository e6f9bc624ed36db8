#include "harness/history/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "sim/sql/word_scanner.h"

namespace splitproof::harness {

namespace {

constexpr std::string_view error_prefix = "error ";
// From this many digits on, a number in a name is taken for one of a process, a thread or a clock.
constexpr std::size_t made_up_digits_min = 5;

bool is_decimal(char c) { return c >= '0' && c <= '9'; }

bool is_constant(std::string_view piece) {
  const char first = piece.front();
  return is_decimal(first) || piece.back() == '\'' ||
         (first == '$' && piece.back() == '$' && piece.size() > 1);
}

// "_django_curs_140501346005056_sync_1" without the thread's number.
std::string without_made_up_numbers(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    const auto end = std::ranges::find_if_not(name, is_decimal);
    const auto digits = static_cast<std::size_t>(end - name.begin());
    const std::size_t size = std::max<std::size_t>(digits, 1);
    text += digits < made_up_digits_min ? name.substr(0, size) : std::string_view("?");
    name.remove_prefix(size);
  }
  return text;
}

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
    const bool digit = is_decimal(c);
    if (!digit) text += c;
    if (digit && !in_number) text += '#';
    in_number = digit;
  }
  return text;
}

std::string shape_of(const std::string& sql) {
  sim::WordScanner pieces(sql);
  std::string shape;
  bool names_savepoint = false;
  for (std::string_view piece = pieces.next_piece(); !piece.empty(); piece = pieces.next_piece()) {
    const bool literal = is_constant(piece);
    // A decimal point stands between digits.
    if (literal && shape.ends_with("? .")) {
      shape.resize(shape.size() - std::string_view(" .").size());
      continue;
    }
    if (!shape.empty()) shape += ' ';
    shape += literal || names_savepoint ? "?" : without_made_up_numbers(piece);
    names_savepoint = sim::WordScanner(piece).next() == "SAVEPOINT";
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
