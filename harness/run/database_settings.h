// The settings of a database that a verdict stands on: what SQLite was compiled with and what its
// pragmas say, and what PostgreSQL has that is not as it comes.
//
// Settings that may hold a password, and those that say where something lies, are left out.
#pragma once

#include <vector>

#include "harness/run/world.h"
#include "harness/verdict/evidence.h"

namespace splitproof::harness {

// In the order of their names; what the database refuses to tell is left out.
std::vector<DatabaseSetting> settings_of(World& world);

}  // namespace splitproof::harness
