// Writes what a scenario starts from: scripts, the service's tables, rows from CSV, the author's
// own SQL, in this order.
#pragma once

#include "harness/run/scenario.h"
#include "sim/sql/client.h"

namespace splitproof::harness {

// Why a CSV file or a script cannot be used, with its place; empty when all can. Nothing is
// written, and of a script it is only said whether it can be read.
std::string unusable_files(const InitialData& data);

// An error of kind invalid or constraint is the author's, with its place where it is known; any
// other is the database's. `address` is World::address(), where programs find the database.
sim::Status write_initial_data(const InitialData& data, sim::Engine& engine, sim::Clock& clock,
                               const std::string& address);

}  // namespace splitproof::harness
