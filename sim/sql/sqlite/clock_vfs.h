// SQLite's usual VFS with time read from a Clock: CURRENT_TIMESTAMP and the date functions. Private
// to the SQLite adapter.
//
// Files, locks and journals are those of the usual one, so that a database can be shared with
// programs that know nothing of this.
#pragma once

#include <sqlite3.h>

#include <string>

#include "sim/base/clock.h"

namespace splitproof::sim {

// The time of a Clock as SQLite counts it: in milliseconds of the Julian day.
sqlite3_int64 julian_milliseconds(const Clock& clock);
// The same in days.
double julian_days(const Clock& clock);

class ClockVfs {
 public:
  // Registers the VFS with SQLite. `clock` is borrowed.
  explicit ClockVfs(const Clock& clock);
  // No connection may be open on it.
  ~ClockVfs();
  ClockVfs(const ClockVfs&) = delete;
  ClockVfs& operator=(const ClockVfs&) = delete;

  const char* name() const { return name_.c_str(); }

 private:
  struct Registration {
    sqlite3_vfs vfs{};  // First, so that a pointer to it is a pointer to the whole.
    const Clock* clock = nullptr;
  };
  struct Functions;

  std::string name_;
  Registration registration_;
};

}  // namespace splitproof::sim
