// What the guardian process does: it keeps the list of what is watched, and cleans up once.
//
// It runs in a forked process that shares nothing with ours. It is bounded: an orderly stop gets
// 300 ms, an immediate one 200 ms more, then SIGKILL ends what is left.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/process/process_handle.h"

namespace splitproof::sim {

// True for an absolute path without "." and ".." whose last part begins with "splitproof-".
bool is_removable_folder(const std::string& path);

class GuardianDuty {
 public:
  // Takes one message of the socket: a verb and its arguments, as guardian.cpp writes them.
  // Messages that make no sense are ignored, for there is nobody to tell.
  void note(const std::string& message);

  // Ends the processes and removes the folders and the shared memory.
  void clean_up();

 private:
  void end_groups();
  void stop_servers();
  std::vector<ProcessHandle> running_leaders() const;
  std::set<std::string> places() const;

  struct Server {
    std::optional<ProcessHandle> running;
    std::set<pid_t> postmasters;  // All that were registered for its folder.
  };

  std::map<std::string, Server> servers_;                 // By data directory.
  std::map<pid_t, std::optional<ProcessHandle>> groups_;  // By leader.
  std::set<std::string> folders_;
};

}  // namespace splitproof::sim
