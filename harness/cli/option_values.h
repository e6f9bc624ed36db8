// The values of options, read from a line that is taken apart: once or not at all, as a number, a
// word or a time. Each throws Refused with the option's name and what was expected.
#pragma once

#include <fmt/core.h>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/command_line.h"

namespace splitproof::harness {

// The value of an option that may be given once; null when it is not given, or not the command's.
const std::string* given_once(const CommandLine& line, const std::string& name);

// The one argument of a command that takes one; `what` is what it is.
std::string one_word(const CommandLine& line, const std::string& command, std::string_view what);

// Leaves `text` as it is where the option is not given.
void read_text(const CommandLine& line, const std::string& name, std::string& text);

// The position in `words` of the word given; `otherwise` when none is.
std::size_t word_of(const CommandLine& line, const std::string& name,
                    const std::vector<std::string>& words, std::size_t otherwise);

// Leaves `time` as it is where the option is not given.
void read_time(const CommandLine& line, const std::string& name, std::chrono::milliseconds& time);

// Dropping a repetition keeps a case from being run, and counted, twice.
std::vector<std::string> without_repetitions(const std::vector<std::string>& texts);

// A whole number in decimal, all of the text, from `least` on.
template <class Number>
Number number_of(const std::string& name, const std::string& text, Number least, Number most) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [parsed, failure] = std::from_chars(text.data(), end, number);
  if (failure == std::errc{} && parsed == end && number >= least && number <= most) return number;
  throw Refused{
      fmt::format("'{}' is '{}'; expected a whole number from {} to {}", name, text, least, most)};
}

}  // namespace splitproof::harness
