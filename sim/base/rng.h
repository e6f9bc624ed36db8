// The one source of chance. The engine is std::mt19937_64, whose output the standard fixes; the
// distributions of the standard library differ between libraries and are not used.
#pragma once

#include <cstdint>
#include <limits>
#include <random>

namespace splitproof::sim {

class Rng {
 public:
  explicit Rng(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t next() { return engine_(); }

  // A number in [0, bound), each equally likely. `bound` must not be 0.
  std::uint64_t below(std::uint64_t bound) {
    // Draws above the largest multiple of `bound` are drawn again; they would favour small numbers.
    const std::uint64_t whole = std::numeric_limits<std::uint64_t>::max() / bound * bound;
    std::uint64_t draw = engine_();
    while (draw >= whole) draw = engine_();
    return draw % bound;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace splitproof::sim
