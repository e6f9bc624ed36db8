#include "sim/server/cluster_image.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <utility>

#include "sim/server/cluster.h"

namespace splitproof::sim {

Result<DiskImage, ServerError> image_of_folder(const std::string& folder) {
  DiskImage image;
  std::error_code error;
  for (auto at = std::filesystem::recursive_directory_iterator(folder, error);
       !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
    const std::string path = at->path().string();
    std::string name = path.substr(folder.size());
    if (at->is_directory()) {
      image.folders.insert(std::move(name));
      continue;
    }
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) return ServerError{"The file " + path + " cannot be read."};
    FileContent content;
    content.write(std::as_bytes(std::span(bytes)), 0);
    image.files.emplace(std::move(name), std::move(content));
  }
  if (error) return ServerError{"The folder " + folder + " cannot be read: " + error.message()};
  return image;
}

Result<Done, ServerError> put_cluster_on(Disk& disk, Guardian& guardian,
                                         const PostgresPrograms& programs,
                                         const std::optional<Account>& account) {
  static std::mutex mutex;
  static std::optional<DiskImage> cluster;
  const std::lock_guard lock(mutex);
  if (!cluster) {
    const Result<std::string, ServerError> folder = cluster_template(guardian, programs, account);
    if (!folder.ok()) return folder.error();
    Result<DiskImage, ServerError> image = image_of_folder(folder.value());
    if (!image.ok()) return image.error();
    cluster = std::move(image).value();
  }
  disk.restore(*cluster);
  return Done{};
}

}  // namespace splitproof::sim
