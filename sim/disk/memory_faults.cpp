#include "sim/disk/memory_faults.h"

#include <sqlite3.h>

namespace splitproof::sim {
namespace {

struct Count {
  MemoryFault fault;
  std::uint64_t asked = 0;
  std::uint64_t failed = 0;
};

thread_local Count count;

// SQLite's own allocator.
sqlite3_mem_methods inner;

bool fails() {
  ++count.asked;
  const MemoryFault& fault = count.fault;
  const bool hit =
      fault.at != 0 && (fault.persistent ? count.asked >= fault.at : count.asked == fault.at);
  if (hit) ++count.failed;
  return hit;
}

void* allocate(int size) { return fails() ? nullptr : inner.xMalloc(size); }

void* reallocate(void* memory, int size) {
  return fails() ? nullptr : inner.xRealloc(memory, size);
}

}  // namespace

bool install_memory_faults() {
  static const bool installed = [] {
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &inner) != SQLITE_OK) return false;
    sqlite3_mem_methods methods = inner;
    methods.xMalloc = allocate;
    methods.xRealloc = reallocate;
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK;
  }();
  return installed;
}

void plan_memory_fault(MemoryFault fault) { count = Count{fault, 0, 0}; }

std::uint64_t allocations() { return count.asked; }

std::uint64_t failed_allocations() { return count.failed; }

}  // namespace splitproof::sim
