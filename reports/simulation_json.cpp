#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "reports/simulation.h"

namespace splitproof::reports {
namespace {

using LifeJson = nlohmann::ordered_json;

LifeJson counts_json(const harness::SimulationCounts& counts) {
  return {{"days", counts.days},
          {"statements", counts.statements},
          {"transactions", counts.transactions},
          {"committed", counts.committed},
          {"aborted", counts.aborted},
          {"indeterminate", counts.indeterminate},
          {"refused", counts.refused},
          {"retries", counts.retries},
          {"rows_collected", counts.rows_collected},
          {"months_aggregated", counts.months_aggregated},
          {"reads", counts.reads},
          {"kills", counts.kills},
          {"power_failures", counts.power_failures},
          {"recoveries", counts.recoveries},
          {"disk_errors", counts.disk_errors},
          {"locks_refused", counts.locks_refused},
          {"memory_refused", counts.memory_refused},
          {"whole_checks", counts.whole_checks},
          {"switches", counts.switches},
          {"leap_days", counts.leap_days},
          {"changed_nights", counts.changed_nights}};
}

LifeJson finding_json(const harness::SimulationFinding& finding) {
  LifeJson json = {
      {"rule", finding.rule},   {"what", finding.what},       {"job", finding.job},
      {"day", finding.day},     {"step", finding.step},       {"plan", finding.plan},
      {"days", finding.days},   {"clients", finding.clients}, {"replay", finding.replay},
      {"lives", finding.lives}, {"stable", finding.stable}};
  if (!finding.stable) json["differs"] = finding.differs;
  return json;
}

LifeJson life_json(const harness::SimulatedLife& life) {
  LifeJson faults = LifeJson::object();
  for (const harness::SimulatedFaults& one : life.faults) {
    faults[one.family] = {{"planned", one.planned}, {"fired", one.fired}};
  }
  LifeJson json = {{"seed", life.seed},
                   {"drawn", life.drawn},
                   {"counts", counts_json(life.counts)},
                   {"faults", std::move(faults)},
                   {"digest", fmt::format("{:016x}", life.digest)},
                   {"complete", life.complete},
                   {"vacuous", life.is_vacuous()}};
  if (life.finding) json["finding"] = finding_json(*life.finding);
  return json;
}

}  // namespace

std::string simulation_json(const harness::SimulationVerdict& verdict) {
  LifeJson lives = LifeJson::array();
  for (const harness::SimulatedLife& life : verdict.lives) lives.push_back(life_json(life));
  const LifeJson json = {{"splitproof", verdict.version}, {"variant", verdict.variant},
                         {"days", verdict.days},          {"clients", verdict.clients},
                         {"complete", verdict.complete},  {"lives", std::move(lives)}};
  return json.dump(2) + "\n";
}

std::optional<FileError> write_simulation(const std::string& folder,
                                          const harness::SimulationVerdict& verdict) {
  if (folder.empty()) return std::nullopt;
  if (auto failure = make_folder(folder)) return failure;
  const std::string path = (std::filesystem::path(folder) / "simulate.json").string();
  return write_file_atomically(path, simulation_json(verdict));
}

}  // namespace splitproof::reports
