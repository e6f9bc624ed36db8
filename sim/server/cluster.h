// The data directory of a throw-away server: made by initdb once in a process, copied from then on.
//
// initdb takes half a second and a copy a tenth of that. The copy's original lies in a folder of
// its own until the program ends.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "sim/base/result.h"
#include "sim/process/child.h"
#include "sim/process/guardian.h"
#include "sim/server/postgres_programs.h"

namespace splitproof::sim {

// Fills `folder`/data. The superuser is `postgres`; encoding UTF-8, locale C. Safe to call from
// several threads.
Result<Done, ServerError> make_cluster(Guardian& guardian, const PostgresPrograms& programs,
                                       const std::optional<Account>& account,
                                       const std::string& folder);

// The data directory that others are copied from, which must stay as it is. Safe to call from
// several threads.
Result<std::string, ServerError> cluster_template(Guardian& guardian,
                                                  const PostgresPrograms& programs,
                                                  const std::optional<Account>& account);

// What PostgreSQL's programs are given of our environment: nothing that could change how they
// behave.
std::map<std::string, std::string> server_environment();

// Whether the lock file of the data directory is this server's, and says that it accepts
// connections: the first line is its process id, the eighth its state. What a server that was
// killed left there names another process.
bool accepts_connections(const std::string& data_directory, pid_t postmaster);

// The last lines of a file, indented, for an error message.
std::string last_lines(const std::string& path);

}  // namespace splitproof::sim
