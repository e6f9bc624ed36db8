#include "sim/sql/back_off.h"

#include <algorithm>

namespace splitproof::sim {

std::chrono::milliseconds draw_wait(const BackOff& back_off, int tries, Rng& rng) {
  constexpr std::chrono::milliseconds zero{0};
  const std::chrono::milliseconds limit = std::max(back_off.max, zero);
  std::chrono::milliseconds longest = std::clamp(back_off.first, zero, limit);
  // Stops at the limit instead of multiplying on, so that no number of tries overflows.
  for (int n = 1; n < tries && longest > zero && longest < limit; ++n) {
    longest = longest > limit / 2 ? limit : longest * 2;
  }
  const std::chrono::milliseconds shortest = longest / 2;
  const auto spread = static_cast<std::uint64_t>((longest - shortest).count());
  return shortest + std::chrono::milliseconds(static_cast<std::int64_t>(rng.below(spread + 1)));
}

}  // namespace splitproof::sim
