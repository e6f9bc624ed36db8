// Shows what SQLite asks of memory to the director, and lets its faults strike there.
#pragma once

#include "harness/plan/director.h"
#include "sim/disk/memory_faults.h"

namespace splitproof::harness {

class MemoryWatch final : public sim::MemoryGate {
 public:
  // Borrowed.
  explicit MemoryWatch(Director& director) : director_(director) {}
  bool refuses(int bytes) override { return director_.refuse_memory(bytes); }

 private:
  Director& director_;
};

}  // namespace splitproof::harness
