// The experiment of a property: one scenario with room for any generated commands.
//
// The initial data are written once. Commands are bound through the catalogue in the form of the
// case's variant where they have that form, and as the service writes them where they have not.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/property/model_judge.h"
#include "harness/property/script.h"
#include "harness/run/case_runner.h"

namespace splitproof::harness {

// The most operations of one run.
inline constexpr std::size_t property_operations_max = 32;

class PropertyBench {
 public:
  // Case and world are borrowed. Throws UnusableInput where no operation is written in the
  // variant's form, or where the scenario's data cannot be used.
  PropertyBench(const Case& subject, World& world, OperationCatalog catalog, std::uint64_t seed);
  PropertyBench(const PropertyBench&) = delete;
  PropertyBench& operator=(const PropertyBench&) = delete;

  // The commands of the following runs. Throws UnusableInput where the catalogue refuses one.
  void use(std::vector<Command> commands);

  // Runs them with the plan's strikes; the plan that is recorded has their words as operations.
  RunRecord run(Plan plan, RunOptions options = {});

  // Adds a strike where the draft means, as `seen`, a run without it, shows the command's points.
  // False where it can strike nowhere.
  bool add_strike(Plan& plan, const StrikeDraft& draft, int operation, const RunRecord& seen) const;

  // The last run, as the model's judge takes it.
  PropertyRun judged(const RunRecord& record) const { return {record, commands_, kinds_}; }

  Experiment& experiment() { return *experiment_; }
  const Scenario& scenario() const { return scenario_; }
  const Model& initial() const { return initial_; }
  const std::vector<Command>& commands() const { return commands_; }

 private:
  OperationFactory slot(std::size_t index);
  void check_code() const;
  void read_initial();

  const Case& subject_;
  OperationCatalog catalog_;
  std::uint64_t seed_;
  Scenario scenario_;  // The case's, with as many operations as there is room for.
  std::vector<Command> commands_;
  std::vector<OperationFactory> bound_;
  std::vector<std::optional<sim::ErrorKind>> kinds_;
  std::vector<Fault> faults_;
  std::unique_ptr<Experiment> experiment_;
  Model initial_;
};

}  // namespace splitproof::harness
