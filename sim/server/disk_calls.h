// System calls on a simulated disk: what a file system answers, with the numbers of errno(3),
// negative, as FUSE takes them. No thread but one at a time.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/disk/disk.h"

namespace splitproof::sim {

class DiskCalls {
 public:
  // All belongs to this user; the folder that has no name on the disk has this inode. `disk` is
  // borrowed.
  DiskCalls(Disk& disk, uid_t user, gid_t group, ino_t root)
      : disk_(disk), user_(user), group_(group), root_(root) {}

  // A path that begins with a slash; "/" is the folder that has no name on the disk.
  int stat(std::string_view path, struct stat& answer) const;
  // Of an open file, which may have no name any more.
  int stat(std::uint64_t handle, struct stat& answer) const;

  // `flags` are those of open(2); O_CREAT makes the file.
  int open(std::string_view path, int flags, std::uint64_t& handle);
  void close(std::uint64_t handle);
  // Both answer the number of bytes, or the error.
  int read(std::uint64_t handle, std::span<std::byte> to, std::uint64_t offset);
  int write(std::uint64_t handle, std::span<const std::byte> from, std::uint64_t offset);
  int truncate(std::string_view path, std::uint64_t size);
  int truncate(std::uint64_t handle, std::uint64_t size);
  // Room for the bytes as far as `end`.
  int allocate(std::uint64_t handle, std::uint64_t end);
  int sync(std::uint64_t handle);

  int make_folder(std::string_view path);
  int remove_folder(std::string_view path);
  int open_folder(std::string_view path, std::uint64_t& handle);
  void close_folder(std::uint64_t handle);
  std::vector<std::string> list(std::uint64_t folder) const;
  int sync_folder(std::uint64_t folder);

  int remove(std::string_view path);
  int rename(std::string_view from, std::string_view to);
  int link(std::string_view from, std::string_view to);

 private:
  struct stat status_of(const Disk::Entry& entry) const;
  // Of what has a name; empty where there is none, or it is the folder that has none.
  std::optional<Disk::Entry> find(std::string_view path) const;
  bool is_folder(std::string_view path) const;

  Disk& disk_;
  uid_t user_;
  gid_t group_;
  ino_t root_;
  std::map<std::uint64_t, DiskFile> files_;
  std::map<std::uint64_t, std::string> folders_;  // By handle, as the disk names them.
  std::uint64_t last_handle_ = 0;
};

}  // namespace splitproof::sim
