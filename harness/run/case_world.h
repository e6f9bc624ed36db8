// A case on a world of its own kind, from an empty one to its outcome: the one way in which a
// campaign runs a case and a check of its report runs it again.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/run/case_runner.h"
#include "harness/run/worlds.h"

namespace splitproof::harness {

// A fresh, empty world for the case. A cell of the isolation table has one of its column's mode.
sim::Result<std::unique_ptr<World>, EnvironmentError> make_world(const Case& subject,
                                                                 Worlds& worlds);

// The operations of a case, or why the scenario cannot be run. Those of programs, which are started
// and not called, throw std::logic_error.
sim::Result<std::vector<OperationFactory>, std::string> operations_of(
    const Case& subject, const OperationCatalog& catalog);

// `made` is told of the world before anything is run on it; may be empty. Clients are killed where
// `can_kill` says that there is a guardian. Throws UnusableInput and HarnessFailure.
CaseOutcome run_on_own_world(const Case& subject, Worlds& worlds, const OperationCatalog& catalog,
                             bool can_kill, CaseOptions options,
                             const std::function<void(World&)>& made);

}  // namespace splitproof::harness
