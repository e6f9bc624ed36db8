#include <gtest/gtest.h>

#include "tests/scenarios/support.h"

namespace splitproof::tests {
namespace {

sim::Guardian* guardian = nullptr;

}  // namespace

sim::Guardian& test_guardian() { return *guardian; }

}  // namespace splitproof::tests

int main(int count, char** words) {
  using splitproof::sim::Guardian;
  // Before the tests make threads.
  const std::unique_ptr<Guardian> guardian = Guardian::start();
  splitproof::tests::guardian = guardian.get();
  testing::InitGoogleTest(&count, words);
  return RUN_ALL_TESTS();
}
