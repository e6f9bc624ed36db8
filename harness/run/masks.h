// Finds values in texts and replaces them.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

namespace splitproof::harness {

class TextMasks {
 public:
  // The first mask of a value counts. Empty values are none.
  void add(const std::string& value, const std::string& mask);

  // Replaces each value that stands alone, that is not within a word or a number; of several at a
  // place the longest. Values of fewer than `length_min` bytes are left.
  std::string masked(const std::string& text, std::size_t length_min) const;

 private:
  const std::string* mask_at(std::string_view text, std::size_t at, std::size_t length_min,
                             std::size_t& length) const;

  std::unordered_map<std::string, std::string> masks_;
  std::set<std::size_t, std::greater<>> lengths_;
};

}  // namespace splitproof::harness
