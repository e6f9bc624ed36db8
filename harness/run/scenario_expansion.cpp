// One variant in the file that stands for many: lists of settings.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "harness/run/scenario_parts.h"

namespace splitproof::harness {

namespace {

// Of which part of a variant which keys may be lists.
struct Listable {
  std::string_view part;
  std::vector<std::string> keys;
};

const std::vector<Listable>& listables() {
  static const std::vector<Listable> all{
      {"storage", {"journal", "synchronous", "disk"}},
      {"server", {"fsync", "synchronous_commit", "full_page_writes", "disk"}}};
  return all;
}

template <class Node>
auto* entry_in(Node& mapping, std::string_view key) {
  const auto found = std::ranges::find(mapping.entries, key, &YamlEntry::key);
  return found == mapping.entries.end() ? nullptr : &found->value;
}

std::string in_braces(const std::string& key) { return fmt::format("{{{}}}", key); }

void replace_in(YamlNode* text, const std::string& key, const std::string& value) {
  if (text == nullptr) return;
  const std::string mark = in_braces(key);
  for (std::size_t at = text->text.find(mark); at != std::string::npos;
       at = text->text.find(mark, at + value.size())) {
    text->text.replace(at, mark.size(), value);
  }
}

// The variant once for each item of the list, where this setting is one.
std::vector<YamlNode> by_items(const YamlNode& variant, std::string_view part,
                               const std::string& key, FirstRefusal& refusal) {
  const YamlNode* const settings = entry_in(variant, part);
  const YamlNode* const list = settings == nullptr ? nullptr : entry_in(*settings, key);
  if (list == nullptr || list->kind != YamlNode::Kind::sequence) return {variant};
  if (list->items.empty()) {
    refusal.refuse(list->place, fmt::format("found an empty list as '{}'; expected a list with at "
                                            "least one item",
                                            key));
  }
  const YamlNode* const name = entry_in(variant, "name");
  if (name != nullptr && name->text.find(in_braces(key)) == std::string::npos) {
    refusal.refuse(list->place, fmt::format("found a list as '{}' and no '{}' in the variant's "
                                            "name; expected a name that tells the variants apart, "
                                            "such as '{{journal}}-{{synchronous}}'",
                                            key, in_braces(key)));
  }
  std::vector<YamlNode> variants;
  for (const YamlNode& item : list->items) {
    variants.push_back(variant);
    *entry_in(*entry_in(variants.back(), part), key) = item;
  }
  return variants;
}

void name_by_settings(YamlNode& variant) {
  for (const Listable& listable : listables()) {
    const YamlNode* const settings = entry_in(variant, listable.part);
    if (settings == nullptr) continue;
    for (const std::string& key : listable.keys) {
      const YamlNode* const value = entry_in(*settings, key);
      if (value == nullptr || value->kind != YamlNode::Kind::scalar) continue;
      const std::string word = value->text;
      replace_in(entry_in(variant, "name"), key, word);
      replace_in(entry_in(variant, "title"), key, word);
    }
  }
}

}  // namespace

std::vector<YamlNode> expanded(const YamlNode& variant, FirstRefusal& refusal) {
  std::vector<YamlNode> variants{variant};
  for (const Listable& listable : listables()) {
    for (const std::string& key : listable.keys) {
      std::vector<YamlNode> more;
      for (const YamlNode& one : variants) {
        std::ranges::move(by_items(one, listable.part, key, refusal), std::back_inserter(more));
      }
      variants = std::move(more);
    }
  }
  for (YamlNode& one : variants) name_by_settings(one);
  return variants;
}

}  // namespace splitproof::harness
