#include "sim/process/mounts.h"

#include <sys/mount.h>

namespace splitproof::sim {

void unmount_in(const std::string& folder) {
  ::umount2((folder + "/" + mounted_part).c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
}

}  // namespace splitproof::sim
