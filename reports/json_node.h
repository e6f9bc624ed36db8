// A value of a report together with its path, so that every complaint names its place. Private to
// the reader.
#pragma once

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reports/json.h"

namespace splitproof::reports {

// Leaves the reader at the first value that cannot be used; parse_report catches it.
struct Unusable {
  ReportError error;
};

class Node {
 public:
  Node(const nlohmann::json& value, std::string path) : value_(value), path_(std::move(path)) {}

  Node at(const std::string& key) const {
    if (!value_.is_object()) refuse("an object");
    const auto found = value_.find(key);
    if (found == value_.end()) {
      throw Unusable{{path_ + "/" + key, "found nothing, expected this key"}};
    }
    return {*found, path_ + "/" + key};
  }

  // For keys that not every report has.
  std::optional<Node> find(const std::string& key) const {
    if (!value_.is_object()) refuse("an object");
    if (!value_.contains(key)) return std::nullopt;
    return at(key);
  }

  std::string text(const std::string& key) const { return at(key).text(); }
  std::int64_t count(const std::string& key) const { return at(key).count(); }
  bool flag(const std::string& key) const { return at(key).flag(); }

  std::string text() const {
    if (!value_.is_string()) refuse("a string");
    return value_.get<std::string>();
  }

  std::uint64_t number() const {
    if (!value_.is_number_unsigned()) refuse("a whole number, 0 or more");
    return value_.get<std::uint64_t>();
  }

  std::int64_t count() const {
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (number() > largest) refuse("a whole number below 2^63");
    return value_.get<std::int64_t>();
  }

  int small_count(const std::string& key) const {
    const Node value = at(key);
    if (value.count() > std::numeric_limits<int>::max()) value.refuse("a whole number below 2^31");
    return static_cast<int>(value.count());
  }

  bool flag() const {
    if (!value_.is_boolean()) refuse("true or false");
    return value_.get<bool>();
  }

  // The elements of a list, each read by `read`.
  template <class Read>
  auto list(const Read& read) const {
    if (!value_.is_array()) refuse("a list");
    std::vector<decltype(read(std::declval<const Node&>()))> result;
    for (std::size_t i = 0; i < value_.size(); ++i) {
      result.push_back(read(Node(value_[i], fmt::format("{}/{}", path_, i))));
    }
    return result;
  }

  [[noreturn]] void refuse(const std::string& expected) const {
    const std::string found = value_.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    const std::string shown = found.size() <= 40 ? found : std::string(value_.type_name());
    throw Unusable{
        {path_.empty() ? "/" : path_, fmt::format("found {}, expected {}", shown, expected)}};
  }

 private:
  const nlohmann::json& value_;
  std::string path_;
};

// A list that not every report has; empty where it is missing.
template <class Read>
auto list_if_there(const Node& node, const std::string& key, const Read& read) {
  const std::optional<Node> found = node.find(key);
  return found ? found->list(read) : decltype(found->list(read)){};
}

}  // namespace splitproof::reports
