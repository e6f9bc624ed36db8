// What is mounted below a run folder, and how it is let go of before the folder is removed.
#pragma once

#include <string>

namespace splitproof::sim {

// The one part of a run folder at which a file system may be mounted.
inline constexpr const char* mounted_part = "disk";

// Unmounts it, where it is mounted and may be; says nothing otherwise. A process that still works
// in it keeps what it has open.
void unmount_in(const std::string& folder);

}  // namespace splitproof::sim
