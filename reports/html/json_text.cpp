#include "reports/html/json_text.h"

#include <charconv>

namespace splitproof::reports {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// How many bytes the character at the begin of `text` has; 0 where it is none. As in RFC 3629:
// no overlong forms, no surrogates, nothing behind U+10FFFF.
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char first = byte(0);
  const std::size_t size = first < 0x80                    ? 1
                           : first >= 0xC2 && first < 0xE0 ? 2
                           : first >= 0xE0 && first < 0xF0 ? 3
                           : first >= 0xF0 && first < 0xF5 ? 4
                                                           : 0;
  if (size == 0 || size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  if (size < 3) return size;
  const bool overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
  const bool surrogate = first == 0xED && byte(1) > 0x9F;
  const bool too_large = first == 0xF4 && byte(1) > 0x8F;
  return overlong || surrogate || too_large ? 0 : size;
}

void add_control(std::string& out, char sign) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(sign);
  out += "\\u00";
  out += digits[value >> 4U];
  out += digits[value & 15U];
}

bool is_plain(char sign) {
  const auto value = static_cast<unsigned char>(sign);
  return value >= 0x20 && value < 0x80 && sign != '"' && sign != '\\';
}

void add_escaped(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    while (at < text.size() && is_plain(text[at])) ++at;
    out.append(text, begin, at - begin);
    if (at == text.size()) return;
    const char sign = text[at];
    if (sign == '"' || sign == '\\') {
      out += '\\';
      out += sign;
      ++at;
    } else if (static_cast<unsigned char>(sign) < 0x20) {
      add_control(out, sign);
      ++at;
    } else {
      const std::size_t size = character_size(text.substr(at));
      out += size == 0 ? replacement : text.substr(at, size);
      at += size == 0 ? 1 : size;
    }
  }
}

}  // namespace

std::size_t StringTable::number_of(std::string_view text) {
  const auto known = numbers_.find(text);
  if (known != numbers_.end()) return known->second;
  const auto entry = numbers_.emplace(std::string(text), texts_.size()).first;
  texts_.push_back(&entry->first);
  bytes_ += text.size();
  return entry->second;
}

void StringTable::clear() {
  numbers_.clear();
  texts_.clear();
  bytes_ = 0;
  number_of("");
}

void JsonText::comma() {
  if (out_.empty()) return;
  const char last = out_.back();
  if (last != '{' && last != '[' && last != ':') out_ += ',';
}

void JsonText::open(char bracket) {
  comma();
  out_ += bracket;
}

void JsonText::key(std::string_view name) {
  comma();
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

void JsonText::text(std::string_view value) {
  comma();
  out_ += '"';
  add_escaped(out_, value);
  out_ += '"';
}

void JsonText::number(std::int64_t value) {
  comma();
  char digits[24];
  const std::to_chars_result end = std::to_chars(std::begin(digits), std::end(digits), value);
  out_.append(std::begin(digits), end.ptr);
}

void JsonText::flag(bool value) { number(value ? 1 : 0); }

void JsonText::texts_in(StringTable& table, const std::vector<std::string>& values) {
  begin_list();
  for (const std::string& value : values) text_in(table, value);
  end_list();
}

void JsonText::table(const StringTable& table) {
  key("strings");
  begin_list();
  for (const std::string* one : table.texts()) text(*one);
  end_list();
}

}  // namespace splitproof::reports
