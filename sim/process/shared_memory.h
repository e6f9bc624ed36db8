// Shared memory that outlives its processes, and how to remove what ours left.
//
// PostgreSQL holds a System V segment as long as it lives, and initdb's short-lived servers also
// hold files "/dev/shm/PostgreSQL.*". A SIGKILL leaves both behind. Nothing is ever removed that a
// process is still attached to, or that was not seen in the hands of a process of ours.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace splitproof::sim {

// A System V segment, as everybody may see it.
struct Segment {
  std::int64_t key = 0;  // As the system lists it: 32 bits, signed.
  int id = -1;
  pid_t creator = 0;
  long attached = 0;  // Processes.
  uid_t user = 0;
  gid_t group = 0;
};

// All segments of the machine.
std::vector<Segment> list_segments();

struct SharedMemory {
  std::vector<int> segments;       // Ids of System V segments.
  std::vector<std::string> files;  // "/dev/shm/PostgreSQL.…"
};

// What the living process has mapped; empty when it may not be looked at.
SharedMemory shared_memory_of(pid_t pid);

// What the lock file of a PostgreSQL data directory names as held by the server, dead or alive;
// empty when there is no lock file: a server that stopped in good order has removed it.
SharedMemory shared_memory_of_server(const std::string& data_directory);

// The segments that these servers made for the data directory, one after the other. A server that
// follows one that was killed takes over its lock file before it removes its segment: in between,
// no file names it. PostgreSQL takes the folder's inode as key (src/backend/port/sysv_shmem.c).
SharedMemory segments_made_for(const std::string& data_directory,
                               const std::set<pid_t>& postmasters);

// Removes each segment that no process is attached to, and each file.
void remove_if_unused(const SharedMemory& memory);

}  // namespace splitproof::sim
