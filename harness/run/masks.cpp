#include "harness/run/masks.h"

namespace splitproof::harness {

namespace {

// Bytes of letters beyond ASCII belong to words, too.
bool is_of_a_word(char sign) {
  const auto byte = static_cast<unsigned char>(sign);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= 'a' && byte <= 'z') || byte == '_';
}

// Whether a word goes on from the byte before `at` to the one behind it.
bool is_within_word(std::string_view text, std::size_t at) {
  return at > 0 && at < text.size() && is_of_a_word(text[at - 1]) && is_of_a_word(text[at]);
}

}  // namespace

void TextMasks::add(const std::string& value, const std::string& mask) {
  if (value.empty()) return;
  masks_.emplace(value, mask);
  lengths_.insert(value.size());
}

const std::string* TextMasks::mask_at(std::string_view text, std::size_t at, std::size_t length_min,
                                      std::size_t& length) const {
  for (const std::size_t one : lengths_) {
    if (one < length_min) return nullptr;
    if (at + one > text.size() || is_within_word(text, at + one)) continue;
    const auto found = masks_.find(std::string(text.substr(at, one)));
    if (found == masks_.end()) continue;
    length = one;
    return &found->second;
  }
  return nullptr;
}

std::string TextMasks::masked(const std::string& text, std::size_t length_min) const {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t length = 0;
    const std::string* const mask =
        is_within_word(text, at) ? nullptr : mask_at(text, at, length_min, length);
    if (mask == nullptr) {
      result += text[at++];
      continue;
    }
    result += *mask;
    at += length;
  }
  return result;
}

}  // namespace splitproof::harness
