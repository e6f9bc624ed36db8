// What the tests of this folder share: the program's guardian, a program that owns a server and is
// then killed, and a look for what it may have left.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/process/child.h"
#include "sim/process/guardian.h"
#include "sim/server/postgres_server.h"

namespace splitproof::sim {

// The guardian that main() started.
Guardian& test_guardian();

// A running server, or a failed test and an exception.
std::unique_ptr<PostgresServer> start_server();

// A folder of the test's own in /tmp, removed with everything in it.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string read_file(const std::string& path);

// This test program, run again as one that owns servers (see owner.cpp) and waits to be killed.
class Owner {
 public:
  // `stage` is what it does before it reports; with `ordinary_user`, root gives up its rights.
  Owner(const std::string& stage, bool ordinary_user);

  pid_t pid() const { return child_.pid(); }
  // Waits until it has reported, and returns the words of the report; fails the test and returns
  // nothing when it ends instead.
  std::vector<std::string> report();
  // Lets it live for this long, unless it ends before.
  void let_live(std::chrono::milliseconds duration) { child_.wait_for(duration); }
  void kill();

 private:
  ScratchFolder scratch_;
  Child child_;
};

// Shared memory that nobody is attached to: ids of System V segments, and "/dev/shm/PostgreSQL.*".
std::set<std::string> orphaned_shared_memory();

// Folders, processes and shared memory of servers that the process `owner` started, in words; what
// is in `before` was there already.
std::vector<std::string> leftovers_of(pid_t owner, const std::set<std::string>& before);

// The same, a second after it died, or as soon as there is nothing.
std::vector<std::string> leftovers_after_a_second(pid_t owner, const std::set<std::string>& before);

// The other half of Owner: what the program does when it is one. Never returns normally.
int own_servers(const std::string& stage, bool ordinary_user);

}  // namespace splitproof::sim
