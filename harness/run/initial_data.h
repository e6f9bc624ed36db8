// Writes what a scenario starts from: the service's tables, rows from CSV, the author's own SQL.
#pragma once

#include "harness/run/scenario.h"
#include "sim/sql/client.h"

namespace splitproof::harness {

// Why a CSV file cannot be used, with its place; empty when all can. Nothing is written.
std::string unusable_import(const InitialData& data);

// An error of kind invalid or constraint is the author's, with its place where it is known; any
// other is the database's.
sim::Status write_initial_data(const InitialData& data, sim::Engine& engine, sim::Clock& clock);

}  // namespace splitproof::harness
