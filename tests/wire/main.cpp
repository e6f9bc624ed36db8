#include <gtest/gtest.h>

#include "sim/process/guardian.h"
#include "tests/harness/server.h"

int main(int count, char** words) {
  using namespace splitproof::harness;
  // Before the tests make threads.
  const std::unique_ptr<splitproof::sim::Guardian> guardian = splitproof::sim::Guardian::start();
  use_guardian(guardian.get());
  testing::InitGoogleTest(&count, words);
  const int failed = RUN_ALL_TESTS();
  stop_shared_server();
  return failed;
}
