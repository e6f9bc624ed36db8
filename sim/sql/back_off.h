// How long to wait before something is tried again: longer each time, and never the same for two
// clients that were in each other's way.
#pragma once

#include <chrono>

#include "sim/base/rng.h"

namespace splitproof::sim {

struct BackOff {
  std::chrono::milliseconds first;
  std::chrono::milliseconds max;
};

// The wait after try number `tries` (1, 2, …): drawn from [d/2, d] with
// d = min(first * 2^(tries-1), max). Negative bounds count as 0.
std::chrono::milliseconds draw_wait(const BackOff& back_off, int tries, Rng& rng);

}  // namespace splitproof::sim
