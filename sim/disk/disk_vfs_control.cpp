// xFileControl: what SQLite's os_unix.c answers, and as it answers.
#include <new>

#include "sim/disk/disk_vfs_file.h"

namespace splitproof::sim {
namespace {

// Reads or sets a switch: the argument asks where it is negative, and is answered.
int control_switch(bool& is_on, void* argument) {
  int& wanted = *static_cast<int*>(argument);
  if (wanted < 0) {
    wanted = is_on ? 1 : 0;
  } else {
    is_on = wanted != 0;
  }
  return SQLITE_OK;
}

// The file is made as long as it is going to be, where it grows by chunks.
int grow(OpenedFile& opened, sqlite3_int64 hint) {
  if (opened.chunk_size <= 0) return SQLITE_OK;
  std::uint64_t size = 0;
  const int code = opened.disk->size(opened.file, size);
  if (code != SQLITE_OK) return code;
  const sqlite3_int64 wanted =
      (hint + opened.chunk_size - 1) / opened.chunk_size * opened.chunk_size;
  if (wanted <= static_cast<sqlite3_int64>(size)) return SQLITE_OK;
  return opened.disk->truncate(opened.file, static_cast<std::uint64_t>(wanted));
}

int tell_text(void* argument, const char* text) {
  *static_cast<char**>(argument) = sqlite3_mprintf("%s", text);
  return SQLITE_OK;
}

int tell_number(void* argument, int number) {
  *static_cast<int*>(argument) = number;
  return SQLITE_OK;
}

}  // namespace

int control_file(sqlite3_file* file, int operation, void* argument) {
  return without_exceptions([&] {
    OpenedFile& opened = *static_cast<OpenedFile*>(file);
    switch (operation) {
      case SQLITE_FCNTL_LOCKSTATE:
        return tell_number(argument, opened.lock_level);
      case SQLITE_FCNTL_LAST_ERRNO:
      case SQLITE_FCNTL_EXTERNAL_READER:  // There is nobody outside of this process.
        return tell_number(argument, 0);
      case SQLITE_FCNTL_HAS_MOVED:
        return tell_number(argument, opened.disk->is_named(opened.file) ? 0 : 1);
      case SQLITE_FCNTL_CHUNK_SIZE:
        opened.chunk_size = *static_cast<int*>(argument);
        return SQLITE_OK;
      case SQLITE_FCNTL_SIZE_HINT:
        return grow(opened, *static_cast<sqlite3_int64*>(argument));
      case SQLITE_FCNTL_PERSIST_WAL:
        return control_switch(opened.keeps_wal, argument);
      case SQLITE_FCNTL_POWERSAFE_OVERWRITE:
        return control_switch(opened.powersafe_overwrite, argument);
      case SQLITE_FCNTL_VFSNAME:
        return tell_text(argument, opened.vfs_name);
      case SQLITE_FCNTL_TEMPFILENAME:
        return tell_text(argument, "/temporary");
      case SQLITE_FCNTL_MMAP_SIZE:
        *static_cast<sqlite3_int64*>(argument) = 0;
        return SQLITE_OK;
      default:
        // SYNC, COMMIT_PHASETWO and LOCK_TIMEOUT among them: there is nothing to be done.
        return SQLITE_NOTFOUND;
    }
  });
}

}  // namespace splitproof::sim
