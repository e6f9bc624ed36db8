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
    if (value.is_array()) check_array(schema, value, path);
    check_choices(schema, value, path);
  }

  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  static void refuse_unknown_words(const json& schema) {
    // clang-format off
    static const std::set<std::string> known{
        "$schema", "$id", "id", "$ref", "title", "description", "default", "definitions",
        "type", "const", "enum", "required", "properties", "additionalProperties", "items",
        "minItems", "uniqueItems", "minimum", "maximum", "pattern", "format", "anyOf", "oneOf"};
    // clang-format on
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
    if (type == "number") return value.is_number();
    throw std::logic_error("cannot judge the schema type " + type);
  }

  void check_value(const json& schema, const json& value, const std::string& path) {
    if (schema.contains("const") && value != schema["const"]) complain(path, "is another constant");
    if (schema.contains("enum") &&
        std::ranges::find(schema["enum"], value) == schema["enum"].end()) {
      complain(path, "is " + value.dump() + ", none of " + schema["enum"].dump());
    }
    if (schema.contains("minimum") && value < schema["minimum"]) complain(path, "is too small");
    if (schema.contains("maximum") && value > schema["maximum"]) complain(path, "is too large");
    if (schema.contains("pattern") &&
        !std::regex_search(value.get<std::string>(),
                           std::regex(schema["pattern"].get<std::string>()))) {
      complain(path, "does not match " + schema["pattern"].dump());
    }
  }

  void check_array(const json& schema, const json& value, const std::string& path) {
    for (std::size_t i = 0; schema.contains("items") && i < value.size(); ++i) {
      check(schema["items"], value[i], path + "/" + std::to_string(i));
    }
    if (schema.contains("minItems") && value.size() < schema["minItems"]) {
      complain(path, "has too few elements");
    }
    if (schema.value("uniqueItems", false) &&
        std::set<json>(value.begin(), value.end()).size() != value.size()) {
      complain(path, "has an element twice");
    }
  }

  // How many of the schemas the value meets.
  int met_of(const json& schemas, const json& value) const {
    return static_cast<int>(std::ranges::count_if(schemas, [&](const json& one) {
      Validator alone(root_);
      alone.check(one, value, "");
      return alone.complaints().empty();
    }));
  }

  void check_choices(const json& schema, const json& value, const std::string& path) {
    if (schema.contains("anyOf") && met_of(schema["anyOf"], value) == 0) {
      complain(path, "meets none of " + schema["anyOf"].dump());
    }
    if (schema.contains("oneOf") && met_of(schema["oneOf"], value) != 1) {
      complain(path, "meets not one alone of " + schema["oneOf"].dump());
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
    if (!schema.contains("additionalProperties")) return;
    const json& others = schema["additionalProperties"];
    for (const auto& [key, member] : value.items()) {
      if (properties.contains(key)) continue;
      if (others.is_object()) check(others, member, path + "/" + key);
      if (others == false) complain(path, "has the key '" + key + "', which nobody knows");
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
