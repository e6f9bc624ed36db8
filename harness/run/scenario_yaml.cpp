#include "harness/run/scenario_yaml.h"

#include <fmt/core.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "harness/run/scenario_text.h"

namespace splitproof::harness {

namespace {

using Kind = YamlNode::Kind;

// True when the quoted scalar that starts the text has its closing quote.
bool quote_is_closed(std::string_view text) {
  const char quote = text.front();
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool escape = quote == '"' && text[i] == '\\';
    const bool doubled = quote == '\'' && text.substr(i).starts_with("''");
    if (escape || doubled) {
      ++i;
    } else if (text[i] == quote) {
      return true;
    }
  }
  return false;
}

// Builds the tree from the parser's events. After the first refusal the rest is ignored.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const SourceText& source) : source_(source) {}

  const std::optional<ScenarioError>& error() const { return error_; }
  // The innermost list or mapping whose end has not come yet; null when there is none.
  const YamlNode* innermost() const { return open_.empty() ? nullptr : &open_.back().node; }
  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, "found a second document; expected one scenario in a file");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode nothing = node(Kind::null, mark, "?", anchor);
    // The parser dates a value that is not there with whatever follows it, often lines below.
    nothing.place = source_.place_before(mark.line, mark.column);
    add(std::move(nothing));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "found an alias (*); expected the value itself, written out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode scalar = node(Kind::scalar, mark, tag, anchor);
    scalar.text = value;
    const std::string_view written = source_.from(mark.line, mark.column);
    if ((written.starts_with('"') || written.starts_with('\'')) && !quote_is_closed(written)) {
      refuse(mark, "found a quote that is never closed; expected its closing quote");
    }
    add(std::move(scalar));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open_.push_back({node(Kind::sequence, mark, tag, anchor), std::nullopt});
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open_.push_back({node(Kind::mapping, mark, tag, anchor), std::nullopt});
  }
  void OnMapEnd() override { close(); }

 private:
  // A list or mapping whose end has not come yet, and the key whose value comes next.
  struct Open {
    YamlNode node;
    std::optional<YamlNode> key;
  };

  void refuse(const YAML::Mark& mark, std::string message) {
    refuse(source_.place(mark.line, mark.column), std::move(message));
  }
  void refuse(SourcePlace place, std::string message) {
    if (!error_) error_ = ScenarioError{std::move(place), std::move(message)};
  }

  YamlNode node(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) refuse(mark, "found an anchor (&); expected a plain value");
    if (tag != "?" && tag != "!" && !tag.empty()) {
      refuse(mark, fmt::format("found the tag '{}'; expected a plain value", tag));
    }
    YamlNode made;
    made.kind = kind;
    made.place = source_.place(mark.line, mark.column);
    return made;
  }

  void close() {
    YamlNode closed = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(closed));
  }

  void add(YamlNode child) {
    if (open_.empty()) {
      root_ = std::move(child);
    } else if (open_.back().node.kind == Kind::sequence) {
      open_.back().node.items.push_back(std::move(child));
    } else if (!open_.back().key) {
      add_key(std::move(child));
    } else {
      add_value(std::move(child));
    }
  }

  void add_key(YamlNode key) {
    if (key.kind != Kind::scalar) {
      refuse(key.place, fmt::format("found {} as a key; expected a word", describe(key)));
    }
    for (const YamlEntry& entry : open_.back().node.entries) {
      if (entry.key != key.text) continue;
      refuse(key.place,
             fmt::format("found the key '{}' a second time; expected it once (the first is in "
                         "line {})",
                         key.text, entry.place.line));
    }
    open_.back().key = std::move(key);
  }

  void add_value(YamlNode value) {
    const YamlNode key = *std::exchange(open_.back().key, std::nullopt);
    if (value.kind == Kind::null) value.place = key.place;
    open_.back().node.entries.push_back({key.text, key.place, std::move(value)});
  }

  const SourceText& source_;
  int documents_ = 0;
  std::vector<Open> open_;
  YamlNode root_;
  std::optional<ScenarioError> error_;
};

std::string hint_for(const std::string& problem, std::string_view line) {
  const std::string_view indentation = line.substr(0, line.find_first_not_of(" \t"));
  if (indentation.find('\t') != std::string_view::npos) {
    return "; expected blanks, not a tab, before the first word of a line";
  }
  if (problem == YAML::ErrorMsg::MAP_VALUE) {
    return "; expected one 'key: value' per line (a text with ': ' in it belongs in quotes)";
  }
  return "";
}

// Where the parser gives up says little about a bracket that is never closed, or about depth; where
// the innermost bracket was opened says more.
std::optional<ScenarioError> bracket_error(const std::string& problem, const YamlNode* innermost) {
  if (innermost == nullptr) return std::nullopt;
  if (problem == YAML::ErrorMsg::END_OF_SEQ_FLOW) {
    return ScenarioError{innermost->place, "found a '[' that is never closed; expected its ']'"};
  }
  if (problem == YAML::ErrorMsg::END_OF_MAP_FLOW) {
    return ScenarioError{innermost->place, "found a '{' that is never closed; expected its '}'"};
  }
  if (problem == YAML::ErrorMsg::BAD_FILE) {
    return ScenarioError{innermost->place,
                         "found hundreds of lists and mappings within each "
                         "other; expected fewer"};
  }
  return std::nullopt;
}

ScenarioError syntax_error(const YAML::ParserException& broken, const SourceText& source,
                           const YamlNode* innermost) {
  if (auto bracket = bracket_error(broken.msg, innermost)) return *bracket;
  return {source.place(broken.mark.line, broken.mark.column),
          fmt::format("this is not valid YAML: {}{}", broken.msg,
                      hint_for(broken.msg, source.line(broken.mark.line)))};
}

}  // namespace

std::string describe(const YamlNode& node) {
  switch (node.kind) {
    case Kind::null:
      return "nothing";
    case Kind::scalar:
      return node.text.size() <= 40 ? fmt::format("'{}'", node.text) : "a long text";
    case Kind::sequence:
      return "a list";
    case Kind::mapping:
      break;
  }
  return "a mapping";
}

sim::Result<YamlNode, ScenarioError> parse_yaml(const std::string& text, const std::string& name) {
  const SourceText source(text, name);
  if (auto flaw = source.first_flaw()) return *flaw;
  TreeBuilder builder(source);
  try {
    std::istringstream in(source.text());
    YAML::Parser parser(in);
    while (!builder.error() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::ParserException& broken) {
    if (!builder.error()) return syntax_error(broken, source, builder.innermost());
  } catch (const YAML::Exception& broken) {
    return ScenarioError{source.place(0, 0), fmt::format("this is not valid YAML: {}", broken.msg)};
  }
  if (builder.error()) return *builder.error();
  YamlNode root = builder.take();
  if (root.place.file.empty()) root.place = source.place(0, 0);
  return root;
}

}  // namespace splitproof::harness
