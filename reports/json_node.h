// A value of a report together with its path, so that every complaint names its place. Private to
// the reader.
#pragma once

#include <cstdint>
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
  // `json` is a nlohmann::json, which no header names; borrowed.
  Node(const void* json, std::string path) : json_(json), path_(std::move(path)) {}

  Node at(const std::string& key) const;
  // For keys that not every report has.
  std::optional<Node> find(const std::string& key) const;

  std::string text(const std::string& key) const { return at(key).text(); }
  std::int64_t count(const std::string& key) const { return at(key).count(); }
  bool flag(const std::string& key) const { return at(key).flag(); }

  std::string text() const;
  std::uint64_t number() const;
  std::int64_t count() const;
  int small_count(const std::string& key) const;
  bool flag() const;
  bool is_null() const;

  // The elements of a list, each read by `read`.
  template <class Read>
  auto list(const Read& read) const {
    std::vector<decltype(read(std::declval<const Node&>()))> result;
    for (const Node& element : elements()) result.push_back(read(element));
    return result;
  }

  [[noreturn]] void refuse(const std::string& expected) const;

 private:
  std::vector<Node> elements() const;

  const void* json_;
  std::string path_;
};

// A list that not every report has; empty where it is missing.
template <class Read>
auto list_if_there(const Node& node, const std::string& key, const Read& read) {
  const std::optional<Node> found = node.find(key);
  return found ? found->list(read) : decltype(found->list(read)){};
}

}  // namespace splitproof::reports
