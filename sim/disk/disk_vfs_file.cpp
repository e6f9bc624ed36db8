#include "sim/disk/disk_vfs_file.h"

#include <new>
#include <span>

namespace splitproof::sim {
namespace {

OpenedFile& of(sqlite3_file* file) { return *static_cast<OpenedFile*>(file); }

int close_file(sqlite3_file* file) {
  OpenedFile& opened = of(file);
  opened.shared->locks.lower(opened.lock_level, SQLITE_LOCK_NONE);
  opened.shared->wal_index.release(opened.slots);
  opened.disk->close(opened.file);
  opened.~OpenedFile();
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* to, int length, sqlite3_int64 offset) {
  return without_exceptions([&] {
    const std::span bytes(static_cast<std::byte*>(to), static_cast<std::size_t>(length));
    return of(file).disk->read(of(file).file, bytes, static_cast<std::uint64_t>(offset));
  });
}

int write_file(sqlite3_file* file, const void* from, int length, sqlite3_int64 offset) {
  return without_exceptions([&] {
    const std::span bytes(static_cast<const std::byte*>(from), static_cast<std::size_t>(length));
    return of(file).disk->write(of(file).file, bytes, static_cast<std::uint64_t>(offset));
  });
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return without_exceptions([&] {
    const sqlite3_int64 chunk = of(file).chunk_size;
    if (chunk > 0) size = (size + chunk - 1) / chunk * chunk;
    return of(file).disk->truncate(of(file).file, static_cast<std::uint64_t>(size));
  });
}

int sync_file(sqlite3_file* file, int flags) {
  return without_exceptions([&] {
    OpenedFile& opened = of(file);
    const int code = opened.disk->sync(opened.file, flags);
    if (code == SQLITE_OK && opened.syncs_directory) {
      // What comes of it is not asked, and it is not tried again: so does SQLite's os_unix.c.
      opened.disk->sync_directory(opened.file.name, opened.file.role);
      opened.syncs_directory = false;
    }
    return code;
  });
}

int file_size(sqlite3_file* file, sqlite3_int64* answer) {
  return without_exceptions([&] {
    std::uint64_t size = 0;
    const int code = of(file).disk->size(of(file).file, size);
    *answer = static_cast<sqlite3_int64>(size);
    return code;
  });
}

int lock_file(sqlite3_file* file, int level) {
  return without_exceptions([&] {
    OpenedFile& opened = of(file);
    DiskOperation operation;
    operation.act = DiskAct::lock;
    operation.flags = level;
    return opened.disk->perform(opened.file, operation, [&] {
      return opened.shared->locks.raise(opened.lock_level, level);
    });
  });
}

// The gate is not asked: what holds a lock could not let go of it, and SQLite would not care.
int unlock_file(sqlite3_file* file, int level) {
  of(file).shared->locks.lower(of(file).lock_level, level);
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* answer) {
  return without_exceptions([&] {
    OpenedFile& opened = of(file);
    DiskOperation operation;
    operation.act = DiskAct::lock;
    *answer = 0;
    return opened.disk->perform(opened.file, operation, [&] {
      *answer = opened.shared->locks.is_reserved() ? 1 : 0;
      return disk_code::ok;
    });
  });
}

int sector_size(sqlite3_file* file) {
  return static_cast<int>(of(file).disk->persona().sector_size);
}

int device_characteristics(sqlite3_file* file) {
  const int told = of(file).disk->persona().told & ~device::powersafe_overwrite;
  return told | (of(file).powersafe_overwrite ? device::powersafe_overwrite : 0);
}

// Nothing is mapped: SQLite then reads.
int fetch(sqlite3_file* /*file*/, sqlite3_int64 /*offset*/, int /*length*/, void** answer) {
  *answer = nullptr;
  return SQLITE_OK;
}

int unfetch(sqlite3_file* /*file*/, sqlite3_int64 /*offset*/, void* /*page*/) { return SQLITE_OK; }

sqlite3_io_methods make_methods() {
  sqlite3_io_methods methods{};
  methods.iVersion = 3;
  methods.xClose = close_file;
  methods.xRead = read_file;
  methods.xWrite = write_file;
  methods.xTruncate = truncate_file;
  methods.xSync = sync_file;
  methods.xFileSize = file_size;
  methods.xLock = lock_file;
  methods.xUnlock = unlock_file;
  methods.xCheckReservedLock = check_reserved;
  methods.xFileControl = control_file;
  methods.xSectorSize = sector_size;
  methods.xDeviceCharacteristics = device_characteristics;
  methods.xFetch = fetch;
  methods.xUnfetch = unfetch;
  add_shared_memory_methods(methods);
  return methods;
}

}  // namespace

const sqlite3_io_methods* disk_file_methods() {
  static const sqlite3_io_methods methods = make_methods();
  return &methods;
}

}  // namespace splitproof::sim
