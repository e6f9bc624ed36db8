// SQLite's result codes by name, and its errors as ours. Private to the SQLite adapter.
#pragma once

#include <sqlite3.h>

#include <string>

#include "sim/sql/error.h"

namespace splitproof::sim {

// The symbolic name of an extended result code, "SQLITE_CONSTRAINT_UNIQUE"; "SQLITE_<number>" for
// codes that this table does not know.
std::string symbolic_code(int code);

// The error for `code`, with the connection's own words; `database` may be null.
Error sqlite_error(int code, sqlite3* database);

}  // namespace splitproof::sim
