#include "sim/disk/memory_faults.h"

#include <sqlite3.h>

#include <utility>

namespace splitproof::sim {
namespace {

thread_local MemoryGate* gate_here = nullptr;

// SQLite's own allocator.
sqlite3_mem_methods inner;

bool is_refused(int size) { return gate_here != nullptr && gate_here->refuses(size); }

void* allocate(int size) { return is_refused(size) ? nullptr : inner.xMalloc(size); }

void* reallocate(void* memory, int size) {
  return is_refused(size) ? nullptr : inner.xRealloc(memory, size);
}

}  // namespace

bool install_memory_gate() {
  static const bool installed = [] {
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &inner) != SQLITE_OK) return false;
    sqlite3_mem_methods methods = inner;
    methods.xMalloc = allocate;
    methods.xRealloc = reallocate;
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK &&
           sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
  }();
  return installed;
}

MemoryScope::MemoryScope(MemoryGate* gate) : before_(std::exchange(gate_here, gate)) {}

MemoryScope::~MemoryScope() { gate_here = before_; }

bool CountedMemory::refuses(int /*bytes*/) {
  ++asked_;
  const bool hit = at_ != 0 && asked_ >= at_ && asked_ - at_ <= more_;
  if (hit) ++refused_;
  return hit;
}

}  // namespace splitproof::sim
