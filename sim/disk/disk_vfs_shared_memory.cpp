#include <atomic>
#include <new>

#include "sim/disk/disk_vfs_file.h"

namespace splitproof::sim {
namespace {

OpenedFile& opened_of(sqlite3_file* file) { return *static_cast<OpenedFile*>(file); }

int map_region(sqlite3_file* file, int index, int size, int extend, void volatile** answer) {
  return without_exceptions([&] {
    OpenedFile& opened = opened_of(file);
    DiskOperation operation;
    operation.act = DiskAct::map_shared;
    operation.offset = static_cast<std::uint64_t>(index);
    operation.length = static_cast<std::uint64_t>(size);
    *answer = nullptr;
    const int code = opened.disk->perform(opened.file, operation, [&] {
      *answer = opened.shared->wal_index.region(static_cast<std::size_t>(index),
                                                static_cast<std::size_t>(size), extend != 0);
      return disk_code::ok;
    });
    // SQLite writes to what it was promised, so this one promise cannot be pretended.
    const bool is_missing = code == SQLITE_OK && extend != 0 && *answer == nullptr;
    return is_missing ? SQLITE_IOERR_SHMMAP : code;
  });
}

int lock_slots(sqlite3_file* file, int offset, int count, int flags) {
  return without_exceptions([&] {
    OpenedFile& opened = opened_of(file);
    const auto act = [&] {
      return opened.shared->wal_index.lock(opened.slots, offset, count, flags);
    };
    // SQLite never asks whether a lock was let go of.
    if ((flags & SQLITE_SHM_UNLOCK) != 0) return act();
    DiskOperation operation;
    operation.act = DiskAct::lock;
    operation.offset = static_cast<std::uint64_t>(offset);
    operation.length = static_cast<std::uint64_t>(count);
    operation.flags = flags;
    return opened.disk->perform(opened.file, operation, act);
  });
}

void barrier(sqlite3_file* /*file*/) {
  static std::atomic<int> passed{0};
  passed.fetch_add(1);
}

// The memory goes with the last file that has it; keeping it longer could not be seen.
int unmap(sqlite3_file* file, int /*delete_it*/) {
  opened_of(file).shared->wal_index.release(opened_of(file).slots);
  return SQLITE_OK;
}

}  // namespace

void add_shared_memory_methods(sqlite3_io_methods& methods) {
  methods.xShmMap = map_region;
  methods.xShmLock = lock_slots;
  methods.xShmBarrier = barrier;
  methods.xShmUnmap = unmap;
}

}  // namespace splitproof::sim
