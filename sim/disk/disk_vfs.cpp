#include "sim/disk/disk_vfs.h"

#include <algorithm>
#include <atomic>
#include <new>
#include <string_view>

#include "sim/sql/sqlite/clock_vfs.h"

namespace splitproof::sim {
namespace {

FileRole role_of_flags(int flags) {
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) return FileRole::database;
  if ((flags & SQLITE_OPEN_MAIN_JOURNAL) != 0) return FileRole::journal;
  if ((flags & SQLITE_OPEN_WAL) != 0) return FileRole::wal;
  if ((flags & SQLITE_OPEN_SUPER_JOURNAL) != 0) return FileRole::super_journal;
  return FileRole::temporary;
}

FileRole role_of_name(std::string_view name) {
  if (name.ends_with("-journal")) return FileRole::journal;
  if (name.ends_with("-wal")) return FileRole::wal;
  // SQLite puts eight or more hexadecimal digits behind it.
  if (name.rfind("-mj") != std::string_view::npos) return FileRole::super_journal;
  return FileRole::database;
}

bool is_journal(FileRole role) {
  return role == FileRole::journal || role == FileRole::wal || role == FileRole::super_journal;
}

}  // namespace

std::shared_ptr<SharedFile> DiskVfs::Registration::shared_of(const DiskFile& file) {
  if (life != file.life) shared.clear();
  life = file.life;
  std::weak_ptr<SharedFile>& place = shared[file.inode];
  std::shared_ptr<SharedFile> found = place.lock();
  if (found == nullptr) {
    found = std::make_shared<SharedFile>();
    place = found;
  }
  return found;
}

struct DiskVfs::Functions {
  static Registration& of(sqlite3_vfs* vfs) { return *static_cast<Registration*>(vfs); }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* memory, int flags,
                  int* answer) {
    memory->pMethods = nullptr;  // SQLite then does not close it.
    return without_exceptions([&] {
      Registration& registration = of(vfs);
      Disk& disk = *registration.disk;
      const bool is_temporary = name == nullptr || (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
      const std::string_view file_name = is_temporary ? "" : name;
      const OpenRules rules{.create = is_temporary || (flags & SQLITE_OPEN_CREATE) != 0,
                            .must_be_new = (flags & SQLITE_OPEN_EXCLUSIVE) != 0};
      DiskFile file;
      const int code = disk.open(file_name, role_of_flags(flags), rules, file);
      if (code != SQLITE_OK) return code;
      std::shared_ptr<SharedFile> shared = registration.shared_of(file);
      auto* const opened = new (memory) OpenedFile{};
      opened->disk = &disk;
      opened->syncs_directory = !is_temporary && rules.create && is_journal(file.role);
      opened->file = std::move(file);
      opened->shared = std::move(shared);
      opened->vfs_name = registration.zName;
      opened->powersafe_overwrite = (disk.persona().told & device::powersafe_overwrite) != 0 &&
                                    (name == nullptr || sqlite3_uri_boolean(name, "psow", 1) != 0);
      opened->pMethods = disk_file_methods();
      if (answer != nullptr) *answer = flags;
      return SQLITE_OK;
    });
  }

  static int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    return without_exceptions([&] {
      Disk& disk = *of(vfs).disk;
      const FileRole role = role_of_name(name);
      const int code = disk.remove(name, role);
      if (code != SQLITE_OK || sync_directory == 0) return code;
      return disk.sync_directory(name, role);
    });
  }

  static int access(sqlite3_vfs* vfs, const char* name, int /*flags*/, int* answer) {
    return without_exceptions([&] {
      bool exists = false;
      const int code = of(vfs).disk->exists(name, role_of_name(name), exists);
      *answer = exists ? 1 : 0;
      return code;
    });
  }

  static int full_path(sqlite3_vfs* /*vfs*/, const char* name, int size, char* answer) {
    sqlite3_snprintf(size, answer, "%s%s", name[0] == '/' ? "" : "/", name);
    return SQLITE_OK;
  }

  static int randomness(sqlite3_vfs* vfs, int size, char* bytes) {
    std::generate_n(bytes, size, [&] { return static_cast<char>(of(vfs).rng.next()); });
    return size;
  }

  static int wait(sqlite3_vfs* vfs, int microseconds) {
    constexpr int per_millisecond = 1000;
    const int milliseconds = (microseconds + per_millisecond - 1) / per_millisecond;
    of(vfs).clock->wait(std::chrono::milliseconds(milliseconds));
    return milliseconds * per_millisecond;
  }

  static int current_time(sqlite3_vfs* vfs, double* answer) {
    *answer = julian_days(*of(vfs).clock);
    return SQLITE_OK;
  }

  static int current_time_int64(sqlite3_vfs* vfs, sqlite3_int64* answer) {
    *answer = julian_milliseconds(*of(vfs).clock);
    return SQLITE_OK;
  }

  static int last_error(sqlite3_vfs* /*vfs*/, int /*size*/, char* /*text*/) { return 0; }
};

DiskVfs::DiskVfs(Disk& disk, Clock& clock) {
  // A VFS is found by name in the whole process; the number keeps two apart and appears in no
  // answer.
  static std::atomic<unsigned> counter{0};
  constexpr int path_length_max = 512;
  name_ = "splitproof-disk-" + std::to_string(counter.fetch_add(1));
  registration_.iVersion = 3;
  registration_.szOsFile = static_cast<int>(sizeof(OpenedFile));
  registration_.mxPathname = path_length_max;
  registration_.zName = name_.c_str();
  registration_.xOpen = Functions::open;
  registration_.xDelete = Functions::remove;
  registration_.xAccess = Functions::access;
  registration_.xFullPathname = Functions::full_path;
  registration_.xRandomness = Functions::randomness;
  registration_.xSleep = Functions::wait;
  registration_.xCurrentTime = Functions::current_time;
  registration_.xGetLastError = Functions::last_error;
  registration_.xCurrentTimeInt64 = Functions::current_time_int64;
  registration_.disk = &disk;
  registration_.clock = &clock;
  sqlite3_vfs_register(&registration_, 0);
}

DiskVfs::~DiskVfs() { sqlite3_vfs_unregister(&registration_); }

void seed_sqlite(std::uint32_t seed) {
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(seed), nullptr);
}

}  // namespace splitproof::sim
