// libFuzzer's door to one target: the one that the environment variable SPLITPROOF_FUZZ names.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/targets.h"

namespace {

const splitproof::tests::FuzzTarget& chosen() {
  const char* const name = std::getenv("SPLITPROOF_FUZZ");
  for (const auto& target : splitproof::tests::fuzz_targets()) {
    if (name != nullptr && target.name == name) return target;
  }
  std::fputs("SPLITPROOF_FUZZ names no target; expected one of:", stderr);
  for (const auto& target : splitproof::tests::fuzz_targets()) {
    std::fprintf(stderr, " %s", target.name.c_str());
  }
  std::fputs("\n", stderr);
  std::exit(3);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const splitproof::tests::FuzzTarget& target = chosen();
  target.read({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
