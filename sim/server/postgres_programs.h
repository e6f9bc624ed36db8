// Where PostgreSQL's own programs are on this machine, and as whom they may be run.
//
// Debian keeps them out of the PATH, one folder for each version. The search itself is a pure
// function of a list of folders, so that a machine without PostgreSQL can be imitated.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/process/child.h"
#include "sim/server/postgres_server.h"

namespace splitproof::sim {

struct PostgresPrograms {
  std::string initdb;
  std::string postgres;
};

// The folders of this machine in which the programs may be, best first: the newest version under
// /usr/lib/postgresql, what pg_config says, then the PATH.
std::vector<std::string> postgres_folders();

// The programs of the first folder that has both; else an error that says how to install them.
Result<PostgresPrograms, ServerError> find_postgres(const std::vector<std::string>& folders);

// Neither initdb nor the server runs as root: called by root, the account `postgres` or else
// `nobody`. Empty when we are an ordinary user, who runs them himself.
Result<std::optional<Account>, ServerError> server_account();

}  // namespace splitproof::sim
