// A throw-away PostgreSQL server: made, started, crashed, restarted, removed.
//
// It listens on a unix socket in a private folder and nowhere else, so several never meet. The
// server is never run as root: called by root, it runs as the user `postgres` (or `nobody`). Its
// folder lies in /dev/shm where there is room, else in the temporary folder. Everything it starts
// or makes is registered with the guardian first, so that even a SIGKILL of this process leaves
// nothing behind.
#pragma once

#include <sys/types.h>

#include <memory>
#include <mutex>
#include <string>

#include "sim/base/result.h"
#include "sim/process/guardian.h"
#include "sim/server/server_settings.h"

namespace splitproof::sim {

// Why there is no server; a sentence for people that says what to do.
struct ServerError {
  std::string message;
};

class Disk;

class PostgresServer {
 public:
  // Makes a cluster and starts it; returns when it accepts connections. `guardian` is borrowed.
  // With a simulated disk, whose content is replaced, its data directory lies there, mounted
  // (mounted_disk.h says what that takes); borrowed, too.
  static Result<std::unique_ptr<PostgresServer>, ServerError> start(
      Guardian& guardian, const ServerSettings& settings = {}, Disk* disk = nullptr);

  // Stops the server and removes its folder.
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // A libpq connection string to `database` as the server's superuser.
  std::string connection(const std::string& database = "postgres") const;

  // "15.18"
  const std::string& version() const;
  const std::string& folder() const;
  // The whole log so far.
  std::string log() const;
  pid_t pid() const;

  // SIGKILL of the postmaster and of all its children, as a crash of the machine's memory would
  // end them; returns when they are gone. The folder stays.
  void crash();
  // SIGKILL of all its processes, from any thread, and waits for nothing: crash() or lose_power()
  // comes next.
  void kill_at_once();
  // crash(), on a simulated disk, which is then nobody's: it may be changed until restart(), which
  // begins with what is on it.
  void lose_power();
  // While it is held, no operation on the simulated disk goes on.
  std::unique_lock<std::mutex> hold_disk();
  // The shutdown mode `immediate` of pg_ctl, SIGQUIT to the postmaster: nothing that is in memory
  // alone is written. Returns when all its processes are gone. The folder stays.
  void stop_immediately();
  // SIGKILL of one backend, by its process id: the server ends all others, recovers and goes on by
  // itself. Returns when it accepts connections again.
  Result<Done, ServerError> kill_backend(pid_t pid);
  // Starts again after crash(), stop_immediately() or stop(); returns when recovery is over and it
  // accepts connections.
  Result<Done, ServerError> restart();
  // A clean, fast shutdown; open sessions are cut.
  void stop();

  // The tablespace whose disk can be full, for databases to be created in; empty where no file
  // system of our own may be mounted for it.
  const std::string& tablespace() const;
  // From here on nothing in the tablespace can grow, until free_disk(); only where there is one.
  Result<Done, ServerError> fill_disk();
  Result<Done, ServerError> free_disk();

 private:
  struct State;
  explicit PostgresServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace splitproof::sim
