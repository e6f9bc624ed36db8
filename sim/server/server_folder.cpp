#include "sim/server/server_folder.h"

#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace splitproof::sim {
namespace {

// A fresh cluster takes 28 MB, its template as much again, WAL up to 64 MB, and the data.
constexpr std::uintmax_t room_bytes_min = 200U * 1024 * 1024;

// A socket's path is limited to 107 bytes; ours is parent + this.
constexpr std::size_t parent_bytes_max =
    107 - sizeof("/splitproof-4194304-XXXXXX/.s.PGSQL.5432") + 1;

// Whether another account gets through to the folder.
bool is_open_to_all(const std::filesystem::path& folder) {
  std::filesystem::path part;
  for (const std::filesystem::path& name : folder) {
    part /= name;
    struct stat state {};
    if (::stat(part.c_str(), &state) != 0 || (state.st_mode & S_IXOTH) == 0) return false;
  }
  return true;
}

std::string system_message() { return std::generic_category().message(errno); }

// Six letters that no folder has yet, most likely; they appear in no result.
std::string random_letters() {
  std::array<unsigned char, 6> bytes{};
  std::string letters;
  if (::getrandom(bytes.data(), bytes.size(), 0) < 0) bytes.fill(0);
  for (const unsigned char byte : bytes) letters += static_cast<char>('a' + byte % 26);
  return letters;
}

// Makes a folder of our own in `parent` and returns its path; empty, with errno, when that fails.
// The guardian knows the name before the folder is there: a SIGKILL in between leaves nothing.
std::string make_watched_folder(Guardian& guardian, const std::string& parent) {
  constexpr int tries_max = 100;
  for (int attempt = 0; attempt < tries_max; ++attempt) {
    // The process id tells people whose folder it is; the letters keep two servers apart.
    const std::string path =
        parent + "/splitproof-" + std::to_string(::getpid()) + "-" + random_letters();
    if (::access(path.c_str(), F_OK) == 0) continue;
    guardian.watch_folder(path);
    if (::mkdir(path.c_str(), S_IRWXU) == 0) return path;
    const int failure = errno;
    guardian.forget_folder(path);
    errno = failure;
    if (failure != EEXIST) break;
  }
  return "";
}

}  // namespace

Result<ServerFolder, ServerError> ServerFolder::make(Guardian& guardian,
                                                     const std::vector<std::string>& parents,
                                                     const std::optional<Account>& account) {
  std::string objections;
  for (const std::string& parent : parents) {
    std::string objection = objection_to(parent, account);
    std::string path;
    if (objection.empty()) {
      path = make_watched_folder(guardian, parent);
      if (path.empty()) objection = system_message();
    }
    if (!objection.empty()) {
      objections += "\n  " + parent + ": " + objection;
      continue;
    }
    ServerFolder folder(guardian, path);
    if (!account || ::chown(path.c_str(), account->user, account->group) == 0) return folder;
    return ServerError{"Cannot give " + path + " to the user " + account->name + ": " +
                       system_message() + "."};
  }
  return ServerError{"No folder can hold a PostgreSQL server:" + objections +
                     "\nFree some space, or set TMPDIR to a folder that has it."};
}

ServerFolder::ServerFolder(ServerFolder&& other) noexcept
    : guardian_(std::exchange(other.guardian_, nullptr)), path_(std::move(other.path_)) {}

ServerFolder::~ServerFolder() {
  if (guardian_ == nullptr) return;
  std::error_code error;
  std::filesystem::remove_all(path_, error);
  // What could not be removed stays registered: the guardian tries again.
  if (!error) guardian_->forget_folder(path_);
}

std::vector<std::string> server_folder_parents() {
  std::vector<std::string> parents{"/dev/shm"};
  const char* const temporary = std::getenv("TMPDIR");
  if (temporary != nullptr && *temporary == '/') {
    std::filesystem::path path = std::filesystem::path(temporary).lexically_normal();
    // "/var/tmp/" is the same folder as "/var/tmp", whose last part is not empty.
    if (!path.has_filename()) path = path.parent_path();
    parents.push_back(path.string());
  }
  parents.emplace_back("/tmp");
  return parents;
}

std::string objection_to(const std::string& parent, const std::optional<Account>& account) {
  if (parent.size() > parent_bytes_max) return "its path is too long for a socket in it";
  if (::access(parent.c_str(), W_OK | X_OK) != 0) return system_message();
  if (account && !is_open_to_all(parent)) return "the user " + account->name + " cannot reach it";
  struct statvfs space {};
  if (::statvfs(parent.c_str(), &space) != 0) return system_message();
  const std::uintmax_t free_bytes = std::uintmax_t{space.f_bavail} * space.f_frsize;
  if (free_bytes < room_bytes_min) {
    return std::to_string(free_bytes >> 20U) + " MB are free, " +
           std::to_string(room_bytes_min >> 20U) + " MB are needed";
  }
  return "";
}

}  // namespace splitproof::sim
