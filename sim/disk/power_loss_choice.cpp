// Single sets of survivors, for whoever cannot try them all.
#include <algorithm>

#include "sim/base/rng.h"
#include "sim/disk/power_loss.h"

namespace splitproof::sim {

Survivors PowerLoss::first(std::size_t count) const {
  Bits bits(items_.size(), false);
  std::fill_n(bits.begin(), std::min(count, bits.size()), true);
  return {closed(std::move(bits)), std::nullopt};
}

Survivors PowerLoss::all_but(std::size_t item) const {
  Bits bits(items_.size(), true);
  bits[item] = false;
  return {closed(reduced(std::move(bits))), std::nullopt};
}

Survivors PowerLoss::drawn(std::uint64_t seed) const {
  Rng rng(seed);
  Bits bits(items_.size());
  for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = rng.below(2) == 1;
  return {closed(reduced(std::move(bits))), std::nullopt};
}

std::vector<std::size_t> PowerLoss::sectors_of(std::string_view name) const {
  const auto found = state_.names.find(name);
  std::vector<std::size_t> items;
  for (std::size_t i = 0; found != state_.names.end() && i < items_.size(); ++i) {
    const BytesWritten* const written = items_[i].written();
    if (written != nullptr && written->inode == found->second && items_[i].differs) {
      items.push_back(i);
    }
  }
  return items;
}

}  // namespace splitproof::sim
