#include "harness/run/swept_faults.h"

#include <algorithm>

#include "harness/run/program_spec.h"

namespace splitproof::harness {

namespace {

// How long a program waits for an answer is known to its author alone.
bool knows_own_timeout(const Scenario& scenario) {
  return std::ranges::all_of(scenario.operations, [](const OperationSpec& operation) {
    return operation.program && operation.program->own_timeout.count() > 0;
  });
}

}  // namespace

std::vector<Fault> faults_to_sweep(const Scenario& scenario, const World& world) {
  const bool programs = runs_programs(scenario);
  std::vector<Fault> faults = programs ? faults_of_programs(world.dialect(), scenario.faults)
                                       : faults_of(world.dialect(), scenario.faults);
  std::erase_if(faults, [&](const Fault& fault) {
    return (!programs && needs_process(fault)) ||
           (std::holds_alternative<CrashServer>(fault) && !world.can_crash()) ||
           (family(fault) == "full-disk" && !world.can_fill_disk()) ||
           (family(fault) == "delay" && !knows_own_timeout(scenario));
  });
  return faults;
}

}  // namespace splitproof::harness
