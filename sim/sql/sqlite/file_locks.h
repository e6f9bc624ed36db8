// The locks on one database file, by the rules of SQLite's files: SHARED, RESERVED, PENDING and
// EXCLUSIVE. For the VFSs whose files live in memory.
//
// A lock that is not to be had is refused at once; nobody waits. May be used by several threads.
#pragma once

#include <sqlite3.h>

#include <mutex>

namespace splitproof::sim {

class FileLocks {
 public:
  // Raises a holder from level `held` to `wanted` (SQLITE_LOCK_…). On SQLITE_BUSY `held` may have
  // become PENDING all the same: a writer that waits for readers to leave keeps new ones out.
  int raise(int& held, int wanted);
  // Lowers a holder to `wanted`, which is SHARED or NONE.
  void lower(int& held, int wanted);
  bool is_reserved() const;
  // Whether raise() would succeed at this moment.
  bool would_raise(int held, int wanted) const;

 private:
  mutable std::mutex mutex_;
  int readers_ = 0;                // Holders of SHARED or more.
  int writer_ = SQLITE_LOCK_NONE;  // The level of the one holder of RESERVED or more.
};

}  // namespace splitproof::sim
