// What a scenario starts from and what breaks in it: `data`, `faults`, `incident`.

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>

#include "harness/plan/fault.h"
#include "harness/run/scenario_parts.h"
#include "sim/base/period.h"

namespace splitproof::harness {

namespace {

std::string day_of(Fields& fields, std::string_view key, FirstRefusal& refusal) {
  const std::string day = fields.text_or(key, "");
  if (fields.has(key) && !sim::parse_day(day).ok()) {
    refusal.refuse(fields.place_of(key),
                   fmt::format("found '{}' as '{}'; expected a day such as 2025-08-31", day, key));
  }
  return day;
}

CsvImport read_import(const YamlNode& node, const std::string& folder, FirstRefusal& refusal) {
  Fields fields(node, "an import", {"file", "clients", "from", "to"}, refusal);
  CsvImport import;
  fields.text("file");
  if (const YamlNode* file = fields.find("file")) import.path = file_of(*file, folder, refusal);
  import.clients = fields.texts("clients");
  import.from = day_of(fields, "from", refusal);
  import.to = day_of(fields, "to", refusal);
  if (!import.from.empty() && !import.to.empty() && import.to < import.from) {
    refusal.refuse(fields.place_of("to"),
                   fmt::format("found the last day {} before the first day {}; expected it on or "
                               "after",
                               import.to, import.from));
  }
  return import;
}

constexpr std::string_view strike_example =
    "expected a strike such as '1: save conversion metrics = error': the number of the operation, "
    "the name of the statement, the fault";

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(' ') - begin + 1));
}

// Takes the text apart; says nothing of whether the operation and the fault exist.
std::optional<IncidentStrike> split_strike(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::size_t equals = text.rfind('=');
  if (colon == std::string_view::npos || equals == std::string_view::npos || equals < colon) {
    return std::nullopt;
  }
  IncidentStrike strike;
  const std::string number = trimmed(text.substr(0, colon));
  const char* const end = number.data() + number.size();
  const auto [parsed, failure] = std::from_chars(number.data(), end, strike.operation);
  if (failure != std::errc{} || parsed != end) return std::nullopt;
  strike.statement = trimmed(text.substr(colon + 1, equals - colon - 1));
  strike.fault = trimmed(text.substr(equals + 1));
  if (strike.statement.empty()) return std::nullopt;
  return strike;
}

IncidentStrike read_strike(const YamlNode& node, std::size_t operations, FirstRefusal& refusal) {
  const std::string text = text_of(node, "a strike", refusal);
  const std::optional<IncidentStrike> strike = split_strike(text);
  if (!strike) {
    refusal.refuse(node.place, fmt::format("found '{}'; {}", text, strike_example));
    return {};
  }
  if (strike->operation < 1 || static_cast<std::size_t>(strike->operation) > operations) {
    refusal.refuse(
        node.place,
        fmt::format("found a strike in operation {}; expected a number from 1 to {}, for "
                    "so many operations there are",
                    strike->operation, operations));
  }
  const std::vector<std::string>& families = fault_families();
  if (std::ranges::find(families, strike->fault) == families.end()) {
    refusal.refuse(node.place, fmt::format("found the fault '{}'; expected {}", strike->fault,
                                           one_of(families, strike->fault)));
  }
  return *strike;
}

}  // namespace

std::string file_of(const YamlNode& node, const std::string& folder, FirstRefusal& refusal) {
  const std::string given = text_of(node, "the path of a file", refusal);
  const std::filesystem::path path = (std::filesystem::absolute(folder) / given).lexically_normal();
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure)) {
    refusal.refuse(node.place,
                   fmt::format("found the file '{}'; expected one that exists, but there is none "
                               "at {}",
                               given, path.string()));
  }
  return path.string();
}

std::vector<std::string> statements_of(Fields& fields, std::string_view key,
                                       FirstRefusal& refusal) {
  std::vector<std::string> statements;
  for (const YamlNode& item : fields.list(key)) {
    statements.push_back(text_of(item, "an SQL statement", refusal));
  }
  return statements;
}

InitialData read_data(const YamlNode& node, const std::string& folder, FirstRefusal& refusal) {
  Fields fields(node, "the data", {"scripts", "schema", "import", "sql"}, refusal);
  InitialData data;
  for (const YamlNode& script : fields.list("scripts")) {
    data.scripts.push_back(file_of(script, folder, refusal));
  }
  fields.word_or("schema", {"aggregator"}, "");
  data.aggregator_schema = fields.has("schema");
  for (const YamlNode& import : fields.list("import")) {
    data.imports.push_back(read_import(import, folder, refusal));
  }
  if (fields.has("import") && !data.aggregator_schema) {
    refusal.refuse(fields.place_of("import"),
                   "found an import without the table it goes to; expected 'schema: aggregator' "
                   "beside it");
  }
  data.sql = statements_of(fields, "sql", refusal);
  for (const YamlNode& item : fields.list("sql")) data.sql_places.push_back(item.place);
  return data;
}

std::vector<std::string> read_faults(const std::vector<YamlNode>& nodes, FirstRefusal& refusal) {
  std::vector<std::string> faults;
  for (const YamlNode& node : nodes) {
    const std::string fault = text_of(node, "the name of a fault", refusal);
    const std::vector<std::string>& families = fault_families();
    if (std::ranges::find(families, fault) == families.end()) {
      refusal.refuse(node.place, fmt::format("found the fault '{}'; expected {}", fault,
                                             one_of(families, fault)));
    }
    if (std::ranges::find(faults, fault) != faults.end()) {
      refusal.refuse(node.place,
                     fmt::format("found the fault '{}' a second time; expected it once", fault));
    }
    faults.push_back(fault);
  }
  return faults;
}

void read_incident(const YamlNode& node, Scenario& scenario, FirstRefusal& refusal) {
  Fields fields(node, "the incident", {"story", "strikes"}, refusal);
  scenario.incident_story = fields.text("story");
  if (!fields.has("strikes")) {
    refusal.refuse(node.place, "found no 'strikes' in the incident; expected this key");
  }
  for (const YamlNode& strike : fields.list("strikes")) {
    scenario.incident.push_back(read_strike(strike, scenario.operations.size(), refusal));
  }
}

}  // namespace splitproof::harness
