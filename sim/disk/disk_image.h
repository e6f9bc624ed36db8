// What stands on a disk at one moment: files by name, and folders. Cheap to copy, and compared by
// what it holds.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "sim/disk/file_content.h"

namespace splitproof::sim {

struct DiskImage {
  std::map<std::string, FileContent, std::less<>> files;
  // By their paths, those above before those in them. The one that has no name is always there.
  std::set<std::string, std::less<>> folders = {};

  // A number that two equal images share, and others hardly ever do.
  std::uint64_t digest() const;

  friend bool operator==(const DiskImage&, const DiskImage&) = default;
};

}  // namespace splitproof::sim
