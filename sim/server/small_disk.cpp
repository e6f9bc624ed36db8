#include "sim/server/small_disk.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <system_error>
#include <utility>

#include "sim/process/mounts.h"
#include "sim/sql/postgres/postgres_session.h"

namespace splitproof::sim {

namespace {

constexpr const char* kind = "tmpfs";
// As much as a tmpfs has without being told.
constexpr const char* large = "size=50%";

ServerError failed(const std::string& path, const char* what) {
  return {"The file system at " + path + " cannot be " + what + ": " +
          std::generic_category().message(errno) + "."};
}

}  // namespace

std::string small_disk_in(const std::string& folder) { return folder + "/" + mounted_part; }

std::optional<SmallDisk> SmallDisk::mount(const std::string& path,
                                          const std::optional<Account>& account) {
  // A tablespace cannot lie where there is a quote in the path.
  if (path.find('\'') != std::string::npos) return std::nullopt;
  if (::geteuid() != 0 || ::mkdir(path.c_str(), S_IRWXU) != 0) return std::nullopt;
  if (::mount(kind, path.c_str(), kind, MS_NOSUID | MS_NODEV | MS_NOEXEC, large) != 0) {
    ::rmdir(path.c_str());
    return std::nullopt;
  }
  SmallDisk disk(path);
  const bool given = !account || ::chown(path.c_str(), account->user, account->group) == 0;
  if (!given || ::chmod(path.c_str(), S_IRWXU) != 0) return std::nullopt;
  return disk;
}

SmallDisk::SmallDisk(SmallDisk&& other) noexcept : path_(std::exchange(other.path_, "")) {}

SmallDisk::~SmallDisk() {
  if (path_.empty()) return;
  ::umount2(path_.c_str(), MNT_DETACH);
  ::rmdir(path_.c_str());
}

Result<std::string, ServerError> SmallDisk::make_tablespace(const std::string& connection) const {
  const std::string name = "small";
  Answer<std::unique_ptr<PostgresSession>> session = PostgresSession::connect(connection);
  if (!session.ok()) return ServerError{"No tablespace is made: " + session.error().message};
  const Answer<Rows> made =
      session.value()->execute("CREATE TABLESPACE " + name + " LOCATION '" + path_ + "'");
  if (!made.ok()) return ServerError{"No tablespace is made: " + made.error().message};
  return name;
}

// What the server writes at the same time makes the size that was read too small, which is refused.
Result<Done, ServerError> SmallDisk::fill() {
  constexpr int tries_max = 1000;
  for (int attempt = 0; attempt < tries_max; ++attempt) {
    struct statvfs space {};
    if (::statvfs(path_.c_str(), &space) != 0) break;
    const std::uintmax_t used = std::uintmax_t{space.f_blocks - space.f_bfree} * space.f_frsize;
    const std::string size = "size=" + std::to_string(used);
    if (::mount(kind, path_.c_str(), kind, MS_REMOUNT, size.c_str()) == 0) return Done{};
    if (errno != EINVAL) break;
  }
  return failed(path_, "filled");
}

Result<Done, ServerError> SmallDisk::free() {
  if (::mount(kind, path_.c_str(), kind, MS_REMOUNT, large) != 0) return failed(path_, "emptied");
  return Done{};
}

}  // namespace splitproof::sim
