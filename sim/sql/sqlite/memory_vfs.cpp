#include "sim/sql/sqlite/memory_vfs.h"

#include <atomic>
#include <new>
#include <string>
#include <utility>

#include "sim/sql/sqlite/clock_vfs.h"

namespace splitproof::sim {
namespace {

// What is added behind memdb's own part of a database file's memory.
struct FileHold {
  // memdb's, with a few functions replaced. First, because the file points to it: that is the way
  // from a file to its FileHold.
  sqlite3_io_methods methods;
  const sqlite3_io_methods* memdb;
  FileLocks* locks;
  WrittenBlocks* written;
  int level;
  int refused;  // The level that was last asked for in vain; NONE after it was given one.
  LockUse use;  // Since it was last asked for.
};

// The size of memdb's part, rounded up so that a FileHold may stand behind it.
int inner_file_size(const sqlite3_vfs& memdb) {
  constexpr int alignment = alignof(FileHold);
  return (memdb.szOsFile + alignment - 1) / alignment * alignment;
}

FileHold& hold_of(sqlite3_file* file) {
  return *reinterpret_cast<FileHold*>(const_cast<sqlite3_io_methods*>(file->pMethods));
}

// The levels above `low`, up to `high`, are asked for or given back.
void note_use(FileHold& hold, int low, int high) {
  if (low >= high) return;
  hold.use.shared = hold.use.shared || low < SQLITE_LOCK_SHARED;
  hold.use.reserved =
      hold.use.reserved || (low < SQLITE_LOCK_RESERVED && high >= SQLITE_LOCK_RESERVED);
  hold.use.exclusive = hold.use.exclusive || high >= SQLITE_LOCK_PENDING;
}

int lock_file(sqlite3_file* file, int level) {
  FileHold& hold = hold_of(file);
  note_use(hold, hold.level, level);
  const int code = hold.locks->raise(hold.level, level);
  hold.refused = code == SQLITE_OK ? SQLITE_LOCK_NONE : level;
  return code;
}

int unlock_file(sqlite3_file* file, int level) {
  FileHold& hold = hold_of(file);
  note_use(hold, level, hold.level);
  hold.locks->lower(hold.level, level);
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* answer) {
  FileHold& hold = hold_of(file);
  hold.use.reserved = true;
  *answer = hold.locks->is_reserved() ? 1 : 0;
  return SQLITE_OK;
}

int write_file(sqlite3_file* file, const void* bytes, int length, sqlite3_int64 offset) {
  const FileHold& hold = hold_of(file);
  // An exception must not pass through SQLite, which is C.
  try {
    hold.written->note(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
  } catch (const std::bad_alloc&) {
    return SQLITE_IOERR_NOMEM;
  }
  return hold.memdb->xWrite(file, bytes, length, offset);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  const FileHold& hold = hold_of(file);
  hold.written->note_truncation(static_cast<std::size_t>(size));
  return hold.memdb->xTruncate(file, size);
}

int close_file(sqlite3_file* file) {
  const FileHold& hold = hold_of(file);
  unlock_file(file, SQLITE_LOCK_NONE);
  return hold.memdb->xClose(file);
}

}  // namespace

LockUse take_lock_use(sqlite3_file* file) { return std::exchange(hold_of(file).use, LockUse{}); }

bool is_refused(sqlite3_file* file) {
  const FileHold& hold = hold_of(file);
  return !hold.locks->would_raise(hold.level, hold.refused);
}

bool keeps_out(sqlite3_file* holder, sqlite3_file* file) {
  const int held = hold_of(holder).level;
  switch (hold_of(file).refused) {
    case SQLITE_LOCK_NONE:
      return false;
    case SQLITE_LOCK_SHARED:
      return held >= SQLITE_LOCK_PENDING;
    case SQLITE_LOCK_EXCLUSIVE:
      return held >= SQLITE_LOCK_SHARED;
    default:
      return held >= SQLITE_LOCK_RESERVED;
  }
}

void WrittenBlocks::note(std::size_t offset, std::size_t length) {
  if (length == 0) return;
  const std::size_t last = (offset + length - 1) / block_size;
  if (last >= written_.size()) written_.resize(last + 1);
  for (std::size_t block = offset / block_size; block <= last; ++block) written_[block] = true;
}

void WrittenBlocks::clear() {
  written_.assign(written_.size(), false);
  lost_from_ = std::numeric_limits<std::size_t>::max();
}

struct MemoryVfs::Functions {
  static Registration& of(sqlite3_vfs* vfs) { return *reinterpret_cast<Registration*>(vfs); }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* answer) {
    Registration& registration = of(vfs);
    const int code = registration.memdb->xOpen(vfs, name, file, flags, answer);
    // Temporary files belong to one connection and need no locks.
    if (code != SQLITE_OK || (flags & SQLITE_OPEN_MAIN_DB) == 0) return code;
    void* const behind = reinterpret_cast<char*>(file) + inner_file_size(*registration.memdb);
    auto* const hold = new (behind) FileHold{.methods = *file->pMethods,
                                             .memdb = file->pMethods,
                                             .locks = &registration.locks,
                                             .written = &registration.written,
                                             .level = SQLITE_LOCK_NONE,
                                             .refused = SQLITE_LOCK_NONE,
                                             .use = {}};
    hold->methods.xLock = lock_file;
    hold->methods.xUnlock = unlock_file;
    hold->methods.xCheckReservedLock = check_reserved;
    hold->methods.xWrite = write_file;
    hold->methods.xTruncate = truncate_file;
    hold->methods.xClose = close_file;
    file->pMethods = &hold->methods;
    return SQLITE_OK;
  }

  static int current_time_int64(sqlite3_vfs* vfs, sqlite3_int64* answer) {
    *answer = julian_milliseconds(*of(vfs).clock);
    return SQLITE_OK;
  }

  static int current_time(sqlite3_vfs* vfs, double* answer) {
    *answer = julian_days(*of(vfs).clock);
    return SQLITE_OK;
  }
};

MemoryVfs::MemoryVfs(const Clock& clock) {
  // Both the VFS and memdb's files are found by name in the whole process; the number keeps two
  // objects apart and appears in no answer.
  static std::atomic<unsigned> counter{0};
  const std::string number = std::to_string(counter.fetch_add(1));
  name_ = "splitproof-memory-" + number;
  file_name_ = "/splitproof-memory-" + number;
  const sqlite3_vfs* const memdb = sqlite3_vfs_find("memdb");
  if (memdb == nullptr) return;
  registration_.memdb = memdb;
  registration_.clock = &clock;
  registration_.vfs = *memdb;
  registration_.vfs.pNext = nullptr;
  registration_.vfs.zName = name_.c_str();
  registration_.vfs.szOsFile = inner_file_size(*memdb) + static_cast<int>(sizeof(FileHold));
  registration_.vfs.xOpen = Functions::open;
  registration_.vfs.xCurrentTime = Functions::current_time;
  registration_.vfs.xCurrentTimeInt64 = Functions::current_time_int64;
  registered_ = sqlite3_vfs_register(&registration_.vfs, 0) == SQLITE_OK;
}

MemoryVfs::~MemoryVfs() {
  if (registered_) sqlite3_vfs_unregister(&registration_.vfs);
}

}  // namespace splitproof::sim
