#include "tests/reports/schema.h"

#include <algorithm>
#include <regex>
#include <set>
#include <stdexcept>

namespace splitproof::reports {

namespace {

using nlohmann::json;

class Validator {
 public:
  explicit Validator(const json& root) : root_(root) {}

  void check(const json& schema, const json& value, const std::string& path) {
    refuse_unknown_words(schema);
    if (schema.contains("$ref")) {
      const auto target = schema["$ref"].get<std::string>();
      check(root_.at(json::json_pointer(target.substr(1))), value, path);
    }
    if (schema.contains("type") && !has_type(value, schema["type"])) {
      complain(path, "is not of type " + schema["type"].get<std::string>());
      return;
    }
    check_value(schema, value, path);
    if (value.is_object()) check_object(schema, value, path);
    if (value.is_array() && schema.contains("items")) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        check(schema["items"], value[i], path + "/" + std::to_string(i));
      }
    }
  }

  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  static void refuse_unknown_words(const json& schema) {
    static const std::set<std::string> known{
        "$schema", "$id",      "$ref",       "title", "type",    "description", "const",
        "enum",    "required", "properties", "items", "minimum", "pattern",     "definitions"};
    for (const auto& [word, rule] : schema.items()) {
      if (!known.contains(word)) throw std::logic_error("cannot judge the schema word " + word);
    }
  }

  static bool has_type(const json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "integer") return value.is_number_integer();
    throw std::logic_error("cannot judge the schema type " + type);
  }

  void check_value(const json& schema, const json& value, const std::string& path) {
    if (schema.contains("const") && value != schema["const"]) complain(path, "is another constant");
    if (schema.contains("enum") &&
        std::ranges::find(schema["enum"], value) == schema["enum"].end()) {
      complain(path, "is " + value.dump() + ", none of " + schema["enum"].dump());
    }
    if (schema.contains("minimum") && value < schema["minimum"]) complain(path, "is too small");
    if (schema.contains("pattern") &&
        !std::regex_search(value.get<std::string>(),
                           std::regex(schema["pattern"].get<std::string>()))) {
      complain(path, "does not match " + schema["pattern"].dump());
    }
  }

  void check_object(const json& schema, const json& value, const std::string& path) {
    static const json none = json::object();
    if (schema.contains("required")) {
      for (const json& key : schema["required"]) {
        if (!value.contains(key)) complain(path, "has no " + key.dump());
      }
    }
    const json& properties = schema.contains("properties") ? schema["properties"] : none;
    for (const auto& [key, rule] : properties.items()) {
      if (value.contains(key)) check(rule, value[key], path + "/" + key);
    }
  }

  void complain(const std::string& path, const std::string& what) {
    complaints_.push_back(path + ": " + what);
  }

  const json& root_;
  std::vector<std::string> complaints_;
};

}  // namespace

std::vector<std::string> schema_complaints(const json& schema, const json& value) {
  Validator validator(schema);
  validator.check(schema, value, "");
  return validator.complaints();
}

}  // namespace splitproof::reports
