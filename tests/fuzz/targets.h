// What reads text or bytes from outside, each as a function that a fuzzer can call: it must bear
// anything, and what it takes must keep its promises. A promise that is broken ends the program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace splitproof::tests {

struct FuzzTarget {
  std::string name;  // Of its corpus, too: tests/fuzz/corpus/NAME.
  void (*read)(std::string_view bytes) = nullptr;
};

const std::vector<FuzzTarget>& fuzz_targets();

}  // namespace splitproof::tests
