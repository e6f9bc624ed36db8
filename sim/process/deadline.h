// A bound on waiting for the world outside: processes and servers.
//
// It reads the machine's monotonic clock, because processes do not live on a Clock of ours. Nothing
// that is judged or written down depends on it: a deadline only decides when to give up.
#pragma once

#include <algorithm>
#include <chrono>

namespace splitproof::sim {

class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds budget)
      : end_(std::chrono::steady_clock::now() + budget) {}

  // What is left, rounded up so that a caller never spins in the last millisecond; 0 when over.
  std::chrono::milliseconds left() const {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    return std::max(left, std::chrono::milliseconds(0));
  }

  bool passed() const { return left().count() == 0; }

 private:
  std::chrono::steady_clock::time_point end_;
};

}  // namespace splitproof::sim
