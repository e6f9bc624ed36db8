#include "sim/server/mounted_disk.h"

#define FUSE_USE_VERSION 35
#include <fcntl.h>
#include <fmt/format.h>
#include <fuse.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

#include "sim/server/disk_calls.h"

namespace splitproof::sim {

namespace {

constexpr const char* kind = "fuse";

// What the functions that FUSE calls work on.
struct Served {
  DiskCalls calls;
  std::mutex mutex;
};

Served& served() { return *static_cast<Served*>(fuse_get_context()->private_data); }

// Asks the disk, alone.
template <class Ask>
int asked(const Ask& ask) {
  Served& all = served();
  const std::lock_guard lock(all.mutex);
  return ask(all.calls);
}

std::span<std::byte> bytes_of(char* to, std::size_t size) {
  return std::as_writable_bytes(std::span(to, size));
}

std::uint64_t number(off_t offset) { return static_cast<std::uint64_t>(offset); }

// Whoever uses the disk comes through this mount, which is new whenever the disk is another one:
// what the kernel knows of it stays true. What is in files does not go through its cache: it would
// cut a write in two where the writer's page is not in memory, at another place in each run.
void* init(fuse_conn_info*, fuse_config* config) {
  constexpr double for_ever = 1e6;  // Seconds.
  config->use_ino = 1;
  config->hard_remove = 1;
  config->nullpath_ok = 1;
  config->direct_io = 1;
  config->entry_timeout = for_ever;
  config->negative_timeout = for_ever;
  config->attr_timeout = for_ever;
  return fuse_get_context()->private_data;
}

int get_status(const char* path, struct stat* status, fuse_file_info* file) {
  return asked([&](DiskCalls& disk) {
    return file == nullptr ? disk.stat(path, *status) : disk.stat(file->fh, *status);
  });
}

int open_file(const char* path, fuse_file_info* file) {
  return asked([&](DiskCalls& disk) {
    return disk.open(path, file->flags & ~(O_CREAT | O_EXCL), file->fh);
  });
}

int create_file(const char* path, mode_t, fuse_file_info* file) {
  return asked([&](DiskCalls& disk) { return disk.open(path, file->flags | O_CREAT, file->fh); });
}

int close_file(const char*, fuse_file_info* file) {
  return asked([&](DiskCalls& disk) {
    disk.close(file->fh);
    return 0;
  });
}

int read_file(const char*, char* to, std::size_t size, off_t offset, fuse_file_info* file) {
  return asked(
      [&](DiskCalls& disk) { return disk.read(file->fh, bytes_of(to, size), number(offset)); });
}

int write_file(const char*, const char* from, std::size_t size, off_t offset,
               fuse_file_info* file) {
  return asked([&](DiskCalls& disk) {
    return disk.write(file->fh, std::as_bytes(std::span(from, size)), number(offset));
  });
}

int resize_file(const char* path, off_t size, fuse_file_info* file) {
  return asked([&](DiskCalls& disk) {
    return file == nullptr ? disk.truncate(path, number(size))
                           : disk.truncate(file->fh, number(size));
  });
}

int allocate(const char*, int mode, off_t offset, off_t length, fuse_file_info* file) {
  if (mode != 0) return -EOPNOTSUPP;
  return asked([&](DiskCalls& disk) { return disk.allocate(file->fh, number(offset + length)); });
}

int sync_file(const char*, int, fuse_file_info* file) {
  return asked([&](DiskCalls& disk) { return disk.sync(file->fh); });
}

int open_folder(const char* path, fuse_file_info* folder) {
  return asked([&](DiskCalls& disk) { return disk.open_folder(path, folder->fh); });
}

int close_folder(const char*, fuse_file_info* folder) {
  return asked([&](DiskCalls& disk) {
    disk.close_folder(folder->fh);
    return 0;
  });
}

int read_folder(const char*, void* buffer, fuse_fill_dir_t fill, off_t, fuse_file_info* folder,
                fuse_readdir_flags) {
  std::vector<std::string> names{".", ".."};
  asked([&](DiskCalls& disk) {
    const std::vector<std::string> in_it = disk.list(folder->fh);
    names.insert(names.end(), in_it.begin(), in_it.end());
    return 0;
  });
  for (const std::string& name : names) {
    if (fill(buffer, name.c_str(), nullptr, 0, fuse_fill_dir_flags{}) != 0) return -ENOMEM;
  }
  return 0;
}

int sync_folder(const char*, int, fuse_file_info* folder) {
  return asked([&](DiskCalls& disk) { return disk.sync_folder(folder->fh); });
}

int make_folder(const char* path, mode_t) {
  return asked([&](DiskCalls& disk) { return disk.make_folder(path); });
}

int remove_folder(const char* path) {
  return asked([&](DiskCalls& disk) { return disk.remove_folder(path); });
}

int remove_file(const char* path) {
  return asked([&](DiskCalls& disk) { return disk.remove(path); });
}

int rename_file(const char* from, const char* to, unsigned flags) {
  if (flags != 0) return -EINVAL;
  return asked([&](DiskCalls& disk) { return disk.rename(from, to); });
}

int link_file(const char* from, const char* to) {
  return asked([&](DiskCalls& disk) { return disk.link(from, to); });
}

// Modes, owners and times are everybody's, and stay as they are.
int keep_mode(const char*, mode_t, fuse_file_info*) { return 0; }
int keep_owner(const char*, uid_t, gid_t, fuse_file_info*) { return 0; }
int keep_times(const char*, const timespec*, fuse_file_info*) { return 0; }

int tell_room(const char*, struct statvfs* answer) {
  constexpr fsblkcnt_t blocks = 1U << 20U;  // 4 GiB.
  *answer = {};
  answer->f_bsize = answer->f_frsize = FileContent::page_size;
  answer->f_blocks = answer->f_bfree = answer->f_bavail = blocks;
  answer->f_files = answer->f_ffree = answer->f_favail = blocks;
  answer->f_namemax = NAME_MAX;
  return 0;
}

fuse_operations operations() {
  fuse_operations all{};
  all.init = init;
  all.getattr = get_status;
  all.open = open_file;
  all.create = create_file;
  all.release = close_file;
  all.read = read_file;
  all.write = write_file;
  all.truncate = resize_file;
  all.fallocate = allocate;
  all.fsync = sync_file;
  all.opendir = open_folder;
  all.releasedir = close_folder;
  all.readdir = read_folder;
  all.fsyncdir = sync_folder;
  all.mkdir = make_folder;
  all.rmdir = remove_folder;
  all.unlink = remove_file;
  all.rename = rename_file;
  all.link = link_file;
  all.chmod = keep_mode;
  all.chown = keep_owner;
  all.utimens = keep_times;
  all.statfs = tell_room;
  return all;
}

// Some machines have it elsewhere; where none is wanted, it is named where there is none.
std::string fuse_device() {
  const char* const named = std::getenv("SPLITPROOF_FUSE_DEVICE");
  return named == nullptr ? "/dev/fuse" : named;
}

std::string system_words() { return std::generic_category().message(errno); }

struct FuseGone {
  void operator()(fuse* one) const { fuse_destroy(one); }
};

}  // namespace

struct MountedDisk::State {
  Served served;
  std::string path;
  std::unique_ptr<fuse, FuseGone> session;
  std::thread server;
};

std::string MountedDisk::objection() {
  const std::string device = fuse_device();
  if (::geteuid() != 0) return "only root may mount the file system that it takes";
  const int opened = ::open(device.c_str(), O_RDWR | O_CLOEXEC);
  if (opened < 0) return fmt::format("{} cannot be opened: {}", device, system_words());
  ::close(opened);
  return "";
}

Result<std::unique_ptr<MountedDisk>, ServerError> MountedDisk::mount(
    Disk& disk, const std::string& path, const std::optional<Account>& account) {
  const auto failed = [&](const std::string& why) {
    return ServerError{fmt::format("No simulated disk can be mounted at {}: {}.", path, why)};
  };
  const std::string why_not = objection();
  if (!why_not.empty()) return failed(why_not);
  const uid_t user = account ? account->user : ::geteuid();
  const gid_t group = account ? account->group : ::getegid();
  struct stat below {};
  const bool is_made = ::mkdir(path.c_str(), S_IRWXU) == 0 || errno == EEXIST;
  if (!is_made || ::stat(path.c_str(), &below) != 0) return failed(system_words());
  // PostgreSQL takes its key for shared memory from the inode, which says later whose it was.
  std::unique_ptr<State> state(
      new State{{DiskCalls(disk, user, group, below.st_ino), {}}, path, {}, {}});
  const int opened = ::open(fuse_device().c_str(), O_RDWR | O_CLOEXEC);
  if (opened < 0) return failed(system_words());
  const std::string options =
      fmt::format("fd={},rootmode=40000,user_id=0,group_id=0,allow_other", opened);
  if (::mount("splitproof", path.c_str(), kind, MS_NOSUID | MS_NODEV | MS_NOEXEC,
              options.c_str()) != 0) {
    const std::string why = system_words();
    ::close(opened);
    return failed(why);
  }
  // From here on unmounting closes it, too.
  std::unique_ptr<MountedDisk> mounted(new MountedDisk(std::move(state)));
  std::string program = "splitproof";
  char* words[] = {program.data(), nullptr};
  fuse_args arguments = FUSE_ARGS_INIT(1, words);
  const fuse_operations all = operations();
  mounted->state_->session.reset(fuse_new(&arguments, &all, sizeof all, &mounted->state_->served));
  // What FUSE has added for itself.
  fuse_opt_free_args(&arguments);
  const std::string by_number = fmt::format("/dev/fd/{}", opened);
  fuse* const session = mounted->state_->session.get();
  if (session == nullptr || fuse_mount(session, by_number.c_str()) != 0) {
    ::close(opened);
    return failed("FUSE refuses to serve it");
  }
  mounted->state_->server = std::thread([session] { fuse_loop(session); });
  return mounted;
}

MountedDisk::MountedDisk(std::unique_ptr<State> state) : state_(std::move(state)) {}

// With the flag FORCE whoever still waits for an answer gets an error, and the thread learns that
// it is over.
MountedDisk::~MountedDisk() {
  ::umount2(state_->path.c_str(), MNT_FORCE | MNT_DETACH);
  if (state_->server.joinable()) state_->server.join();
  state_->session.reset();
}

std::unique_lock<std::mutex> MountedDisk::hold() { return std::unique_lock(state_->served.mutex); }

}  // namespace splitproof::sim
