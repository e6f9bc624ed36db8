// Runs anyone's programs on PostgreSQL: a proxy for each session between them and the server.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/run/client_processes.h"
#include "harness/run/scenario.h"
#include "sim/process/guardian.h"

namespace splitproof::harness {

// `operations` are a scenario's, each with a program, in the form `code`. The guardian is borrowed.
// Throws HarnessFailure where no folder or proxy can be made.
std::unique_ptr<ClientProcesses> make_programs(sim::Guardian& guardian,
                                               const std::vector<OperationSpec>& operations,
                                               const std::string& code);

}  // namespace splitproof::harness
