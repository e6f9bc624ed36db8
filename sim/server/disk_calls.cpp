#include "sim/server/disk_calls.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

namespace splitproof::sim {

namespace {

// Beyond what the inode of the root can be.
constexpr ino_t first_inode = ino_t{1} << 48U;

constexpr blksize_t block_size = 4096;
constexpr std::uint64_t stat_block = 512;

// Where there is no better word for it than that the disk fails.
int failure(DiskCode code) {
  switch (code) {
    case disk_code::ok:
    case disk_code::io_short_read:
      return 0;
    case disk_code::full:
      return -ENOSPC;
    case disk_code::io_delete_missing:
      return -ENOENT;
    default:
      return -EIO;
  }
}

FileRole role_of(std::string_view path) {
  return path.starts_with("/pg_wal/") ? FileRole::wal : FileRole::database;
}

// As the disk names the folder.
std::string_view on_disk(std::string_view folder) { return folder == "/" ? "" : folder; }

}  // namespace

struct stat DiskCalls::status_of(const Disk::Entry& entry) const {
  struct stat status {};
  status.st_ino = entry.inode == 0 ? root_ : first_inode + entry.inode;
  status.st_mode = entry.is_folder ? S_IFDIR | S_IRWXU : S_IFREG | S_IRUSR | S_IWUSR;
  status.st_nlink = entry.is_folder ? 2 : 1;
  status.st_uid = user_;
  status.st_gid = group_;
  status.st_size = static_cast<off_t>(entry.size);
  status.st_blksize = block_size;
  status.st_blocks = static_cast<blkcnt_t>((entry.size + stat_block - 1) / stat_block);
  return status;
}

std::optional<Disk::Entry> DiskCalls::find(std::string_view path) const { return disk_.find(path); }

bool DiskCalls::is_folder(std::string_view path) const {
  if (path == "/") return true;
  const std::optional<Disk::Entry> entry = find(path);
  return entry && entry->is_folder;
}

int DiskCalls::stat(std::string_view path, struct stat& answer) const {
  if (path == "/") {
    answer = status_of({0, 0, true});
    return 0;
  }
  const std::optional<Disk::Entry> entry = find(path);
  if (!entry) return -ENOENT;
  answer = status_of(*entry);
  return 0;
}

int DiskCalls::stat(std::uint64_t handle, struct stat& answer) const {
  const auto file = files_.find(handle);
  if (file == files_.end()) return -EBADF;
  answer = status_of(disk_.entry_of(file->second));
  return 0;
}

int DiskCalls::open(std::string_view path, int flags, std::uint64_t& handle) {
  const bool creates = (flags & O_CREAT) != 0;
  const bool must_be_new = creates && (flags & O_EXCL) != 0;
  const std::optional<Disk::Entry> entry = find(path);
  if (!entry && !creates) return -ENOENT;
  if (entry && must_be_new) return -EEXIST;
  if (entry && entry->is_folder) return -EISDIR;
  if (!entry && !is_folder(folder_of(path).empty() ? "/" : folder_of(path))) return -ENOENT;
  DiskFile file;
  const DiskCode opened =
      disk_.open(path, role_of(path), {.create = creates, .must_be_new = must_be_new}, file);
  if (opened != disk_code::ok) return -EIO;
  if (entry && (flags & O_TRUNC) != 0 && entry->size > 0) {
    const DiskCode cut = disk_.truncate(file, 0);
    if (cut != disk_code::ok) {
      disk_.close(file);
      return failure(cut);
    }
  }
  handle = ++last_handle_;
  files_.emplace(handle, std::move(file));
  return 0;
}

void DiskCalls::close(std::uint64_t handle) {
  const auto file = files_.find(handle);
  if (file == files_.end()) return;
  disk_.close(file->second);
  files_.erase(file);
}

int DiskCalls::read(std::uint64_t handle, std::span<std::byte> to, std::uint64_t offset) {
  const auto file = files_.find(handle);
  if (file == files_.end()) return -EBADF;
  const std::uint64_t size = disk_.entry_of(file->second).size;
  const std::uint64_t there = size - std::min(size, offset);
  const auto part = to.first(static_cast<std::size_t>(std::min<std::uint64_t>(to.size(), there)));
  const int error = failure(disk_.read(file->second, part, offset));
  return error == 0 ? static_cast<int>(part.size()) : error;
}

int DiskCalls::write(std::uint64_t handle, std::span<const std::byte> from, std::uint64_t offset) {
  const auto file = files_.find(handle);
  if (file == files_.end()) return -EBADF;
  const int error = failure(disk_.write(file->second, from, offset));
  return error == 0 ? static_cast<int>(from.size()) : error;
}

int DiskCalls::truncate(std::string_view path, std::uint64_t size) {
  std::uint64_t handle = 0;
  const int opened = open(path, O_WRONLY, handle);
  if (opened != 0) return opened;
  const int error = truncate(handle, size);
  close(handle);
  return error;
}

int DiskCalls::truncate(std::uint64_t handle, std::uint64_t size) {
  const auto file = files_.find(handle);
  if (file == files_.end()) return -EBADF;
  return failure(disk_.truncate(file->second, size));
}

int DiskCalls::allocate(std::uint64_t handle, std::uint64_t end) {
  const auto file = files_.find(handle);
  if (file == files_.end()) return -EBADF;
  if (disk_.entry_of(file->second).size >= end) return 0;
  return failure(disk_.truncate(file->second, end));
}

int DiskCalls::sync(std::uint64_t handle) {
  const auto file = files_.find(handle);
  if (file == files_.end()) return -EBADF;
  return failure(disk_.sync(file->second, 0));
}

int DiskCalls::make_folder(std::string_view path) {
  if (path == "/" || find(path)) return -EEXIST;
  if (!is_folder(folder_of(path).empty() ? "/" : folder_of(path))) return -ENOENT;
  return failure(disk_.make_folder(path));
}

int DiskCalls::remove_folder(std::string_view path) {
  if (path == "/") return -EBUSY;
  const std::optional<Disk::Entry> entry = find(path);
  if (!entry) return -ENOENT;
  if (!entry->is_folder) return -ENOTDIR;
  if (!disk_.names_in(path).empty()) return -ENOTEMPTY;
  return failure(disk_.remove_folder(path));
}

int DiskCalls::open_folder(std::string_view path, std::uint64_t& handle) {
  if (!is_folder(path)) return path == "/" || find(path) ? -ENOTDIR : -ENOENT;
  handle = ++last_handle_;
  folders_.emplace(handle, on_disk(path));
  return 0;
}

void DiskCalls::close_folder(std::uint64_t handle) { folders_.erase(handle); }

std::vector<std::string> DiskCalls::list(std::uint64_t folder) const {
  const auto found = folders_.find(folder);
  if (found == folders_.end()) return {};
  return disk_.names_in(found->second);
}

int DiskCalls::sync_folder(std::uint64_t folder) {
  const auto found = folders_.find(folder);
  if (found == folders_.end()) return -EBADF;
  // Of the folder that such a name lies in.
  return failure(disk_.sync_directory(found->second + "/.", FileRole::database));
}

int DiskCalls::remove(std::string_view path) {
  const std::optional<Disk::Entry> entry = find(path);
  if (!entry) return -ENOENT;
  if (entry->is_folder) return -EISDIR;
  return failure(disk_.remove(path, role_of(path)));
}

int DiskCalls::rename(std::string_view from, std::string_view to) {
  const std::optional<Disk::Entry> entry = find(from);
  if (!entry) return -ENOENT;
  if (entry->is_folder) return -EXDEV;
  if (is_folder(to)) return -EISDIR;
  if (!is_folder(folder_of(to).empty() ? "/" : folder_of(to))) return -ENOENT;
  return failure(disk_.rename(from, to, role_of(from)));
}

int DiskCalls::link(std::string_view from, std::string_view to) {
  const std::optional<Disk::Entry> entry = find(from);
  if (!entry) return -ENOENT;
  if (entry->is_folder) return -EPERM;
  if (to == "/" || find(to)) return -EEXIST;
  if (!is_folder(folder_of(to).empty() ? "/" : folder_of(to))) return -ENOENT;
  return failure(disk_.link(from, to, role_of(to)));
}

}  // namespace splitproof::sim
