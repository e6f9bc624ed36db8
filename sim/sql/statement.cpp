#include "sim/sql/statement.h"

#include <fmt/core.h>

#include <utility>

#include "sim/sql/word_scanner.h"

namespace splitproof::sim {
namespace {

// ROLLBACK [WORK | TRANSACTION] TO … goes back to a savepoint; COMMIT and ROLLBACK PREPARED end a
// transaction that is not the session's own.
StatementKind kind_of_end(WordScanner& words, StatementKind end) {
  std::string word = words.next();
  if (word == "PREPARED") return StatementKind::write;
  if (word == "WORK" || word == "TRANSACTION") word = words.next();
  const bool to_savepoint = end == StatementKind::rollback && word == "TO";
  return to_savepoint ? StatementKind::rollback_to : end;
}

// WITH … is a read unless a word in it changes data. FOR UPDATE and FOR NO KEY UPDATE only lock.
StatementKind kind_of_with(WordScanner& words) {
  std::string before;
  for (std::string word = words.next(); !word.empty(); word = words.next()) {
    if (word == "INSERT" || word == "DELETE" || word == "MERGE") return StatementKind::write;
    if (word == "UPDATE" && before != "FOR" && before != "KEY") return StatementKind::write;
    if (word == "INTO" && before == "REPLACE") return StatementKind::write;
    before = std::move(word);
  }
  return StatementKind::read;
}

StatementKind kind_of_text(std::string_view text) {
  WordScanner words(text);
  const std::string first = words.next();
  if (first == "SELECT" || first == "VALUES" || first == "TABLE" || first == "SHOW" ||
      first == "EXPLAIN" || first == "PRAGMA") {
    return StatementKind::read;
  }
  if (first == "WITH") return kind_of_with(words);
  if (first == "BEGIN") return StatementKind::begin;
  if (first == "START" && words.next() == "TRANSACTION") return StatementKind::begin;
  if (first == "COMMIT" || first == "END") return kind_of_end(words, StatementKind::commit);
  if (first == "ROLLBACK" || first == "ABORT") return kind_of_end(words, StatementKind::rollback);
  if (first == "SAVEPOINT") return StatementKind::savepoint;
  if (first == "RELEASE") return StatementKind::release;
  return StatementKind::write;
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

std::string in_one_line(std::string_view text) {
  std::string line;
  bool gap = false;
  for (const char c : text) {
    if (is_space(c)) {
      gap = !line.empty();
      continue;
    }
    if (gap) line += ' ';
    gap = false;
    line += c;
  }
  return line;
}

// At most `length_max` bytes, never ending inside a UTF-8 sequence.
std::string shortened(std::string line, std::size_t length_max) {
  constexpr std::string_view ellipsis = "...";
  if (line.size() <= length_max) return line;
  std::size_t length = length_max - ellipsis.size();
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80U;
  };
  while (length > 0 && continues(length)) --length;
  line.resize(length);
  line += ellipsis;
  return line;
}

struct LeadingComment {
  std::string words;
  std::string_view rest;  // The text behind the comment.
};

LeadingComment leading_comment(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  const bool block = text.starts_with("/*");
  if (!block && !text.starts_with("--")) return {.words = {}, .rest = text};
  const std::string_view closing = block ? "*/" : "\n";
  const std::string_view body = text.substr(2);
  const std::size_t end = body.find(closing);
  if (end == std::string_view::npos) return {.words = in_one_line(body), .rest = {}};
  return {.words = in_one_line(body.substr(0, end)), .rest = body.substr(end + closing.size())};
}

}  // namespace

std::string to_string(const Value& value) {
  struct Printer {
    std::string operator()(Null) const { return "NULL"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return fmt::format("{}", number); }
    std::string operator()(const std::string& text) const { return text; }
  };
  return std::visit(Printer{}, value);
}

std::string_view to_string(StatementKind kind) {
  switch (kind) {
    case StatementKind::begin:
      return "begin";
    case StatementKind::commit:
      return "commit";
    case StatementKind::rollback:
      return "rollback";
    case StatementKind::savepoint:
      return "savepoint";
    case StatementKind::release:
      return "release";
    case StatementKind::rollback_to:
      return "rollback to";
    case StatementKind::read:
      return "read";
    case StatementKind::write:
      return "write";
  }
  return "";
}

Statement::Statement(std::string text, std::vector<Value> parameters)
    : text_(std::move(text)), parameters_(std::move(parameters)), kind_(kind_of_text(text_)) {}

Statement Statement::of_kind(StatementKind kind, std::string text, std::vector<Value> parameters) {
  Statement statement(std::move(text), std::move(parameters));
  statement.kind_ = kind;
  return statement;
}

std::string Statement::name() const {
  constexpr std::size_t length_max = 60;
  std::string_view rest = text_;
  while (true) {
    LeadingComment comment = leading_comment(rest);
    if (!comment.words.empty()) return comment.words;
    if (comment.rest.size() == rest.size() || comment.rest.empty()) {
      rest = comment.rest;
      break;
    }
    rest = comment.rest;
  }
  std::string line = in_one_line(rest);
  return line.empty() ? "(empty statement)" : shortened(std::move(line), length_max);
}

}  // namespace splitproof::sim
