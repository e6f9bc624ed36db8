// Runs the scripts of a scenario's initial data: by psql on PostgreSQL, so that they may say what
// psql understands; whole, statement by statement, on SQLite.
#pragma once

#include <string>
#include <vector>

#include "sim/sql/engine.h"

namespace splitproof::harness {

// `address` is that of the world whose engine it is; it is used on PostgreSQL only. An error of
// kind invalid is the script's, or says that psql is missing, and names file and line where they
// are known; any other is the database's.
sim::Status run_initial_script(const std::string& path, sim::Engine& engine,
                               const std::string& address);

// The same by psql alone, looked for in these folders, first hit.
sim::Status run_by_psql(const std::string& path, const std::string& address,
                        const std::vector<std::string>& folders);

}  // namespace splitproof::harness
