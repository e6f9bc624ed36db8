// Makes worlds for cases: where the databases come from.
//
// SQLite needs nothing. For `postgres` each worker has one throw-away server for all its cases,
// started when first needed; for a URL the cases get databases of their own on that server.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/run/world.h"
#include "sim/process/guardian.h"
#include "sim/server/postgres_server.h"

namespace splitproof::harness {

// The environment failed (no server program, no room, no permission): a sentence for people.
struct EnvironmentError {
  std::string message;
};

class Worlds {
 public:
  // `guardian` is borrowed; null is allowed where no server will be needed.
  explicit Worlds(sim::Guardian* guardian) : guardian_(guardian) {}

  // A fresh, empty world; `target` is "sqlite", "postgres" or a URL. It must not outlive this.
  sim::Result<std::unique_ptr<World>, EnvironmentError> make(const std::string& target);

 private:
  sim::Result<std::unique_ptr<World>, EnvironmentError> on_server(const std::string& connection);

  sim::Guardian* guardian_;
  std::unique_ptr<sim::PostgresServer> server_;
};

// The URL without its password, for reports.
std::string without_password(const std::string& url);

}  // namespace splitproof::harness
