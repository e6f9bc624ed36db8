// The SQLite VFS under SqliteMemory: files in memory, real locks, a clock of our choosing. Private
// to the SQLite adapter.
//
// The bytes are kept by SQLite's own "memdb" VFS, of which this one is a copy under a name of its
// own. Two things are replaced, and what is written is noted so that it can be undone. Time is read
// from a Clock. Locks follow the rules of SQLite's files, SHARED, RESERVED, PENDING and EXCLUSIVE,
// because memdb's own are not those: it turns readers away as soon as a writer has begun, and lets
// a COMMIT change pages under a reader. A lock that is not to be had answers SQLITE_BUSY at once.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "sim/base/clock.h"
#include "sim/sql/sqlite/file_locks.h"
#include "sim/sql/sqlite/lock_use.h"

namespace splitproof::sim {

// Which blocks of a database file were written since the last clear(). Not for use by several
// threads at once: the file's locks keep writers apart.
class WrittenBlocks {
 public:
  static constexpr std::size_t block_size = 4096;

  void note(std::size_t offset, std::size_t length);
  // Whatever stood at `size` and behind it is gone.
  void note_truncation(std::size_t size) { lost_from_ = std::min(lost_from_, size / block_size); }
  bool contains(std::size_t block) const {
    return block >= lost_from_ || (block < written_.size() && written_[block]);
  }
  void clear();

 private:
  std::vector<bool> written_;
  std::size_t lost_from_ = std::numeric_limits<std::size_t>::max();
};

// What was done with the locks of `file`, a database file opened on a MemoryVfs, since it was last
// asked. Only between two calls of SQLite on that file.
LockUse take_lock_use(sqlite3_file* file);
// `file` is a database file opened on a MemoryVfs; the lock is the one that it was last refused, if
// it has not been given one since. Only between two calls of SQLite on that file.
bool is_refused(sqlite3_file* file);
// Whether what `holder` holds keeps that lock from `file`.
bool keeps_out(sqlite3_file* holder, sqlite3_file* file);

class MemoryVfs {
 public:
  // Registers the VFS with SQLite. `clock` is borrowed.
  explicit MemoryVfs(const Clock& clock);
  // No connection may be open on it.
  ~MemoryVfs();
  MemoryVfs(const MemoryVfs&) = delete;
  MemoryVfs& operator=(const MemoryVfs&) = delete;

  // False if this build of SQLite has no memdb, or memory ran out.
  bool is_registered() const { return registered_; }
  const char* name() const { return name_.c_str(); }
  // The one database file that lives in it.
  const std::string& file_name() const { return file_name_; }
  WrittenBlocks& written() { return registration_.written; }

 private:
  // What SQLite is given; the functions behind it find their way from here.
  struct Registration {
    sqlite3_vfs vfs{};  // First, so that a pointer to it is a pointer to the whole.
    const sqlite3_vfs* memdb = nullptr;
    const Clock* clock = nullptr;
    FileLocks locks;
    WrittenBlocks written;
  };
  struct Functions;

  std::string name_;
  std::string file_name_;
  Registration registration_;
  bool registered_ = false;
};

}  // namespace splitproof::sim
