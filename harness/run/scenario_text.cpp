#include "harness/run/scenario_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace splitproof::harness {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// The length of the UTF-8 character that starts with this byte; 0 when none does.
std::size_t character_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

bool is_text_character(unsigned char byte) {
  return (byte >= 0x20 && byte != 0x7F) || byte == '\t' || byte == '\n' || byte == '\r';
}

// The length of the character at `position`, or 0 when what stands there is no character of text.
std::size_t text_character_length(std::string_view text, std::size_t position) {
  const auto lead = static_cast<unsigned char>(text[position]);
  const std::size_t length = character_length(lead);
  if (length == 0 || position + length > text.size() || !is_text_character(lead)) return 0;
  const std::string_view rest = text.substr(position + 1, length - 1);
  return std::ranges::all_of(rest, is_continuation) ? length : 0;
}

}  // namespace

SourceText::SourceText(std::string text, std::string name)
    : text_(std::move(text)), name_(std::move(name)) {
  if (text_.starts_with(byte_order_mark)) text_.erase(0, byte_order_mark.size());
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
}

std::size_t SourceText::start_of_line(int line) const {
  const auto index = static_cast<std::size_t>(std::max(line, 0));
  return index < line_starts_.size() ? line_starts_[index] : text_.size();
}

std::string_view SourceText::line(int line) const {
  const std::size_t start = start_of_line(line);
  const std::size_t end = std::min(text_.find('\n', start), text_.size());
  return std::string_view(text_).substr(start, end - start);
}

std::string_view SourceText::from(int line, int column_bytes) const {
  const std::size_t start = start_of_line(line) + static_cast<std::size_t>(column_bytes);
  return std::string_view(text_).substr(std::min(start, text_.size()));
}

SourcePlace SourceText::place(int line, int column_bytes) const {
  const std::string_view whole = this->line(line);
  const auto before = static_cast<std::size_t>(std::max(column_bytes, 0));
  const std::string_view head = whole.substr(0, before);
  const auto continuations = std::ranges::count_if(head, is_continuation);
  return {name_, std::max(line, 0) + 1,
          static_cast<int>(static_cast<std::ptrdiff_t>(before) - continuations) + 1};
}

SourcePlace SourceText::place_before(int line, int column_bytes) const {
  const std::size_t end = start_of_line(line) + static_cast<std::size_t>(std::max(column_bytes, 0));
  const std::string_view before = std::string_view(text_).substr(0, end);
  const std::size_t last = before.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos) return place(0, 0);
  const auto next = std::ranges::upper_bound(line_starts_, last);
  const auto line_found = static_cast<int>(next - line_starts_.begin()) - 1;
  return place(line_found, static_cast<int>(last - start_of_line(line_found)));
}

std::optional<ScenarioError> SourceText::first_flaw() const {
  int line = 0;
  std::size_t line_start = 0;
  for (std::size_t position = 0; position < text_.size();) {
    const std::size_t length = text_character_length(text_, position);
    if (length == 0) {
      return ScenarioError{
          place(line, static_cast<int>(position - line_start)),
          fmt::format("found the byte 0x{:02X}; expected a scenario in YAML: text in UTF-8 without "
                      "control characters",
                      static_cast<unsigned char>(text_[position]))};
    }
    position += length;
    if (text_[position - 1] == '\n') {
      ++line;
      line_start = position;
    }
  }
  return std::nullopt;
}

}  // namespace splitproof::harness
