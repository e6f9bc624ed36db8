// Makes worlds for cases: where the databases come from.
//
// SQLite needs nothing. For `postgres` each worker has one throw-away server for all its cases,
// started when first needed; for a URL the cases get databases of their own on that server.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "harness/inject/client_process.h"
#include "harness/run/sqlite_disk_world.h"
#include "harness/run/sqlite_file_world.h"
#include "harness/run/world.h"
#include "sim/process/guardian.h"
#include "sim/server/postgres_server.h"

namespace splitproof::harness {

// The environment failed (no server program, no room, no permission): a sentence for people.
struct EnvironmentError {
  std::string message;
};

class PostgresWorld;

class Worlds {
 public:
  // `guardian` is borrowed; null is allowed where no server will be needed. A client's statement
  // that runs longer than `statement_limit` is ended, and the run is not judged.
  explicit Worlds(sim::Guardian* guardian,
                  std::chrono::milliseconds statement_limit = std::chrono::minutes(1))
      : guardian_(guardian), statement_limit_(statement_limit) {}

  // A fresh, empty world; `target` is "sqlite", "postgres" or a URL. It must not outlive this.
  sim::Result<std::unique_ptr<World>, EnvironmentError> make(const std::string& target);

  // A fresh, empty world on a throw-away server with these settings, which is kept until others are
  // asked for; on a simulated disk, where they say so, it is another server each time. It must not
  // outlive this, nor the next call.
  sim::Result<std::unique_ptr<World>, EnvironmentError> make_postgres(
      const sim::ServerSettings& settings);

  // A fresh, empty world of SQLite that other processes can reach. Needs the guardian.
  sim::Result<std::unique_ptr<World>, EnvironmentError> make_sqlite_file(
      SqliteSharing sharing = SqliteSharing::rollback_journal);
  // The same; throws HarnessFailure where there is none.
  std::unique_ptr<World> reachable();
  // A fresh, empty world of SQLite on a simulated disk.
  std::unique_ptr<World> make_sqlite_disk(const StorageSetting& setting);

  // Who runs the programs of these operations, in the form `code`, on a world of this kind. Needs
  // the guardian. Throws HarnessFailure.
  std::unique_ptr<ClientProcesses> programs(const std::vector<OperationSpec>& operations,
                                            const std::string& code, const std::string& target);

  // Who runs clients that can be killed; kept for all cases. Needs the guardian.
  ClientHost& clients();

 private:
  sim::Result<std::unique_ptr<PostgresWorld>, EnvironmentError> on_server(
      const std::string& connection, sim::PostgresServer* ours);
  sim::Result<std::unique_ptr<sim::PostgresServer>, EnvironmentError> start_server(
      const sim::ServerSettings& settings, sim::Disk* disk = nullptr);
  sim::Result<std::unique_ptr<World>, EnvironmentError> make_postgres_on_disk(
      const sim::ServerSettings& settings);

  sim::Guardian* guardian_;
  std::chrono::milliseconds statement_limit_;
  std::unique_ptr<sim::PostgresServer> server_;
  std::unique_ptr<sim::Disk> chosen_disk_;  // Where that server lies on one.
  std::unique_ptr<sim::PostgresServer> chosen_server_;
  sim::ServerSettings chosen_;  // Its settings.
  std::unique_ptr<ClientHost> clients_;
};

// The URL without its password, for reports.
std::string without_password(const std::string& url);

}  // namespace splitproof::harness
