// A text of many statements, run as SQLite's own shell would: triggers, comments and strings with
// semicolons in them are what SQLite takes them for, because SQLite itself takes the text apart.
#pragma once

#include <string>

#include "sim/sql/session.h"

namespace splitproof::sim {

// The statement at which a script ended.
struct ScriptError {
  int line = 1;           // Of its first word, from 1.
  std::string statement;  // As it stands in the script, without its semicolon.
  Error error;
};

// Runs all statements in order and stops at the first that fails; those before it have taken
// effect. A script must end its own transactions: one that is left open is refused. `session` is
// one of SQLite's engines, without decorators.
Result<Done, ScriptError> run_sqlite_script(Session& session, const std::string& script);

}  // namespace splitproof::sim
