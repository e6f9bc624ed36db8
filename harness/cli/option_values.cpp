#include "harness/cli/option_values.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "harness/cli/options.h"

namespace splitproof::harness {

const std::string* given_once(const CommandLine& line, const std::string& name) {
  const auto given = line.values.find(name);
  if (given == line.values.end() || given->second.empty()) return nullptr;
  if (given->second.size() > 1) {
    throw Refused{fmt::format("'{}' is given {} times; expected once", name, given->second.size())};
  }
  return &given->second.front();
}

std::string one_word(const CommandLine& line, const std::string& command, std::string_view what) {
  if (line.words.size() == 1 && !line.words.front().empty()) return line.words.front();
  throw Refused{fmt::format("'{}' is given {} arguments; expected one: {}", command,
                            line.words.size(), what)};
}

void read_text(const CommandLine& line, const std::string& name, std::string& text) {
  if (const std::string* given = given_once(line, name)) text = *given;
}

std::size_t word_of(const CommandLine& line, const std::string& name,
                    const std::vector<std::string>& words, std::size_t otherwise) {
  const std::string* given = given_once(line, name);
  if (given == nullptr) return otherwise;
  const auto found = std::ranges::find(words, *given);
  if (found == words.end()) {
    throw Refused{fmt::format("'{}' is '{}'; expected {}{}", name, *given, fmt::join(words, ", "),
                              did_you_mean(*given, words))};
  }
  return static_cast<std::size_t>(found - words.begin());
}

void read_time(const CommandLine& line, const std::string& name, std::chrono::milliseconds& time) {
  const std::string* const text = given_once(line, name);
  if (text == nullptr) return;
  const auto given = parse_duration(*text);
  if (!given) {
    throw Refused{
        fmt::format("'{}' is '{}'; expected a time such as 500ms, 60s or 5m", name, *text)};
  }
  time = *given;
}

std::vector<std::string> without_repetitions(const std::vector<std::string>& texts) {
  std::vector<std::string> kept;
  for (const std::string& text : texts) {
    if (std::ranges::find(kept, text) == kept.end()) kept.push_back(text);
  }
  return kept;
}

}  // namespace splitproof::harness
