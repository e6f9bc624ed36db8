// One throw-away PostgreSQL server for all tests of this program, started when the first one needs
// it. Each test makes databases of its own on it.
#pragma once

#include <memory>
#include <string>

#include "harness/run/postgres_world.h"
#include "sim/process/guardian.h"

namespace splitproof::harness {

// Called by main() before and after all tests.
void use_guardian(sim::Guardian* guardian);
void stop_shared_server();

sim::Guardian* shared_guardian();

// A libpq connection string of an existing database on the server.
std::string server_connection();

// An empty world on the server; an exception, which fails the test, where there is none.
std::unique_ptr<PostgresWorld> postgres_world();

}  // namespace splitproof::harness
