#include <gtest/gtest.h>

#include "harness/run/client_program.h"
#include "scenarios/catalog.h"
#include "sim/disk/memory_faults.h"
#include "tests/scenarios/support.h"

namespace splitproof::tests {
namespace {

sim::Guardian* guardian = nullptr;

}  // namespace

sim::Guardian& test_guardian() { return *guardian; }

}  // namespace splitproof::tests

int main(int count, char** words) {
  using splitproof::sim::Guardian;
  // Cases that are run in this process start it again as the clients that they kill.
  if (const auto socket = splitproof::harness::client_process_socket({words + 1, words + count})) {
    return splitproof::harness::serve_clients(*socket, splitproof::scenarios::find_operation);
  }
  if (!splitproof::sim::install_memory_gate()) return 1;
  // Before the tests make threads.
  const std::unique_ptr<Guardian> guardian = Guardian::start();
  splitproof::tests::guardian = guardian.get();
  testing::InitGoogleTest(&count, words);
  return RUN_ALL_TESTS();
}
