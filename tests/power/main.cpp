#include <gtest/gtest.h>

#include "tests/power/support.h"

namespace splitproof::tests {
namespace {

sim::Guardian* guardian = nullptr;

}  // namespace

sim::Guardian& test_guardian() { return *guardian; }

}  // namespace splitproof::tests

int main(int count, char** words) {
  const std::unique_ptr<splitproof::sim::Guardian> guardian = splitproof::sim::Guardian::start();
  splitproof::tests::guardian = guardian.get();
  testing::InitGoogleTest(&count, words);
  return RUN_ALL_TESTS();
}
