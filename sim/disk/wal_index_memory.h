// The memory that the connections to one database in WAL mode share, and the locks on its slots, by
// the rules of SQLite's xShmMap and xShmLock. Private to the VFS.
//
// It lives as long as somebody uses it and is never on the disk: SQLite builds it again from the
// WAL. Not for use by several threads at once.
#pragma once

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace splitproof::sim {

class WalIndexMemory {
 public:
  // What one connection holds: a bit for each slot.
  struct Holder {
    std::uint32_t shared = 0;
    std::uint32_t exclusive = 0;
  };

  // All regions have one size. Null where it is not there and `extend` is false.
  void* region(std::size_t index, std::size_t size, bool extend);
  // `flags` are SQLITE_SHM_…; SQLITE_BUSY where somebody else is in the way.
  int lock(Holder& holder, int offset, int count, int flags);
  void release(Holder& holder);

 private:
  static std::uint32_t mask_of(int offset, int count);
  void unlock(Holder& holder, std::uint32_t mask);

  std::vector<std::unique_ptr<std::byte[]>> regions_;
  std::array<int, SQLITE_SHM_NLOCK> readers_{};
  std::uint32_t written_ = 0;  // Slots that somebody holds exclusively.
};

}  // namespace splitproof::sim
