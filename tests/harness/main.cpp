#include <gtest/gtest.h>

#include <string_view>

#include "harness/run/client_program.h"
#include "sim/disk/memory_faults.h"
#include "sim/process/guardian.h"
#include "tests/harness/client_operations.h"
#include "tests/harness/client_owner.h"
#include "tests/harness/server.h"

int main(int count, char** words) {
  using namespace splitproof::harness;
  if (const auto socket = client_process_socket({words + 1, words + count})) {
    return serve_clients(*socket, small_operation);
  }
  if (count == 3 && std::string_view(words[1]) == "own-clients") return own_clients(words[2]);
  if (!splitproof::sim::install_memory_gate()) return 1;
  // Before the tests make threads.
  const std::unique_ptr<splitproof::sim::Guardian> guardian = splitproof::sim::Guardian::start();
  use_guardian(guardian.get());
  testing::InitGoogleTest(&count, words);
  const int failed = RUN_ALL_TESTS();
  stop_shared_server();
  return failed;
}
