#include "harness/run/scenario_fields.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace splitproof::harness {

namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// What the author most likely did when a text was expected and something else is there.
std::string_view hint_for(const YamlNode& found) {
  return found.kind == YamlNode::Kind::mapping ? " (a text with ': ' in it belongs in quotes)" : "";
}

}  // namespace

void FirstRefusal::refuse(const SourcePlace& place, std::string message) {
  if (!error_) error_ = ScenarioError{place, std::move(message)};
}

Fields::Fields(const YamlNode& node, std::string owner, const std::vector<std::string>& known,
               FirstRefusal& refusal)
    : node_(node), owner_(std::move(owner)), refusal_(refusal) {
  if (node.kind != YamlNode::Kind::mapping) {
    refusal_.refuse(node.place, fmt::format("found {}; expected {}: a mapping with the keys {}",
                                            describe(node), owner_, fmt::join(known, ", ")));
  }
  for (const YamlEntry& given : node.entries) {
    if (std::ranges::find(known, given.key) != known.end()) continue;
    refusal_.refuse(given.place, fmt::format("found the unknown key '{}' in {}; expected {}",
                                             given.key, owner_, one_of(known, given.key)));
  }
}

const YamlEntry* Fields::entry(std::string_view key) const {
  const auto found = std::ranges::find(node_.entries, key, &YamlEntry::key);
  return found == node_.entries.end() ? nullptr : &*found;
}

const YamlNode* Fields::find(std::string_view key) const {
  const YamlEntry* given = entry(key);
  return given == nullptr ? nullptr : &given->value;
}

const SourcePlace& Fields::place_of(std::string_view key) const {
  const YamlEntry* given = entry(key);
  return given == nullptr ? node_.place : given->value.place;
}

std::string Fields::text(std::string_view key) {
  if (has(key)) return text_or(key, "");
  refusal_.refuse(node_.place, fmt::format("found no '{}' in {}; expected this key", key, owner_));
  return "";
}

std::string Fields::text_or(std::string_view key, const std::string& otherwise) {
  const YamlNode* value = find(key);
  if (value == nullptr) return otherwise;
  return text_of(*value, fmt::format("a text for '{}'", key), refusal_);
}

std::string Fields::word_or(std::string_view key, const std::vector<std::string>& words,
                            const std::string& otherwise) {
  const std::string word = text_or(key, otherwise);
  if (has(key) && std::ranges::find(words, word) == words.end()) {
    refusal_.refuse(place_of(key),
                    fmt::format("found '{}' as '{}'; expected {}", word, key, one_of(words, word)));
  }
  return word;
}

std::string Fields::name(std::string_view key) {
  const std::string found = text(key);
  if (!is_kebab_case(found)) {
    refusal_.refuse(place_of(key), fmt::format("found '{}' as '{}'; expected a name in lower case "
                                               "with hyphens, such as 'balance-transfer'",
                                               found, key));
  }
  return found;
}

const std::vector<YamlNode>& Fields::list(std::string_view key) {
  static const std::vector<YamlNode> none;
  const YamlNode* value = find(key);
  if (value == nullptr) return none;
  if (value->kind != YamlNode::Kind::sequence || value->items.empty()) {
    refusal_.refuse(
        value->place,
        fmt::format("found {} as '{}'; expected a list with at least one item",
                    value->kind == YamlNode::Kind::sequence ? "an empty list" : describe(*value),
                    key));
  }
  return value->items;
}

std::vector<std::string> Fields::texts(std::string_view key) {
  std::vector<std::string> texts;
  for (const YamlNode& item : list(key)) {
    texts.push_back(text_of(item, fmt::format("a text in the list '{}'", key), refusal_));
  }
  return texts;
}

std::string text_of(const YamlNode& node, std::string_view what, FirstRefusal& refusal) {
  if (node.kind != YamlNode::Kind::scalar) {
    refusal.refuse(node.place,
                   fmt::format("found {}; expected {}{}", describe(node), what, hint_for(node)));
  } else if (is_blank(node.text)) {
    refusal.refuse(node.place, fmt::format("found an empty text; expected {}", what));
  }
  return node.text;
}

std::string one_of(const std::vector<std::string>& words, const std::string& found) {
  const std::string near = nearest(found, words);
  if (!near.empty()) return fmt::format("'{}', the nearest known word", near);
  return fmt::format("{}{}", words.size() > 1 ? "one of " : "", fmt::join(words, ", "));
}

bool is_kebab_case(std::string_view text) {
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !is_lower(text.front()) || text.back() == '-') return false;
  if (text.find("--") != std::string_view::npos) return false;
  return std::ranges::all_of(text, [&](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

}  // namespace splitproof::harness
