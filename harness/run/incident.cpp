#include "harness/run/incident.h"

#include <fmt/format.h>

#include <algorithm>

namespace splitproof::harness {

IncidentPlan incident_plan(Experiment& experiment, const RunOptions& options) {
  IncidentPlan found;
  for (const IncidentStrike& wanted : experiment.scenario().incident) {
    const RunRecord run = experiment.run(found.plan, options);
    const auto event = std::ranges::find_if(run.history.events, [&](const Event& candidate) {
      return candidate.operation == wanted.operation - 1 && !candidate.retry &&
             candidate.statement != 0 && candidate.name == wanted.statement;
    });
    if (event == run.history.events.end()) {
      found.gap = fmt::format("the incident's statement '{}' does not occur in operation {}",
                              wanted.statement, wanted.operation);
      return found;
    }
    const Fault fault = typical_fault(experiment.world().dialect(), wanted.fault).value();
    found.plan.strikes.push_back({event->client, event->statement, fault});
  }
  return found;
}

}  // namespace splitproof::harness
