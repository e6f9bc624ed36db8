// What an SQLite database says about its tables, asked on a session; what the world in memory and
// the world in a file have in common.
//
// Nothing here knows where the database lies, and no locks are waited for.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/oracle/state.h"
#include "harness/plan/fault.h"
#include "sim/base/clock.h"
#include "sim/sql/session.h"

namespace splitproof::harness {

// Where the clock of every run on SQLite begins.
sim::Instant sqlite_start_of_time();

// The user's tables, by name.
sim::Answer<std::vector<std::string>> sqlite_table_names(sim::Session& session);

// Their columns, keys, clocks and references.
sim::Answer<Shape> sqlite_shape(sim::Session& session);

// All rows of one table, as committed.
sim::Answer<std::shared_ptr<const Table>> sqlite_content(sim::Session& session,
                                                         const std::string& table);

// All tables, as committed.
sim::Answer<State> sqlite_state(sim::Session& session);

// Moves every AUTOINCREMENT on.
sim::Status shift_sqlite_sequences(sim::Session& session, std::int64_t by);

// The planned error as SQLite would answer it, with the rollback that it may bring.
sim::Error raise_on_sqlite(sim::Session& session, const RaiseError& fault);

// What an idle-looking session still holds, in words; an open transaction is rolled back.
std::vector<std::string> held_on_sqlite(sim::Session& session);

}  // namespace splitproof::harness
