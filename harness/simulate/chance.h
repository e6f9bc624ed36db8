// How all chance of a life comes from its one seed: by streams that are drawn from it, one for each
// purpose and number, such as a day.
//
// What is drawn for one day does not depend on how much was drawn for another, so that a life with
// one strike less, fewer days or fewer clients is otherwise the same.
#pragma once

#include <cstdint>

#include "sim/base/rng.h"

namespace splitproof::harness::life {

enum class Purpose : std::uint64_t { swarm, strikes, rows, source, desk, day, turns, worker, disk };

// The two numbers as one, in which every bit depends on every bit (the finalizer of splitmix64).
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = a + 0x9e3779b97f4a7c15U * (b + 1);
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

constexpr std::uint64_t stream(std::uint64_t seed, Purpose purpose, std::uint64_t number = 0) {
  return mix(mix(seed, static_cast<std::uint64_t>(purpose)), number);
}

// A number from `least` to `most`.
inline int between(sim::Rng& rng, int least, int most) {
  return least + static_cast<int>(rng.below(static_cast<std::uint64_t>(most - least + 1)));
}

inline bool one_in(sim::Rng& rng, int times) { return between(rng, 1, times) == 1; }

inline bool percent(sim::Rng& rng, int chance) { return between(rng, 1, 100) <= chance; }

}  // namespace splitproof::harness::life
