#include <gtest/gtest.h>

#include <string_view>

#include "tests/crash/support.h"

namespace splitproof::sim {
namespace {

Guardian* guardian = nullptr;

}  // namespace

Guardian& test_guardian() { return *guardian; }

}  // namespace splitproof::sim

int main(int count, char** words) {
  using splitproof::sim::Guardian;
  if (count == 4 && std::string_view(words[1]) == "own-servers") {
    return splitproof::sim::own_servers(words[2], std::string_view(words[3]) == "ordinary");
  }
  const std::unique_ptr<Guardian> guardian = Guardian::start();
  splitproof::sim::guardian = guardian.get();
  testing::InitGoogleTest(&count, words);
  return RUN_ALL_TESTS();
}
