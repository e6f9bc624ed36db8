#include "sim/sql/sqlite/file_locks.h"

namespace splitproof::sim {

int FileLocks::raise(int& held, int wanted) {
  if (wanted <= held) return SQLITE_OK;
  const std::lock_guard guard(mutex_);
  if (held == SQLITE_LOCK_NONE) {
    // A writer that is about to change the file, or does so, lets nobody in.
    if (writer_ >= SQLITE_LOCK_PENDING) return SQLITE_BUSY;
    ++readers_;
    held = SQLITE_LOCK_SHARED;
    if (wanted == SQLITE_LOCK_SHARED) return SQLITE_OK;
  }
  const bool is_writer = held >= SQLITE_LOCK_RESERVED;
  if (!is_writer && writer_ != SQLITE_LOCK_NONE) return SQLITE_BUSY;
  const bool must_wait = wanted == SQLITE_LOCK_EXCLUSIVE && readers_ > 1;
  held = writer_ = must_wait ? SQLITE_LOCK_PENDING : wanted;
  return must_wait ? SQLITE_BUSY : SQLITE_OK;
}

void FileLocks::lower(int& held, int wanted) {
  if (wanted >= held) return;
  const std::lock_guard guard(mutex_);
  if (held >= SQLITE_LOCK_RESERVED) writer_ = SQLITE_LOCK_NONE;
  if (wanted == SQLITE_LOCK_NONE) --readers_;
  held = wanted;
}

bool FileLocks::would_raise(int held, int wanted) const {
  if (wanted <= held) return true;
  const std::lock_guard guard(mutex_);
  const int readers = readers_ + (held == SQLITE_LOCK_NONE ? 1 : 0);
  if (held == SQLITE_LOCK_NONE && writer_ >= SQLITE_LOCK_PENDING) return false;
  if (wanted == SQLITE_LOCK_SHARED) return true;
  if (held < SQLITE_LOCK_RESERVED && writer_ != SQLITE_LOCK_NONE) return false;
  return wanted != SQLITE_LOCK_EXCLUSIVE || readers <= 1;
}

bool FileLocks::is_reserved() const {
  const std::lock_guard guard(mutex_);
  return writer_ != SQLITE_LOCK_NONE;
}

}  // namespace splitproof::sim
