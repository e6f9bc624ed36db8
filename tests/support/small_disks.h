// Whether tests of full disks can run here; they are not there where they cannot.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/server/small_disk.h"

namespace splitproof::tests {

// One value where a file system may be mounted, else none.
inline std::vector<bool> where_disks_can_be_mounted() {
  const std::string folder = std::filesystem::temp_directory_path().string() +
                             "/splitproof-mount-" + std::to_string(::getpid());
  if (sim::SmallDisk::mount(folder, std::nullopt)) return {true};
  return {};
}

}  // namespace splitproof::tests
