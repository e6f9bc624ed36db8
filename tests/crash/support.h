// What the tests of this folder share: the program's guardian, a program that owns a server and is
// then killed, and a look for what it may have left.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "sim/process/child.h"
#include "sim/process/guardian.h"
#include "sim/server/postgres_server.h"
#include "tests/support/leftovers.h"

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
  void let_live(std::chrono::milliseconds duration);
  void kill();

  // Folders, processes and shared memory of its servers that are there now, in words. Those of
  // other programs, whose servers crash at the same time, are not among them.
  std::vector<std::string> left();
  // The same, as soon as there is nothing, or after some seconds. One second is what is promised;
  // a machine that runs other tests at the same time may not let the guardian run at once.
  std::vector<std::string> left_in_the_end();

 private:
  ScratchFolder scratch_;
  Child child_;
  tests::Leftovers leftovers_;
};

// The other half of Owner: what the program does when it is one. Never returns normally.
int own_servers(const std::string& stage, bool ordinary_user);

}  // namespace splitproof::sim
