// SQLite takes its allocator before anything else.
#include <gtest/gtest.h>

#include "sim/disk/memory_faults.h"

int main(int argc, char** argv) {
  if (!splitproof::sim::install_memory_gate()) return 1;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
