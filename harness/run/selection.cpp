#include "harness/run/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "harness/cli/options.h"
#include "harness/run/scenario_file.h"
#include "harness/run/worlds.h"

namespace splitproof::harness {

namespace {

bool is_file(const std::string& word) {
  return word.find('/') != std::string::npos || word.ends_with(".yaml") || word.ends_with(".yml");
}

sim::Result<std::string, SelectionError> path_of(const std::string& word,
                                                 const std::string& folder) {
  if (is_file(word)) {
    if (std::filesystem::is_regular_file(word)) return word;
    return SelectionError{fmt::format("the scenario file {} is not there", word)};
  }
  if (std::ranges::find(documented_cases(), word) != documented_cases().end()) {
    return (std::filesystem::path(folder) / (word + ".yaml")).string();
  }
  const std::string near = nearest(word, documented_cases());
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
      if (wanted.variant.empty() || variant.name == wanted.variant) {
        add_case(selection, scenario, &variant, target, argument);
      }
    }
  }
}

SelectionError no_variant(const Selection& selection, const std::string& wanted) {
  std::vector<std::string> known;
  for (const auto& scenario : selection.scenarios) {
    for (const Variant& variant : scenario->variants) known.push_back(variant.name);
  }
  const std::string near = nearest(wanted, known);
  return {fmt::format(
      "no variant '{}' in {}{}; known: {}", wanted,
      selection.scenarios.size() == 1 ? selection.scenarios.front()->name : "these scenarios",
      near.empty() ? "" : fmt::format("; did you mean '{}'?", near), fmt::join(known, ", "))};
}

std::string expectation_text(const Variant& variant, const char* target) {
  const Expected& expected = variant.expect.at(target);
  switch (expected.observed) {
    case Expectation::holds:
      return "holds";
    case Expectation::violated:
      return "caught by " + expected.oracle;
    case Expectation::not_applicable:
      return "not applicable";
  }
  return "";
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

sim::Result<Selection, SelectionError> select_cases(const Wanted& wanted,
                                                    const std::string& folder) {
  Selection selection;
  const std::vector<std::string>& words =
      wanted.scenarios.empty() ? documented_cases() : wanted.scenarios;
  for (const std::string& word : words) {
    sim::Result<std::string, SelectionError> path = path_of(word, folder);
    if (!path.ok()) return path.error();
    sim::Result<Scenario, ScenarioError> scenario = read_scenario_file(path.value());
    if (!scenario.ok()) return SelectionError{to_string(scenario.error())};
    selection.scenarios.push_back(std::make_unique<Scenario>(std::move(scenario).value()));
    add_cases(selection, *selection.scenarios.back(), wanted, word);
  }
  if (selection.cases.empty()) return no_variant(selection, wanted.variant);
  return selection;
}

std::string listing(const Selection& selection) {
  std::string text;
  for (const auto& scenario : selection.scenarios) {
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
