#include "reports/xml_text.h"

#include <algorithm>

#include "reports/text.h"

namespace splitproof::reports {

namespace {

// U+FFFE and U+FFFF are well-formed UTF-8 and yet no characters of XML.
constexpr std::string_view noncharacter_start = "\xEF\xBF";

std::string_view entity_of(char character) {
  switch (character) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    default:
      return {};
  }
}

std::string escaped(std::string_view printable_text) {
  std::string result;
  result.reserve(printable_text.size());
  for (std::size_t at = 0; at < printable_text.size(); ++at) {
    const std::string_view rest = printable_text.substr(at);
    if (rest.size() >= 3 && rest.starts_with(noncharacter_start) && (rest[2] & 0x3F) >= 0x3E) {
      result += (rest[2] & 1) == 0 ? "\\ufffe" : "\\uffff";
      at += 2;
      continue;
    }
    const std::string_view entity = entity_of(printable_text[at]);
    if (entity.empty()) {
      result += printable_text[at];
    } else {
      result += entity;
    }
  }
  return result;
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string result;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    result += xml_attribute(text.substr(begin, end - begin));
    if (end < text.size()) result += '\n';
    begin = end + 1;
  }
  return result;
}

std::string xml_attribute(std::string_view text) { return escaped(printable(text)); }

}  // namespace splitproof::reports
