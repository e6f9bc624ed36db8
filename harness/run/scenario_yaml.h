// A YAML document as plain data: every key and value with its place in the file.
//
// This is the only door to the YAML parser. It is stricter than the parser behind it, which takes
// a key given twice, a quote that is never closed and a second document without a word: here each
// of them is refused. Anchors, aliases and tags are refused as well, so that what a reader sees is
// what is run. It knows nothing about scenarios.
#pragma once

#include <string>
#include <vector>

#include "harness/run/scenario.h"
#include "harness/run/scenario_file.h"
#include "sim/base/result.h"

namespace splitproof::harness {

struct YamlEntry;

struct YamlNode {
  enum class Kind { null, scalar, sequence, mapping };

  Kind kind = Kind::null;
  std::string text;                // Of a scalar; quotes and escapes are resolved.
  std::vector<YamlNode> items;     // Of a sequence.
  std::vector<YamlEntry> entries;  // Of a mapping, in the order of the file.
  SourcePlace place;               // Columns count characters, not bytes.
};

struct YamlEntry {
  std::string key;
  SourcePlace place;  // Of the key.
  YamlNode value;
};

// The one document in `text`. `name` stands for the file in places.
sim::Result<YamlNode, ScenarioError> parse_yaml(const std::string& text, const std::string& name);

// What a node is, for messages: "nothing", "the text 'abc'", "a list", "a mapping".
std::string describe(const YamlNode& node);

}  // namespace splitproof::harness
