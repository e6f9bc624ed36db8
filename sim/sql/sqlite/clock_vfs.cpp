#include "sim/sql/sqlite/clock_vfs.h"

#include <atomic>

namespace splitproof::sim {

sqlite3_int64 julian_milliseconds(const Clock& clock) {
  // The Julian day began at noon long before 1970.
  constexpr sqlite3_int64 epoch_ms = 210'866'760'000'000;
  return epoch_ms + clock.now().time_since_epoch().count();
}

double julian_days(const Clock& clock) {
  constexpr double day_ms = 86'400'000.0;
  return static_cast<double>(julian_milliseconds(clock)) / day_ms;
}

struct ClockVfs::Functions {
  static const Clock& clock_of(sqlite3_vfs* vfs) {
    return *reinterpret_cast<Registration*>(vfs)->clock;
  }
  static int current_time_int64(sqlite3_vfs* vfs, sqlite3_int64* answer) {
    *answer = julian_milliseconds(clock_of(vfs));
    return SQLITE_OK;
  }
  static int current_time(sqlite3_vfs* vfs, double* answer) {
    *answer = julian_days(clock_of(vfs));
    return SQLITE_OK;
  }
};

ClockVfs::ClockVfs(const Clock& clock) {
  // A VFS is found by name in the whole process; the number keeps two apart and appears in no
  // answer.
  static std::atomic<unsigned> counter{0};
  name_ = "splitproof-clock-" + std::to_string(counter.fetch_add(1));
  registration_.vfs = *sqlite3_vfs_find(nullptr);
  registration_.vfs.pNext = nullptr;
  registration_.vfs.zName = name_.c_str();
  registration_.vfs.xCurrentTime = Functions::current_time;
  registration_.vfs.xCurrentTimeInt64 = Functions::current_time_int64;
  registration_.clock = &clock;
  sqlite3_vfs_register(&registration_.vfs, 0);
}

ClockVfs::~ClockVfs() { sqlite3_vfs_unregister(&registration_.vfs); }

}  // namespace splitproof::sim
