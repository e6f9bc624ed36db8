// What a scenario runs, as the harness sees it: something a client does and is told one outcome of.
#pragma once

#include <functional>
#include <string>

#include "harness/run/scenario.h"
#include "sim/base/result.h"
#include "sim/sql/transaction.h"

namespace splitproof::harness {

// One operation, made anew for every run; it may keep memory between its attempts within a run, as
// a program may. It may throw: the client is then told `aborted`.
using Operation = std::function<sim::TransactionEnd(sim::Client&)>;
using OperationFactory = std::function<Operation()>;

// Finds the code of an operation in the form `code` and binds its arguments; the error is a
// sentence for the author of the scenario.
using OperationCatalog = std::function<sim::Result<OperationFactory, std::string>(
    const OperationSpec& operation, const std::string& code)>;

}  // namespace splitproof::harness
