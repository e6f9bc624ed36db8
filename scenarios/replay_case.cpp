#include "scenarios/replay_case.h"

#include "harness/property/property_case.h"
#include "harness/run/campaign.h"
#include "harness/run/failure.h"
#include "harness/run/program_spec.h"
#include "scenarios/catalog.h"

namespace splitproof::scenarios {

harness::ReplayResult replay_case(const harness::Case& subject, const harness::Options& line,
                                  harness::Worlds& worlds, std::ostream& out) {
  const harness::Plan& plan = *line.plan;
  const bool elsewhere = subject.target == "sqlite" && harness::needs_process(plan);
  auto world = elsewhere ? worlds.make_sqlite_file() : harness::make_world(subject, worlds);
  if (!world.ok()) throw harness::HarnessFailure(world.error().message);
  if (!subject.scenario->property.empty()) {
    return harness::replay_property(subject, *world.value(), find_operation, plan, line.seed, out);
  }
  auto operations = harness::operations_of(subject, find_operation);
  if (!operations.ok()) throw harness::UnusableInput(operations.error());
  std::unique_ptr<harness::ClientProcesses> programs;
  if (harness::runs_programs(*subject.scenario)) {
    programs =
        worlds.programs(subject.scenario->operations, subject.variant->code, subject.target_kind);
  }
  return harness::replay(subject, *world.value(), std::move(operations).value(), plan, line.seed,
                         out, &worlds.clients(), programs.get());
}

}  // namespace splitproof::scenarios
