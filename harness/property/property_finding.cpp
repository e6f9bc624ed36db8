#include "harness/property/property_finding.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "harness/property/property_names.h"
#include "harness/run/timeline.h"

namespace splitproof::harness {

namespace {

constexpr std::size_t rows_shown_max = 6;

struct Property {
  Theme theme;
  std::string oracle;
  std::string claim;
};

const std::map<std::string, Property>& properties() {
  static const std::map<std::string, Property> all{
      {"random-operations",
       {Theme::operations, "model",
        "The client is told, and the database holds, what a model of the service says of the same "
        "operations."}},
      {"independent-sums",
       {Theme::daily_rows, "sums",
        "A month's sums and ratios are those that are counted up from its daily rows in another "
        "way."}},
  };
  return all;
}

const Property& property_of(const Scenario& scenario) {
  const auto known = properties().find(scenario.property);
  if (known != properties().end()) return known->second;
  throw UnusableInput(fmt::format("{}:{}:{}: found the property '{}', expected one of {}",
                                  scenario.place.file, scenario.place.line, scenario.place.column,
                                  scenario.property, fmt::join(property_names(), ", ")));
}

std::string rows_in_words(const std::vector<TableDifference>& differences) {
  std::string text;
  for (const TableDifference& difference : differences) {
    if (!text.empty()) text += "; ";
    text += fmt::format("{}: {} rows are missing or different, {} should not be there or differ",
                        difference.table, difference.expected.size(), difference.found.size());
    if (difference.rows_left_out > 0) {
      text += fmt::format(" (and {} more)", difference.rows_left_out);
    }
  }
  return text;
}

// The run as a story and as a timeline. Only what the model disagrees with has a right state.
void tell(PropertyBench& bench, const RunRecord& run, const Disagreement& found, Finding& finding) {
  References references;
  for (const Command& command : bench.commands()) references.titles.push_back(in_words(command));
  FindingContext context;
  context.scenario = &bench.scenario();
  context.references = &references;
  context.comparison = &bench.experiment().comparison();
  context.held = [&](const Observation& observation) -> std::string {
    if (found.found == nullptr) return "not compared, for the client was told something impossible";
    if (found.found.get() == &observation) return "something else than the model";
    const bool earlier = run.after.get() == &observation;
    return earlier ? "what the model says" : "not compared, for it was wrong before";
  };
  finding.story = story_of(run, context);
  Shown shown;
  shown.run = run;
  shown.violation.in_final_state = found.found != nullptr && found.found != run.after;
  const Observation right{found.expected, "", {}, {}};
  finding.timeline = timeline_of(shown, found.found == nullptr ? nullptr : &right, context);
}

}  // namespace

const std::vector<std::string>& property_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& [name, property] : properties()) all.push_back(name);
    return all;
  }();
  return names;
}

const std::vector<std::string>& property_oracles() {
  static const std::vector<std::string> names{"model", "sums"};
  return names;
}

Theme theme_of(const Scenario& scenario) { return property_of(scenario).theme; }

std::string oracle_of(const Scenario& scenario) { return property_of(scenario).oracle; }

std::vector<Command> commands_of(const Plan& plan) {
  std::vector<Command> commands;
  for (const std::string& word : plan.operations) {
    sim::Result<Command, std::string> command = parse_command(word);
    if (!command.ok()) throw UnusableInput(fmt::format("the plan: {}", command.error()));
    commands.push_back(std::move(command).value());
  }
  return commands;
}

Finding property_finding(PropertyBench& bench, const RunRecord& run, const Disagreement& found) {
  const Property& property = property_of(bench.scenario());
  Finding finding;
  finding.oracle = property.oracle;
  finding.severity = "violation";
  finding.claim = property.claim;
  finding.because = found.because;
  finding.plan = to_string(run.plan);
  if (found.found != nullptr) {
    finding.damage = found.found->damage;
    finding.differences = differences(found.expected, found.found->state,
                                      bench.experiment().comparison(), rows_shown_max);
    if (finding.damage.empty()) {
      finding.damage.push_back({"rows", rows_in_words(finding.differences)});
    }
  }
  tell(bench, run, found, finding);
  return finding;
}

}  // namespace splitproof::harness
