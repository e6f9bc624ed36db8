#include "harness/spec/spec_lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace splitproof::harness {
namespace {

constexpr std::string_view spec_blanks = " \t\r\f";

bool is_spec_blank(char sign) { return spec_blanks.find(sign) != std::string_view::npos; }

bool is_spec_digit(char sign) { return sign >= '0' && sign <= '9'; }

// Every byte of a character that is not ASCII may be part of a name.
bool begins_name(char sign) {
  return (sign >= 'A' && sign <= 'Z') || (sign >= 'a' && sign <= 'z') || sign == '_' ||
         static_cast<unsigned char>(sign) >= 0x80;
}

bool continues_name(char sign) { return begins_name(sign) || is_spec_digit(sign) || sign == '$'; }

bool is_spec_keyword(std::string_view word) {
  static constexpr std::array<std::string_view, 6> all{"notices", "permutation", "session",
                                                       "setup",   "step",        "teardown"};
  return std::ranges::find(all, word) != all.end();
}

std::string shown_sign(char sign) {
  const auto byte = static_cast<unsigned char>(sign);
  return byte < ' ' || byte == 0x7F ? fmt::format("the byte 0x{:02X}", byte)
                                    : fmt::format("'{}'", sign);
}

}  // namespace

std::string described(const SpecWord& word) {
  switch (word.kind) {
    case SpecWord::Kind::keyword:
      return fmt::format("the keyword '{}'", word.text);
    case SpecWord::Kind::name:
      return fmt::format("the name '{}'", word.text);
    case SpecWord::Kind::number:
      return fmt::format("the number {}", word.text);
    case SpecWord::Kind::sign:
      return fmt::format("'{}'", word.text);
    case SpecWord::Kind::block:
      return "a block of SQL";
    case SpecWord::Kind::end:
      return "the end of the file";
  }
  return "";
}

SpecLexer::SpecLexer(std::string_view text, std::string file)
    : text_(text), file_(std::move(file)) {}

char SpecLexer::take() {
  const char sign = text_[at_++];
  if (sign == '\n') {
    ++line_;
    column_ = 1;
  } else if (at_ >= text_.size() || (static_cast<unsigned char>(text_[at_]) & 0xC0U) != 0x80) {
    // The bytes inside a character of UTF-8 have no column of their own.
    ++column_;
  }
  return sign;
}

void SpecLexer::skip_blanks_and_comments() {
  while (!at_end()) {
    if (here() == '#') {
      while (!at_end() && here() != '\n' && here() != '\r') take();
    } else if (is_spec_blank(here()) || here() == '\n') {
      take();
    } else {
      return;
    }
  }
}

SpecWord SpecLexer::next() {
  skip_blanks_and_comments();
  SpecWord word{.kind = SpecWord::Kind::end, .text = {}, .place = place()};
  if (at_end()) return word;
  if (here() == '{') return block();
  if (here() == '"') return quoted_name();
  if (is_spec_digit(here())) return number();
  if (begins_name(here())) {
    while (!at_end() && continues_name(here())) word.text += take();
    word.kind = is_spec_keyword(word.text) ? SpecWord::Kind::keyword : SpecWord::Kind::name;
    return word;
  }
  if (std::string_view(",()*").find(here()) == std::string_view::npos) {
    throw SpecRefusal(
        word.place,
        fmt::format("found {}; expected a keyword, a name or a block of SQL", shown_sign(here())));
  }
  word.kind = SpecWord::Kind::sign;
  word.text = take();
  return word;
}

SpecWord SpecLexer::quoted_name() {
  SpecWord word{.kind = SpecWord::Kind::name, .text = {}, .place = place()};
  take();
  while (true) {
    if (at_end() || here() == '\n') {
      throw SpecRefusal(word.place,
                        fmt::format("found a name that {} inside; expected its closing '\"'",
                                    at_end() ? "the file ends" : "the line ends"));
    }
    const char sign = take();
    if (sign == '"') {
      if (at_end() || here() != '"') return word;
      take();
    }
    word.text += sign;
  }
}

SpecWord SpecLexer::block() {
  SpecWord word{.kind = SpecWord::Kind::block, .text = {}, .place = place()};
  take();
  while (!at_end() && is_spec_blank(here())) take();
  while (!at_end() && here() != '}') {
    if (here() == '\0') {
      throw SpecRefusal(place(), "found a zero byte; expected text, for SQL cannot hold it");
    }
    word.text += take();
  }
  if (at_end()) {
    throw SpecRefusal(word.place,
                      "found a block of SQL in which the file ends; expected its closing '}'");
  }
  take();
  while (!word.text.empty() && is_spec_blank(word.text.back())) word.text.pop_back();
  return word;
}

SpecWord SpecLexer::number() {
  SpecWord word{.kind = SpecWord::Kind::number, .text = {}, .place = place()};
  while (!at_end() && is_spec_digit(here())) word.text += take();
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  const char* const end = word.text.data() + word.text.size();
  const auto parsed = std::from_chars(word.text.data(), end, word.number);
  if (parsed.ec != std::errc{} || word.number > most) {
    throw SpecRefusal(word.place, fmt::format("found the number {}; expected one of at most {}",
                                              word.text, most));
  }
  return word;
}

}  // namespace splitproof::harness
