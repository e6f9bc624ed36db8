#include "harness/run/scenario_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "harness/property/property_names.h"
#include "harness/run/program_spec.h"
#include "harness/run/scenario_parts.h"

namespace splitproof::harness {

namespace {

// Scenario files are written by people; what is longer than this was given by mistake, and finding
// that out key by key could take minutes.
constexpr std::uintmax_t file_size_max = 128 * 1024;

const std::vector<std::string> scenario_keys{
    "scenario", "title",      "story",      "claim",    "not-built", "data",
    "property", "operations", "system",     "sessions", "atomic",    "retry",
    "faults",   "incident",   "invariants", "damage",   "compare",   "variants"};

// Each says what is run, so that a scenario has one of them.
const std::vector<std::string> what_is_run{"property", "operations", "system", "sessions"};

int read_retry(Fields& fields, int otherwise, FirstRefusal& refusal) {
  if (!fields.has("retry")) return otherwise;
  const std::string text = fields.text("retry");
  const char* const end = text.data() + text.size();
  int attempts = 0;
  const auto [parsed, failure] = std::from_chars(text.data(), end, attempts);
  if (failure != std::errc{} || parsed != end || attempts < 1 || attempts > 100) {
    refusal.refuse(fields.place_of("retry"),
                   fmt::format("found '{}' as 'retry'; expected a number from 1 to 100: how often "
                               "an operation that was not told committed is run again",
                               text));
  }
  return attempts;
}

void require(const Fields& fields, std::string_view key, const SourcePlace& place,
             FirstRefusal& refusal) {
  if (fields.has(key)) return;
  refusal.refuse(place, fmt::format("found no '{}' in the scenario; expected this key (only a "
                                    "case that says why it is 'not-built' may do without)",
                                    key));
}

void check_one_is_run(const Fields& fields, const SourcePlace& place, FirstRefusal& refusal) {
  std::string first;
  for (const std::string& key : what_is_run) {
    if (!fields.has(key)) continue;
    if (!first.empty()) {
      refusal.refuse(fields.place_of(key),
                     fmt::format("found '{}' beside '{}'; expected one of the two, for each says "
                                 "what is run",
                                 key, first));
    }
    first = key;
  }
  if (first.empty()) require(fields, "operations", place, refusal);
}

void read_what_is_run(Fields& fields, Scenario& scenario, const std::string& folder,
                      FirstRefusal& refusal) {
  scenario.property = fields.word_or("property", property_names(), "");
  scenario.operations = read_operations(fields.list("operations"), folder, refusal);
  if (const YamlNode* system = fields.find("system")) {
    scenario.operations.push_back(read_system(*system, scenario.title, folder, refusal));
  }
  if (fields.has("sessions")) {
    scenario.operations = read_sessions(fields.list("sessions"), folder, refusal);
  }
  scenario.by_transaction =
      fields.word_or("atomic", {"operation", "transaction"}, "operation") == "transaction";
  if (scenario.by_transaction && !scenario.property.empty()) {
    refusal.refuse(
        fields.place_of("atomic"),
        "found 'atomic: transaction' beside a 'property', which judges whole operations; "
        "expected it beside operations that are given");
  }
}

Scenario read_scenario(const YamlNode& node, const std::string& folder, FirstRefusal& refusal) {
  Fields fields(node, "the scenario", scenario_keys, refusal);
  Scenario scenario;
  scenario.place = node.place;
  scenario.name = fields.name("scenario");
  scenario.title = fields.text("title");
  scenario.story = fields.text("story");
  scenario.claim = fields.text("claim");
  scenario.not_built = fields.text_or("not-built", "");
  const bool built = scenario.not_built.empty();
  if (built) check_one_is_run(fields, node.place, refusal);
  if (const YamlNode* data = fields.find("data")) {
    scenario.data = read_data(*data, folder, refusal);
  }
  read_what_is_run(fields, scenario, folder, refusal);
  scenario.retry_attempts = read_retry(fields, scenario.retry_attempts, refusal);
  scenario.faults = read_faults(fields.list("faults"), refusal);
  if (const YamlNode* incident = fields.find("incident")) {
    read_incident(*incident, scenario, refusal);
  }
  scenario.invariants = read_invariants(fields.list("invariants"), refusal);
  scenario.damage = read_damage(fields.list("damage"), refusal);
  if (const YamlNode* compare = fields.find("compare")) {
    scenario.leave_out = read_compare(*compare, refusal);
  }
  scenario.variants = read_variants(fields.list("variants"), scenario.damage, refusal);
  if (built && !fields.has("variants") && runs_programs(scenario)) {
    scenario.variants.push_back(only_variant());
    scenario.variants.back().place = node.place;
  } else if (built) {
    require(fields, "variants", node.place, refusal);
  }
  return scenario;
}

ScenarioError whole_file_error(const std::string& path, std::string message) {
  return {{path, 1, 1}, std::move(message)};
}

}  // namespace

std::string to_string(const ScenarioError& error) {
  return fmt::format("{}:{}:{}: {}", error.place.file, error.place.line, error.place.column,
                     error.message);
}

sim::Result<Scenario, ScenarioError> read_scenario_text(const std::string& text,
                                                        const std::string& name,
                                                        const std::string& folder) {
  auto root = parse_yaml(text, name);
  if (!root.ok()) return root.error();
  FirstRefusal refusal;
  Scenario scenario = read_scenario(root.value(), folder, refusal);
  if (refusal.error()) return *refusal.error();
  return scenario;
}

sim::Result<Scenario, ScenarioError> read_scenario_file(const std::string& path) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure)) {
    return whole_file_error(path, std::filesystem::exists(path, failure)
                                      ? "found something that is no file; expected a scenario file"
                                      : "found no such file; expected a scenario file");
  }
  if (std::filesystem::file_size(path, failure) > file_size_max) {
    return whole_file_error(path, "found more than 128 KiB; expected a scenario file");
  }
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in.good()) return whole_file_error(path, "cannot read it; expected a file that I may read");
  const std::string folder = std::filesystem::absolute(path).parent_path().string();
  return read_scenario_text(text, path, folder);
}

}  // namespace splitproof::harness
