// Which processes there are, and which of them belong to a folder of ours.
//
// A server's children outlive it, change their process group, and have ids that nobody told us;
// what they cannot shed is where they work. So a folder's processes are found by their working
// folder. Processes with a terminal are never counted: a person looking around in the folder is
// not ours to end.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "sim/process/process_handle.h"

namespace splitproof::sim {

struct ProcessEntry {
  pid_t pid = 0;
  pid_t parent = 0;
  char state = 'R';  // As /proc has it; 'Z' is a zombie.
  bool has_terminal = false;
};

// All processes, zombies included, by process id.
std::vector<ProcessEntry> list_processes();

// Those that work in `folder` or below it, and their descendants; no zombies, and not the caller.
std::vector<ProcessEntry> processes_in(const std::string& folder);

// Handles on those of them that no other of them started: what to signal for an orderly end.
std::vector<ProcessHandle> leaders_in(const std::string& folder);

// Handles on the living children of `parent`.
std::vector<ProcessHandle> children_of(pid_t parent);

// Ends all processes of the folder by SIGKILL, together with the shared memory that only they
// held. Returns false when some would not end before the deadline.
bool kill_processes_in(const std::string& folder, const Deadline& deadline);

}  // namespace splitproof::sim
