#include "sim/disk/wal_index_memory.h"

#include <bit>
#include <utility>

namespace splitproof::sim {
namespace {

// Calls `act` with the number of each slot in `mask`.
template <class Act>
void for_each_slot(std::uint32_t mask, const Act& act) {
  for (; mask != 0; mask &= mask - 1) act(static_cast<std::size_t>(std::countr_zero(mask)));
}

}  // namespace

void* WalIndexMemory::region(std::size_t index, std::size_t size, bool extend) {
  while (extend && regions_.size() <= index) {
    regions_.push_back(std::make_unique<std::byte[]>(size));
  }
  return index < regions_.size() ? regions_[index].get() : nullptr;
}

int WalIndexMemory::lock(Holder& holder, int offset, int count, int flags) {
  const std::uint32_t mask = mask_of(offset, count);
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    unlock(holder, mask);
    return SQLITE_OK;
  }
  if ((written_ & ~holder.exclusive & mask) != 0) return SQLITE_BUSY;
  if ((flags & SQLITE_SHM_SHARED) != 0) {
    for_each_slot(mask & ~holder.shared, [this](std::size_t slot) { ++readers_[slot]; });
    holder.shared |= mask;
    return SQLITE_OK;
  }
  bool read_by_others = false;
  for_each_slot(mask, [&](std::size_t slot) {
    const int own = (holder.shared >> slot & 1U) != 0 ? 1 : 0;
    read_by_others = read_by_others || readers_[slot] > own;
  });
  if (read_by_others) return SQLITE_BUSY;
  written_ |= mask;
  holder.exclusive |= mask;
  return SQLITE_OK;
}

void WalIndexMemory::release(Holder& holder) { unlock(holder, mask_of(0, SQLITE_SHM_NLOCK)); }

std::uint32_t WalIndexMemory::mask_of(int offset, int count) {
  return ((1U << static_cast<unsigned>(count)) - 1) << static_cast<unsigned>(offset);
}

void WalIndexMemory::unlock(Holder& holder, std::uint32_t mask) {
  for_each_slot(mask & holder.shared, [this](std::size_t slot) { --readers_[slot]; });
  written_ &= ~(mask & holder.exclusive);
  holder.shared &= ~mask;
  holder.exclusive &= ~mask;
}

}  // namespace splitproof::sim
