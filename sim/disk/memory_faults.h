// Memory that runs out for SQLite: the n-th allocation fails, once or from there on.
//
// SQLite takes its allocator once, for the whole process, before it is used for the first time;
// main() installs this one there. Faults are of the calling thread alone, and without one the calls
// are passed on.
#pragma once

#include <cstdint>

namespace splitproof::sim {

struct MemoryFault {
  // The allocation that fails, counted from 1 since the fault was planned; 0 is none of them.
  std::uint64_t at = 0;
  bool persistent = false;
};

// Puts the allocator in SQLite's hands. False where it is too late. A second call does nothing.
bool install_memory_faults();

// From here on, on this thread; allocations are counted anew.
void plan_memory_fault(MemoryFault fault);
// Since then, on this thread.
std::uint64_t allocations();
std::uint64_t failed_allocations();

}  // namespace splitproof::sim
