// What a program is given: where its database is, and little else.
#pragma once

#include <map>
#include <string>

#include "harness/run/scenario.h"

namespace splitproof::harness {

// The variables by which a program finds its database, from a libpq connection string to it, when
// it is to be reached at `port` of the loopback instead: DATABASE_URL, PGHOST, PGPORT, PGUSER,
// PGPASSWORD, PGDATABASE, PGSSLMODE. Empty where the string is none.
std::map<std::string, std::string> database_variables(const std::string& connection, int port);

// The whole environment of a run: of ours only what says who and where the user is and where
// languages find their libraries (PATH, HOME, LANG, TZ, JAVA_HOME, NODE_PATH, PYTHONPATH and the
// like); what the scenario says; and `database`, which nobody can say otherwise.
std::map<std::string, std::string> program_environment(
    const ProgramSpec& program, const std::map<std::string, std::string>& database);

}  // namespace splitproof::harness
