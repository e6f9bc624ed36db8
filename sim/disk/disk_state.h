// All that a disk is at one moment: what processes see of it, what is certain to survive, and what
// lies between. A copy takes microseconds.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sim/disk/disk_change.h"
#include "sim/disk/disk_image.h"

namespace splitproof::sim {

struct DiskState {
  using Names = std::map<std::string, InodeNumber, std::less<>>;

  struct File {
    FileContent seen;     // By processes: the cache.
    FileContent durable;  // What a loss of power leaves of it.
    // As the disk will have it when all unsynced changes are done.
    std::uint64_t expected_size = 0;
    // It never had a name, so nothing can be found of it later.
    bool nameless = false;
    // It has no bytes: names lie in it.
    bool is_folder = false;
  };

  Names names;
  Names durable_names;
  std::map<InodeNumber, File> files;
  std::vector<SharedChange> unsynced;  // In the order in which they were done.
  // Those of them that a sync has promised and left to the next one.
  std::vector<SharedChange> promised;
  InodeNumber last_inode = 0;

  DiskState() = default;
  // A disk on which the image stands, and nothing is unsynced.
  explicit DiskState(const DiskImage& image);

  // What processes see.
  DiskImage seen() const;
};

}  // namespace splitproof::sim
