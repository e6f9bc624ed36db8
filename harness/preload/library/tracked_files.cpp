#include "harness/preload/library/tracked_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstring>

namespace splitproof::preload {

namespace {

// A program with more open files than these is not one that a run of ours can wait for.
constexpr int descriptors_max = 65536;

std::atomic<unsigned char> files[descriptors_max];

struct Place {
  char name[NAME_MAX + 1] = {};  // Of the database, within its folder.
  dev_t device = 0;
  ino_t folder = 0;
};

Place place;

DatabaseFile file_named(const char* name) {
  const std::size_t length = ::strlen(place.name);
  if (length == 0 || ::strncmp(name, place.name, length) != 0) return DatabaseFile::none;
  const char* const rest = name + length;
  for (const DatabaseFile file :
       {DatabaseFile::database, DatabaseFile::journal, DatabaseFile::log, DatabaseFile::index}) {
    if (::strcmp(rest, suffix_of(file)) == 0) return file;
  }
  const char* const random = suffix_of(DatabaseFile::super_journal);
  const bool is_super = ::strncmp(rest, random, ::strlen(random)) == 0;
  return is_super ? DatabaseFile::super_journal : DatabaseFile::none;
}

bool leads_to_folder(int folder, const char* path, std::size_t length) {
  char parent[PATH_MAX];
  if (length >= sizeof(parent)) return false;
  ::memcpy(parent, path, length);
  parent[length] = '\0';
  struct stat state {};
  const int flags = length == 0 ? AT_EMPTY_PATH : 0;
  const char* const from_here = length == 0 && folder == AT_FDCWD ? "." : parent;
  return ::fstatat(folder, from_here, &state, flags) == 0 && state.st_dev == place.device &&
         state.st_ino == place.folder;
}

}  // namespace

bool track_files_of(const char* database) {
  const char* const slash = ::strrchr(database, '/');
  if (slash == nullptr || ::strlen(slash + 1) >= sizeof(place.name)) return false;
  char parent[PATH_MAX];
  const auto length = static_cast<std::size_t>(slash - database) + 1;
  if (length >= sizeof(parent)) return false;
  ::memcpy(parent, database, length);
  parent[length] = '\0';
  struct stat state {};
  if (::stat(parent, &state) != 0) return false;
  place.device = state.st_dev;
  place.folder = state.st_ino;
  ::strcpy(place.name, slash + 1);
  return true;
}

DatabaseFile file_at(int folder, const char* path) {
  const char* const slash = ::strrchr(path, '/');
  const DatabaseFile file = file_named(slash == nullptr ? path : slash + 1);
  if (file == DatabaseFile::none) return file;
  const int before = errno;
  const std::size_t length = slash == nullptr ? 0 : static_cast<std::size_t>(slash - path) + 1;
  const bool is_there = leads_to_folder(folder, path, length);
  errno = before;
  return is_there ? file : DatabaseFile::none;
}

DatabaseFile file_of(int descriptor) {
  if (descriptor < 0 || descriptor >= descriptors_max) return DatabaseFile::none;
  return static_cast<DatabaseFile>(files[descriptor].load(std::memory_order_relaxed));
}

void opened(int descriptor, DatabaseFile file) {
  if (descriptor < 0 || descriptor >= descriptors_max) return;
  files[descriptor].store(static_cast<unsigned char>(file), std::memory_order_relaxed);
}

void closed(int descriptor) { opened(descriptor, DatabaseFile::none); }

}  // namespace splitproof::preload
