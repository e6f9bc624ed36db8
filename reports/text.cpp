#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace splitproof::reports {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view ellipsis = "\xE2\x80\xA6";

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 1;  // Bytes.
  bool valid = false;
};

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// Characters that add to the one before them, or show nothing.
constexpr std::array<Range, 7> no_column{{
    {0x0300, 0x036F},
    {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF},
    {0x200B, 0x200D},
    {0x20D0, 0x20FF},
    {0xFE00, 0xFE0F},
    {0xFE20, 0xFE2F},
}};

constexpr std::array<Range, 8> two_columns{{
    {0x1100, 0x115F},
    {0x2E80, 0x303E},
    {0x3041, 0xA4CF},
    {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},
    {0x1F300, 0x1FAFF},
}};

// C0, DEL, C1, and the marks that reorder the text around them.
constexpr std::array<Range, 5> steering{{
    {0x0000, 0x001F},
    {0x007F, 0x009F},
    {0x200E, 0x200F},
    {0x2028, 0x202E},
    {0x2066, 0x2069},
}};

template <std::size_t count>
bool within(std::uint32_t value, const std::array<Range, count>& ranges) {
  return std::ranges::any_of(
      ranges, [value](const Range& range) { return range.first <= value && value <= range.last; });
}

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

bool is_shortest_and_legal(std::uint32_t value, std::size_t length) {
  constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  return value >= smallest.at(length) && value <= 0x10FFFF && !surrogate;
}

CodePoint decode(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = sequence_length(lead);
  if (length == 0 || at + length > text.size()) return {};
  std::uint32_t value = length == 1 ? lead : lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0U) != 0x80) return {};
    value = (value << 6U) | (next & 0x3FU);
  }
  if (!is_shortest_and_legal(value, length)) return {};
  return {value, length, true};
}

std::size_t columns_of(std::uint32_t value) {
  if (within(value, no_column)) return 0;
  return within(value, two_columns) ? 2 : 1;
}

std::string escape(std::uint32_t value) {
  if (value == '\n') return "\\n";
  if (value == '\r') return "\\r";
  if (value == '\t') return "\\t";
  return value <= 0xFF ? fmt::format("\\x{:02x}", value) : fmt::format("\\u{:04x}", value);
}

// The longest start of a printable text that fits into `width` columns.
std::string_view fitting_start(std::string_view text, std::size_t width) {
  std::size_t at = 0;
  std::size_t used = 0;
  while (at < text.size()) {
    const CodePoint point = decode(text, at);
    used += columns_of(point.value);
    if (used > width) break;
    at += point.length;
  }
  return text.substr(0, at);
}

std::vector<std::string> words_of(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n\v\f";
  std::vector<std::string> words;
  std::size_t at = text.find_first_not_of(blank);
  while (at != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(blank, at), text.size());
    words.push_back(printable(text.substr(at, end - at)));
    at = text.find_first_not_of(blank, end);
  }
  return words;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text, at);
    if (!point.valid) {
      result += replacement;
    } else if (within(point.value, steering)) {
      result += escape(point.value);
    } else {
      result += text.substr(at, point.length);
    }
    at += point.length;
  }
  return result;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode(text, at);
    width += columns_of(point.value);
    at += point.length;
  }
  return width;
}

std::string pad_right(std::string_view text, std::size_t width) {
  const std::size_t used = display_width(text);
  return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
  const std::size_t used = display_width(text);
  return std::string(used < width ? width - used : 0, ' ') + std::string(text);
}

std::string shorten(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return "";
  return std::string(fitting_start(text, width - 1)) + std::string(ellipsis);
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines{""};
  for (std::string word : words_of(text)) {
    const std::size_t used = display_width(lines.back());
    const bool fits = used + 1 + display_width(word) <= width;
    if (used > 0 && fits) {
      lines.back() += " " + word;
      continue;
    }
    if (used > 0) lines.emplace_back();
    while (display_width(word) > width) {
      const std::string start(fitting_start(word, width));
      word.erase(0, start.size());
      lines.back() = start;
      lines.emplace_back();
    }
    lines.back() = word;
  }
  return lines;
}

}  // namespace splitproof::reports
