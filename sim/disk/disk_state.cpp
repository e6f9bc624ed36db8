#include "sim/disk/disk_state.h"

namespace splitproof::sim {

DiskState::DiskState(const DiskImage& image) {
  for (const std::string& folder : image.folders) {
    names.emplace(folder, ++last_inode);
    files[last_inode].is_folder = true;
  }
  for (const auto& [name, content] : image.files) {
    names.emplace(name, ++last_inode);
    files.emplace(last_inode, File{.seen = content,
                                   .durable = content,
                                   .expected_size = content.size(),
                                   .nameless = false,
                                   .is_folder = false});
  }
  durable_names = names;
}

DiskImage DiskState::seen() const {
  DiskImage image;
  for (const auto& [name, inode] : names) {
    const File& file = files.at(inode);
    if (file.is_folder) {
      image.folders.insert(name);
    } else {
      image.files.emplace(name, file.seen);
    }
  }
  return image;
}

}  // namespace splitproof::sim
