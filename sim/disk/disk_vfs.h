// An SQLite VFS over one simulated disk, with a clock and chance of our choosing. Private to those
// who open connections on it.
//
// All methods of the version that SQLite uses are there: WAL with shared memory, locks between the
// connections of this process, file controls. Temporary files are on the disk too, and pass its
// gate, but nothing of them outlives the power. A connection waits for a lock on the clock. It is
// registered once and serves whatever the disk is restored to.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "sim/base/clock.h"
#include "sim/base/rng.h"
#include "sim/disk/disk.h"
#include "sim/disk/disk_vfs_file.h"

namespace splitproof::sim {

class DiskVfs {
 public:
  // Registers the VFS with SQLite. What it is given is borrowed.
  DiskVfs(Disk& disk, Clock& clock);
  // No connection may be open on it.
  ~DiskVfs();
  DiskVfs(const DiskVfs&) = delete;
  DiskVfs& operator=(const DiskVfs&) = delete;

  const char* name() const { return name_.c_str(); }
  // For xRandomness.
  void reseed(std::uint64_t seed) { registration_.rng = Rng(seed); }

 private:
  // What SQLite is given; its address is that of the sqlite3_vfs.
  struct Registration : sqlite3_vfs {
    Disk* disk = nullptr;
    Clock* clock = nullptr;
    Rng rng{0};
    // Of the files that are open in this life of the disk.
    std::map<InodeNumber, std::weak_ptr<SharedFile>> shared;
    std::uint64_t life = 0;

    std::shared_ptr<SharedFile> shared_of(const DiskFile& file);
  };
  struct Functions;

  std::string name_;
  Registration registration_;
};

// Seeds the chance that all of SQLite draws on in this process: the salts of a WAL, the checksums
// of a journal, the names of super-journals. With the same seed the same statements leave the same
// bytes, as long as only one thread uses SQLite. `seed` must not be 0.
void seed_sqlite(std::uint32_t seed);

}  // namespace splitproof::sim
