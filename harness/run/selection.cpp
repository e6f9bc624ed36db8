#include "harness/run/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "harness/cli/program_options.h"
#include "harness/isolation/table_file.h"
#include "harness/run/command_case.h"
#include "harness/run/scenario_file.h"
#include "harness/run/worlds.h"

namespace splitproof::harness {

namespace {

bool is_file(const std::string& word) {
  return word.find('/') != std::string::npos || word.ends_with(".yaml") || word.ends_with(".yml");
}

// A word taken apart: the file, and of a table the one anomaly that is meant; empty: all.
struct Named {
  std::string word;
  std::string anomaly;
};

Named take_apart_at_hash(const std::string& word) {
  const std::size_t hash = word.rfind('#');
  if (hash != std::string::npos && is_file(word.substr(0, hash)) &&
      !std::filesystem::is_regular_file(word)) {
    return {word.substr(0, hash), word.substr(hash + 1)};
  }
  if (!is_file(word) && word.starts_with(isolation_prefix) && word != isolation_table_name) {
    return {std::string(isolation_table_name), word};
  }
  return {word, ""};
}

sim::Result<std::string, SelectionError> path_of(const std::string& word,
                                                 const std::string& folder) {
  if (is_file(word)) {
    if (std::filesystem::is_regular_file(word)) return word;
    return SelectionError{fmt::format("the scenario file {} is not there", word)};
  }
  if (word == isolation_table_name) {
    return (std::filesystem::path(folder) / "isolation" / (word + ".yaml")).string();
  }
  const auto is_one_of = [&](const std::vector<std::string>& names) {
    return std::ranges::find(names, word) != names.end();
  };
  if (is_one_of(documented_cases()) || is_one_of(storage_cases())) {
    return (std::filesystem::path(folder) / (word + ".yaml")).string();
  }
  const std::string near = nearest(word, listed_cases());
  return SelectionError{
      fmt::format("there is no scenario '{}'{}; 'splitproof list' shows them, and a file is given "
                  "by its path",
                  word, near.empty() ? "" : fmt::format("; did you mean '{}'?", near))};
}

void add_case(Selection& selection, const Scenario& scenario, const Variant* variant,
              const std::string& target, const std::string& argument) {
  Case one;
  one.scenario = &scenario;
  one.variant = variant;
  one.target = target;
  one.target_kind = target == "sqlite" ? "sqlite" : "postgres";
  one.argument = argument;
  selection.cases.push_back(std::move(one));
}

void add_cases(Selection& selection, const Scenario& scenario, const Wanted& wanted,
               const std::string& argument) {
  for (const std::string& target : wanted.targets) {
    if (!scenario.not_built.empty()) {
      if (wanted.variant.empty()) add_case(selection, scenario, nullptr, target, argument);
      continue;
    }
    for (const Variant& variant : scenario.variants) {
      const bool there = variant.expect.contains(target == "sqlite" ? "sqlite" : "postgres");
      if (there && (wanted.variant.empty() || variant.name == wanted.variant)) {
        add_case(selection, scenario, &variant, target, argument);
      }
    }
  }
}

sim::Result<Selection, SelectionError> select_command(const Wanted& wanted) {
  auto scenario = scenario_of_command(wanted.programs);
  if (!scenario.ok()) return SelectionError{scenario.error()};
  Selection selection;
  selection.scenarios.push_back(std::make_unique<Scenario>(std::move(scenario).value()));
  add_cases(selection, *selection.scenarios.back(), wanted, "");
  for (Case& one : selection.cases) one.command = to_words(wanted.programs);
  return selection;
}

// Adds all anomalies of a table, or the one that is named.
std::optional<SelectionError> add_table(Selection& selection, const Named& named,
                                        const std::string& path, const Wanted& wanted) {
  sim::Result<std::vector<Scenario>, ScenarioError> scenarios = read_isolation_table(path);
  if (!scenarios.ok()) return SelectionError{to_string(scenarios.error())};
  std::vector<std::string> names;
  bool found = false;
  for (Scenario& scenario : scenarios.value()) {
    names.push_back(scenario.name);
    if (!named.anomaly.empty() && named.anomaly != scenario.name) continue;
    found = true;
    selection.scenarios.push_back(std::make_unique<Scenario>(std::move(scenario)));
    const std::string& name = selection.scenarios.back()->name;
    add_cases(selection, *selection.scenarios.back(), wanted,
              is_file(named.word) ? fmt::format("{}#{}", named.word, name) : name);
  }
  if (found) return std::nullopt;
  return SelectionError{fmt::format("there is no anomaly '{}' in {}; expected one of {}",
                                    named.anomaly, path, fmt::join(names, ", "))};
}

SelectionError no_case(const Selection& selection, const Wanted& wanted_case) {
  const std::string& wanted = wanted_case.variant;
  std::vector<std::string> known;
  for (const auto& scenario : selection.scenarios) {
    for (const Variant& variant : scenario->variants) {
      if (std::ranges::find(known, variant.name) == known.end()) known.push_back(variant.name);
    }
  }
  if (wanted.empty() || std::ranges::find(known, wanted) != known.end()) {
    return {
        fmt::format("no case of {} is one on {}; 'splitproof list' shows on which target each "
                    "variant is",
                    selection.scenarios.front()->name, fmt::join(wanted_case.targets, ", "))};
  }
  const std::string near = nearest(wanted, known);
  return {fmt::format(
      "no variant '{}' in {}{}; known: {}", wanted,
      selection.scenarios.size() == 1 ? selection.scenarios.front()->name : "these scenarios",
      near.empty() ? "" : fmt::format("; did you mean '{}'?", near), fmt::join(known, ", "))};
}

std::string expectation_text(const Variant& variant, const char* target) {
  const auto found = variant.expect.find(target);
  if (found == variant.expect.end()) return "-";
  const Expected& expected = found->second;
  switch (expected.observed) {
    case Expectation::holds:
      return "holds";
    case Expectation::violated:
      return expected.oracle.empty() ? "caught" : "caught by " + expected.oracle;
    case Expectation::not_applicable:
      return "not applicable";
  }
  return "";
}

std::string columns_text(const Scenario& scenario) {
  std::map<std::string, std::vector<std::string>> names;
  for (const Variant& variant : scenario.variants) {
    names[variant.expect.begin()->first].push_back(variant.name);
  }
  std::string text;
  for (const auto& [target, columns] : names) {
    text += fmt::format("    {:<24}  {}\n", "columns of " + target, fmt::join(columns, ", "));
  }
  return text;
}

}  // namespace

const std::vector<std::string>& documented_cases() {
  static const std::vector<std::string> names{"partial-failure",
                                              "lost-update",
                                              "balance-transfer",
                                              "august-september-split",
                                              "daily-collection",
                                              "cache-refresh",
                                              "transaction-helper",
                                              "concurrent-updates",
                                              "month-boundary",
                                              "double-cron",
                                              "late-data",
                                              "fractured-read",
                                              "cleanup-after-aggregation",
                                              "random-operations",
                                              "independent-sums"};
  return names;
}

const std::vector<std::string>& storage_cases() {
  static const std::vector<std::string> names{"power-loss-transfer", "power-loss-month",
                                              "contract-matrix"};
  return names;
}

std::vector<std::string> listed_cases() {
  std::vector<std::string> names = documented_cases();
  names.insert(names.end(), storage_cases().begin(), storage_cases().end());
  names.emplace_back(isolation_table_name);
  return names;
}

sim::Result<Selection, SelectionError> select_cases(const Wanted& wanted,
                                                    const std::string& folder) {
  if (!wanted.programs.commands.empty()) return select_command(wanted);
  Selection selection;
  const std::vector<std::string>& words =
      wanted.scenarios.empty() ? documented_cases() : wanted.scenarios;
  for (const std::string& word : words) {
    const Named named = take_apart_at_hash(word);
    sim::Result<std::string, SelectionError> path = path_of(named.word, folder);
    if (!path.ok()) return path.error();
    if (is_isolation_table(path.value())) {
      if (auto error = add_table(selection, named, path.value(), wanted)) return *std::move(error);
      continue;
    }
    if (!named.anomaly.empty()) {
      return SelectionError{
          fmt::format("found '{}' behind the scenario file {}; expected it only "
                      "behind an isolation table",
                      named.anomaly, path.value())};
    }
    sim::Result<Scenario, ScenarioError> scenario = read_scenario_file(path.value());
    if (!scenario.ok()) return SelectionError{to_string(scenario.error())};
    selection.scenarios.push_back(std::make_unique<Scenario>(std::move(scenario).value()));
    add_cases(selection, *selection.scenarios.back(), wanted, word);
  }
  if (selection.cases.empty()) return no_case(selection, wanted);
  return selection;
}

SourcePlace place_of(const Selection& selection, const CaseVerdict& verdict) {
  for (const auto& scenario : selection.scenarios) {
    if (scenario->name != verdict.scenario) continue;
    const auto variant = std::ranges::find(scenario->variants, verdict.variant, &Variant::name);
    const bool has_place = variant != scenario->variants.end() && !variant->place.file.empty();
    return has_place ? variant->place : scenario->place;
  }
  return {};
}

std::string listing(const Selection& selection) {
  std::string text;
  std::string table;
  for (const auto& scenario : selection.scenarios) {
    if (scenario->anomaly != nullptr) {
      if (table != scenario->anomaly->table) {
        table = scenario->anomaly->table;
        text += fmt::format("{}: {}\n{}", isolation_table_name, table, columns_text(*scenario));
      }
      text += fmt::format("    {:<24}  {}\n", scenario->name, scenario->title);
      continue;
    }
    text += fmt::format("{}: {}\n", scenario->name, scenario->title);
    if (!scenario->not_built.empty())
      text += fmt::format("    not built: {}\n", scenario->not_built);
    for (const Variant& variant : scenario->variants) {
      text +=
          fmt::format("    {:<24}  sqlite: {:<26}  postgres: {}\n", variant.name,
                      expectation_text(variant, "sqlite"), expectation_text(variant, "postgres"));
    }
  }
  return text;
}

}  // namespace splitproof::harness
