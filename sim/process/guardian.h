// A small process that outlives us by less than a second and takes with it what we started.
//
// It waits on a socket whose other end only we hold. When that closes, by our normal end or by our
// SIGKILL, it stops the registered servers cleanly (so that their shared memory goes too), ends
// the other registered processes with their groups, removes the registered folders, and exits.
//
// It also ends whatever works in a registered folder, so a process that was started there and not
// yet registered is not lost. Its name in a process list is "sp-guardian", which a kill by the
// name or the command line of our own program does not match. It keeps none of our files open.
#pragma once

#include <sys/types.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace splitproof::sim {

// The guardian process was ended by somebody.
class GuardianGone : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Safe to use from several threads. What is watched must be told before what it guards can leak:
// a folder before something is started in it. The watch functions throw GuardianGone when nobody
// would clean up any more; forgetting never throws.
class Guardian {
 public:
  // Forks the guardian; must be called before the process has threads. Throws std::system_error
  // when it cannot be started.
  static std::unique_ptr<Guardian> start();

  // Closes the socket and waits until the guardian has cleaned up and gone.
  virtual ~Guardian() = default;

  virtual pid_t pid() const = 0;

  // The PostgreSQL server with this process id and data directory. Registering another process id
  // for the same data directory replaces the first.
  virtual void watch_server(pid_t postmaster, const std::string& data_directory) = 0;
  virtual void forget_server(const std::string& data_directory) = 0;

  // A child that leads a process group of its own; the group is ended with SIGKILL.
  virtual void watch_group(pid_t leader) = 0;
  virtual void forget_group(pid_t leader) = 0;

  // The path must be absolute and plain, and its last part must begin with "splitproof-": nothing
  // else is ever removed. Throws std::invalid_argument otherwise.
  virtual void watch_folder(const std::string& path) = 0;
  virtual void forget_folder(const std::string& path) = 0;
};

}  // namespace splitproof::sim
