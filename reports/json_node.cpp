#include "reports/json_node.h"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace splitproof::reports {

namespace {

using ReadJson = nlohmann::json;

const ReadJson& json_of(const void* json) { return *static_cast<const ReadJson*>(json); }

}  // namespace

Node Node::at(const std::string& key) const {
  const ReadJson& value = json_of(json_);
  if (!value.is_object()) refuse("an object");
  const auto found = value.find(key);
  if (found == value.end()) {
    throw Unusable{{path_ + "/" + key, "found nothing, expected this key"}};
  }
  return {&*found, path_ + "/" + key};
}

std::optional<Node> Node::find(const std::string& key) const {
  if (!json_of(json_).is_object()) refuse("an object");
  if (!json_of(json_).contains(key)) return std::nullopt;
  return at(key);
}

std::string Node::text() const {
  if (!json_of(json_).is_string()) refuse("a string");
  return json_of(json_).get<std::string>();
}

std::uint64_t Node::number() const {
  if (!json_of(json_).is_number_unsigned()) refuse("a whole number, 0 or more");
  return json_of(json_).get<std::uint64_t>();
}

std::int64_t Node::count() const {
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (number() > largest) refuse("a whole number below 2^63");
  return json_of(json_).get<std::int64_t>();
}

int Node::small_count(const std::string& key) const {
  const Node value = at(key);
  if (value.count() > std::numeric_limits<int>::max()) value.refuse("a whole number below 2^31");
  return static_cast<int>(value.count());
}

bool Node::flag() const {
  if (!json_of(json_).is_boolean()) refuse("true or false");
  return json_of(json_).get<bool>();
}

bool Node::is_null() const { return json_of(json_).is_null(); }

std::vector<Node> Node::elements() const {
  const ReadJson& value = json_of(json_);
  if (!value.is_array()) refuse("a list");
  std::vector<Node> all;
  for (std::size_t i = 0; i < value.size(); ++i) {
    all.emplace_back(&value[i], fmt::format("{}/{}", path_, i));
  }
  return all;
}

void Node::refuse(const std::string& expected) const {
  const ReadJson& value = json_of(json_);
  const std::string found = value.dump(-1, ' ', false, ReadJson::error_handler_t::replace);
  const std::string shown = found.size() <= 40 ? found : std::string(value.type_name());
  throw Unusable{
      {path_.empty() ? "/" : path_, fmt::format("found {}, expected {}", shown, expected)}};
}

}  // namespace splitproof::reports
