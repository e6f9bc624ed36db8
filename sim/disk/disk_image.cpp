#include "sim/disk/disk_image.h"

namespace splitproof::sim {

std::uint64_t DiskImage::digest() const {
  std::uint64_t digest = files.size();
  for (const std::string& folder : folders) {
    digest = mixed(digest, folder.size());
    for (const char sign : folder) digest = mixed(digest, static_cast<unsigned char>(sign));
  }
  for (const auto& [name, content] : files) {
    for (const char sign : name) digest = mixed(digest, static_cast<unsigned char>(sign));
    digest = mixed(digest, content.digest());
  }
  return digest;
}

}  // namespace splitproof::sim
