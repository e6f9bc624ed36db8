// Reading the fields of one mapping of a scenario file: which keys it may have, which it must have,
// and what kind of value each takes.
//
// The first refusal is kept and the later ones are dropped: a reader goes on with empty values
// after it, and whoever started the reading asks at the end. So the readers of the parts are
// straight lines, and a file is still taken whole or not at all.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/scenario_yaml.h"

namespace splitproof::harness {

class FirstRefusal {
 public:
  void refuse(const SourcePlace& place, std::string message);
  const std::optional<ScenarioError>& error() const { return error_; }

 private:
  std::optional<ScenarioError> error_;
};

class Fields {
 public:
  // `owner` names the mapping in messages: "the scenario", "a variant". Refuses a node that is no
  // mapping, and every key that is not among `known`. Node and refusal are borrowed.
  Fields(const YamlNode& node, std::string owner, const std::vector<std::string>& known,
         FirstRefusal& refusal);

  bool has(std::string_view key) const { return entry(key) != nullptr; }

  // The value of `key`; null when it is not there.
  const YamlNode* find(std::string_view key) const;

  // Where the value of `key` stands; the mapping itself when it is not there.
  const SourcePlace& place_of(std::string_view key) const;

  // Refuses when the key is not there or is not a text with something in it.
  std::string text(std::string_view key);

  // The same, but the key may be left out.
  std::string text_or(std::string_view key, const std::string& otherwise);

  // Refuses a text that is not among `words`.
  std::string word_or(std::string_view key, const std::vector<std::string>& words,
                      const std::string& otherwise);

  // Refuses a text that is not lower-case words joined by single hyphens.
  std::string name(std::string_view key);

  // The items of a list; none when the key is not there. Refuses what is no list, and an empty one.
  const std::vector<YamlNode>& list(std::string_view key);

  // The items of a list of texts.
  std::vector<std::string> texts(std::string_view key);

 private:
  const YamlEntry* entry(std::string_view key) const;

  const YamlNode& node_;
  std::string owner_;
  FirstRefusal& refusal_;
};

// The text of a scalar with something in it; refuses anything else. `what` says what was expected:
// "a text", "an SQL statement".
std::string text_of(const YamlNode& node, std::string_view what, FirstRefusal& refusal);

// What follows "expected" where one of some words is: "one of holds, violated", or only the nearest
// when one is near enough to be meant.
std::string one_of(const std::vector<std::string>& words, const std::string& found);

// Lower-case letters and digits in words joined by single hyphens, the first character a letter.
bool is_kebab_case(std::string_view text);

}  // namespace splitproof::harness
