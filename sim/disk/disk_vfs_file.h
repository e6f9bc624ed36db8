// A file of the VFS as SQLite holds it. Private to the VFS.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>

#include "sim/disk/disk.h"
#include "sim/disk/wal_index_memory.h"
#include "sim/sql/sqlite/file_locks.h"

namespace splitproof::sim {

// What all that have a file open share.
struct SharedFile {
  FileLocks locks;
  WalIndexMemory wal_index;
};

// Stands in memory that SQLite gives; its address is that of the sqlite3_file.
struct OpenedFile : sqlite3_file {
  Disk* disk = nullptr;
  DiskFile file;
  std::shared_ptr<SharedFile> shared;
  const char* vfs_name = nullptr;
  int lock_level = SQLITE_LOCK_NONE;
  WalIndexMemory::Holder slots;
  sqlite3_int64 chunk_size = 0;
  bool keeps_wal = false;
  bool powersafe_overwrite = false;
  // The first sync of a file that was created for it syncs the directory, too.
  bool syncs_directory = false;
};

const sqlite3_io_methods* disk_file_methods();

// The part of those methods that concerns shared memory; `methods` is filled in.
void add_shared_memory_methods(sqlite3_io_methods& methods);

// For xFileControl.
int control_file(sqlite3_file* file, int operation, void* argument);

// An exception must not pass through SQLite, which is C; the only one here is that memory ran out.
template <class Act>
int without_exceptions(const Act& act) {
  try {
    return act();
  } catch (const std::bad_alloc&) {
    return SQLITE_IOERR_NOMEM;
  }
}

}  // namespace splitproof::sim
