// A simulated disk as a file system that other programs use: mounted by FUSE, served by a thread of
// this process.
//
// What they see is the disk's cache, not the kernel's own; what they sync becomes durable on
// the disk, folder by folder (fsync(2): the entry of a file is synced with its folder). Folders
// cannot be renamed (EXDEV, as on overlayfs), and there are no symbolic links. Reading times, modes
// and owners tells the same of every file. Mounting takes root and /dev/fuse.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "sim/base/result.h"
#include "sim/disk/disk.h"
#include "sim/process/child.h"
#include "sim/server/postgres_server.h"

namespace splitproof::sim {

class MountedDisk {
 public:
  // Why none can be mounted here, in words that name what is missing; empty where one can. The
  // device is /dev/fuse, or what SPLITPROOF_FUSE_DEVICE in the environment names.
  static std::string objection();

  // Mounts it at `path`, which is made where it is not there, and whose inode the mounted folder
  // has; all in it is the account's, or ours where there is none. The disk is borrowed, and asked
  // by a thread until the object is gone.
  static Result<std::unique_ptr<MountedDisk>, ServerError> mount(
      Disk& disk, const std::string& path, const std::optional<Account>& account);
  // Unmounts it, whoever still uses it, and ends the thread.
  ~MountedDisk();
  MountedDisk(const MountedDisk&) = delete;
  MountedDisk& operator=(const MountedDisk&) = delete;

  // While it is held no operation of others goes on, and the disk can be looked at.
  std::unique_lock<std::mutex> hold();

 private:
  struct State;
  explicit MountedDisk(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace splitproof::sim
