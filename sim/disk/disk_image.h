// What stands on a disk at one moment: files by name. Cheap to copy, and compared by what it holds.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "sim/disk/file_content.h"

namespace splitproof::sim {

struct DiskImage {
  std::map<std::string, FileContent, std::less<>> files;

  // A number that two equal images share, and others hardly ever do.
  std::uint64_t digest() const;

  friend bool operator==(const DiskImage&, const DiskImage&) = default;
};

}  // namespace splitproof::sim
