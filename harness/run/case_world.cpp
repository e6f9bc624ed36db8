#include "harness/run/case_world.h"

#include <fmt/format.h>

#include <stdexcept>

#include "harness/isolation/isolation_case.h"
#include "harness/property/property_case.h"
#include "harness/run/failure.h"
#include "harness/run/program_spec.h"

namespace splitproof::harness {

namespace {

// A program is a process; what is called instead of it is a mistake of ours.
OperationFactory process_only(const std::string& title) {
  return [title] {
    return [title](sim::Client&) -> sim::TransactionEnd {
      throw std::logic_error(fmt::format("the program '{}' is called like a function", title));
    };
  };
}

}  // namespace

sim::Result<std::unique_ptr<World>, EnvironmentError> make_world(const Case& subject,
                                                                 Worlds& worlds) {
  if (subject.target == "sqlite" && subject.variant->storage) {
    return worlds.make_sqlite_disk(subject.variant->storage->setting);
  }
  if (subject.target == "postgres" && subject.variant->server) {
    return worlds.make_postgres(subject.variant->server->settings);
  }
  if (subject.target == "sqlite" && runs_programs(*subject.scenario)) {
    return worlds.make_sqlite_file();
  }
  if (subject.scenario->anomaly == nullptr || subject.target_kind != "sqlite") {
    return worlds.make(subject.target);
  }
  const SqliteSharing mode = column_of(subject).mode;
  if (mode == SqliteSharing::rollback_journal) return worlds.make(subject.target);
  return worlds.make_sqlite_file(mode);
}

sim::Result<std::vector<OperationFactory>, std::string> operations_of(
    const Case& subject, const OperationCatalog& catalog) {
  std::vector<OperationFactory> factories;
  for (const OperationSpec& operation : subject.scenario->operations) {
    if (operation.program) {
      factories.push_back(process_only(operation.title));
      continue;
    }
    sim::Result<OperationFactory, std::string> factory = catalog(operation, subject.variant->code);
    if (!factory.ok()) {
      return fmt::format("{}:{}:{}: {}", operation.place.file, operation.place.line,
                         operation.place.column, factory.error());
    }
    factories.push_back(std::move(factory).value());
  }
  return factories;
}

CaseOutcome run_on_own_world(const Case& subject, Worlds& worlds, const OperationCatalog& catalog,
                             bool can_kill, CaseOptions options,
                             const std::function<void(World&)>& made) {
  sim::Result<std::unique_ptr<World>, EnvironmentError> world = make_world(subject, worlds);
  if (!world.ok()) throw HarnessFailure(world.error().message);
  if (made) made(*world.value());
  world.value()->tell_states(options.on_state);
  if (subject.scenario->anomaly != nullptr) {
    return run_isolation_case(subject, *world.value(), options);
  }
  if (!subject.scenario->property.empty()) {
    return run_property_case(subject, *world.value(), catalog, options);
  }
  if (can_kill) options.clients = &worlds.clients();
  options.reachable_world = [&worlds, told = options.on_state] {
    std::unique_ptr<World> reachable = worlds.reachable();
    reachable->tell_states(told);
    return reachable;
  };
  options.programs = [&] {
    return worlds.programs(subject.scenario->operations, subject.variant->code,
                           subject.target_kind);
  };
  return run_case(subject, *world.value(), operations_of(subject, catalog).value(), options);
}

}  // namespace splitproof::harness
