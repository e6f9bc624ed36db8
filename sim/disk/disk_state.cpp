#include "sim/disk/disk_state.h"

namespace splitproof::sim {

DiskState::DiskState(const DiskImage& image) {
  for (const auto& [name, content] : image.files) {
    names.emplace(name, ++last_inode);
    files.emplace(last_inode, File{.seen = content,
                                   .durable = content,
                                   .expected_size = content.size(),
                                   .nameless = false});
  }
  durable_names = names;
}

DiskImage DiskState::seen() const {
  DiskImage image;
  for (const auto& [name, inode] : names) image.files.emplace(name, files.at(inode).seen);
  return image;
}

}  // namespace splitproof::sim
