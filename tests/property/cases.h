// The documented scenarios whose operations are generated, as cases for the tests: read from their
// files, bound through the catalogue of the program. Nothing here judges anything.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "harness/property/property_case.h"
#include "harness/run/scenario_file.h"
#include "harness/run/sqlite_world.h"
#include "scenarios/catalog.h"
#include "tests/support/paths.h"

namespace splitproof::harness {

// A documented scenario with one of its variants.
class DocumentedCase {
 public:
  DocumentedCase(const std::string& scenario, const std::string& variant,
                 const std::string& target = "sqlite") {
    auto read = read_scenario_file(tests::in_tree("scenarios/" + scenario + ".yaml"));
    if (!read.ok()) throw std::runtime_error(to_string(read.error()));
    scenario_ = std::move(read).value();
    case_ = {&scenario_, nullptr, target, target, scenario};
    for (const Variant& one : scenario_.variants) {
      if (one.name == variant) case_.variant = &one;
    }
    if (case_.variant == nullptr) throw std::runtime_error("no variant " + variant);
  }
  DocumentedCase(const DocumentedCase&) = delete;
  DocumentedCase& operator=(const DocumentedCase&) = delete;

  Scenario& scenario() { return scenario_; }
  const Case& subject() const { return case_; }

  CaseOutcome run(World& world, const CaseOptions& options = {}) const {
    return run_property_case(case_, world, scenarios::find_operation, options);
  }

  // On a SQLite world of its own.
  CaseOutcome run(const CaseOptions& options = {}) const {
    SqliteWorld world;
    return run(world, options);
  }

 private:
  Scenario scenario_;
  Case case_;
};

inline Plan plan_of(const std::string& line) {
  sim::Result<Plan, PlanError> parsed = parse_plan(line);
  if (!parsed.ok()) throw std::runtime_error(line + ": " + parsed.error().message);
  return std::move(parsed).value();
}

inline CaseOptions with_seed(std::uint64_t seed) {
  CaseOptions options;
  options.seed = seed;
  return options;
}

inline CaseOptions with_plan(const std::string& line) {
  CaseOptions options;
  options.plan = plan_of(line);
  return options;
}

inline std::vector<Command> commands(const std::vector<std::string>& words) {
  std::vector<Command> all;
  for (const std::string& word : words) {
    sim::Result<Command, std::string> command = parse_command(word);
    if (!command.ok()) throw std::runtime_error(command.error());
    all.push_back(std::move(command).value());
  }
  return all;
}

}  // namespace splitproof::harness
