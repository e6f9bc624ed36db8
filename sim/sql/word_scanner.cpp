#include "sim/sql/word_scanner.h"

#include <algorithm>

namespace splitproof::sim {
namespace {

// Locale-free on purpose; bytes of UTF-8 sequences belong to names on both engines.
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_name_part(char c) { return is_name_start(c) || is_digit(c) || c == '$'; }
bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

std::string WordScanner::next() {
  while (at_ < text_.size()) {
    if (skip_wordless()) continue;
    if (!is_name_start(text_[at_])) {
      ++at_;
      continue;
    }
    const std::string_view word = take_word();
    const bool escape_string = (word == "E" || word == "e") && peek(0) == '\'';
    if (escape_string) {
      skip_quoted('\'', true);
      continue;
    }
    std::string result(word);
    std::transform(result.begin(), result.end(), result.begin(), upper);
    return result;
  }
  return {};
}

std::string_view WordScanner::next_piece() {
  while (at_ < text_.size()) {
    const std::size_t start = at_;
    const char c = text_[at_];
    const bool comment = (c == '-' && peek(1) == '-') || (c == '/' && peek(1) == '*');
    if (c == '\'' || c == '"' || c == '`') {
      skip_whole_quoted(c);
    } else if (is_name_start(c)) {
      const std::string_view word = take_word();
      if ((word == "E" || word == "e") && peek(0) == '\'') skip_quoted('\'', true);
    } else if (!skip_wordless()) {
      ++at_;
    }
    if (!comment && !is_blank(c)) return text_.substr(start, at_ - start);
  }
  return {};
}

char WordScanner::peek(std::size_t ahead) const {
  return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
}

bool WordScanner::skip_wordless() {
  const char c = text_[at_];
  if (c == '-' && peek(1) == '-') {
    skip_line_comment();
  } else if (c == '/' && peek(1) == '*') {
    skip_block_comment();
  } else if (c == '\'' || c == '"' || c == '`') {
    skip_quoted(c, false);
  } else if (c == '$') {
    skip_dollar();
  } else if (is_digit(c)) {
    take_word();
  } else {
    return false;
  }
  return true;
}

void WordScanner::skip_line_comment() {
  const std::size_t end = text_.find('\n', at_);
  at_ = end == std::string_view::npos ? text_.size() : end + 1;
}

void WordScanner::skip_block_comment() {
  std::size_t depth = 0;
  do {
    if (peek(0) == '/' && peek(1) == '*') {
      ++depth;
      at_ += 2;
    } else if (peek(0) == '*' && peek(1) == '/') {
      --depth;
      at_ += 2;
    } else {
      ++at_;
    }
  } while (depth > 0 && at_ < text_.size());
  at_ = std::min(at_, text_.size());
}

// A doubled quote inside needs no care: it ends one quoted text and begins the next.
void WordScanner::skip_quoted(char quote, bool backslash_escapes) {
  ++at_;
  while (at_ < text_.size() && text_[at_] != quote) {
    at_ += backslash_escapes && text_[at_] == '\\' ? 2 : 1;
  }
  at_ = std::min(at_ + 1, text_.size());
}

void WordScanner::skip_whole_quoted(char quote) {
  do {
    skip_quoted(quote, false);
  } while (peek(0) == quote);
}

void WordScanner::skip_dollar() {
  const std::size_t start = at_;
  ++at_;
  if (is_name_start(peek(0))) {
    while (is_name_part(peek(0)) && peek(0) != '$') ++at_;
  }
  if (peek(0) != '$') return;  // A parameter such as $1, or a lone dollar sign.
  ++at_;
  const std::string_view tag = text_.substr(start, at_ - start);
  const std::size_t end = text_.find(tag, at_);
  at_ = end == std::string_view::npos ? text_.size() : end + tag.size();
}

std::string_view WordScanner::take_word() {
  const std::size_t start = at_;
  while (at_ < text_.size() && is_name_part(text_[at_])) ++at_;
  return text_.substr(start, at_ - start);
}

}  // namespace splitproof::sim
