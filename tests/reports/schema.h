// A validator for the words of JSON Schema (draft-04 to 07) that the schemas of our reports use,
// and no others: type, const, enum, required, properties, additionalProperties, items, minItems,
// uniqueItems, minimum, maximum, pattern, anyOf, oneOf and local $ref. Of `format` nothing is
// checked, and `default` is none of a validator's business.
//
// A schema with another constraint is refused, so that a rule written there cannot go unchecked.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace splitproof::reports {

// One complaint per violation, "path: what"; empty if the value is valid. Throws std::logic_error
// for a schema that it cannot judge.
std::vector<std::string> schema_complaints(const nlohmann::json& schema,
                                           const nlohmann::json& value);

}  // namespace splitproof::reports
