// Stands in the way of the C library's functions that open, change and remove files.
//
// The names and types are those of the C library (POSIX, and glibc's for large files and for
// _FORTIFY_SOURCE). A call that is not about a file of the database is passed on as it is.
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>

#include "harness/preload/library/operation.h"

namespace splitproof::preload {

namespace {

using OpenFunction = int(const char*, int, ...);
using OpenAtFunction = int(int, const char*, int, ...);
using WriteFunction = ssize_t(int, const void*, std::size_t);
using WriteAtFunction = ssize_t(int, const void*, std::size_t, off64_t);
using WritePartsFunction = ssize_t(int, const iovec*, int);
using WritePartsAtFunction = ssize_t(int, const iovec*, int, off64_t);

bool needs_mode(int flags) { return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE; }

int remember(int descriptor, int folder, const char* path) {
  if (descriptor >= 0 && is_watched()) opened(descriptor, file_at(folder, path));
  return descriptor;
}

Report on_file(DiskCall call, DatabaseFile file) { return {.call = call, .file = file}; }

Report on_bytes(DatabaseFile file, std::int64_t offset, std::size_t size) {
  Report report = on_file(DiskCall::write, file);
  report.offset = offset;
  report.size = static_cast<std::int64_t>(size);
  return report;
}

std::size_t size_of(const iovec* parts, int count) {
  std::size_t size = 0;
  for (int i = 0; i < count; ++i) size += parts[i].iov_len;
  return size;
}

ssize_t write_at(Real<WriteAtFunction>& real, int descriptor, const void* bytes, std::size_t size,
                 off64_t offset) {
  const auto action = [&] { return real(descriptor, bytes, size, offset); };
  const DatabaseFile file = file_of(descriptor);
  return is_seen(file) ? carry_out(on_bytes(file, offset, size), action) : action();
}

ssize_t write_parts_at(Real<WritePartsAtFunction>& real, int descriptor, const iovec* parts,
                       int count, off64_t offset) {
  const auto action = [&] { return real(descriptor, parts, count, offset); };
  const DatabaseFile file = file_of(descriptor);
  return is_seen(file) ? carry_out(on_bytes(file, offset, size_of(parts, count)), action)
                       : action();
}

int sync(Real<int(int)>& real, int descriptor) {
  const auto action = [&] { return real(descriptor); };
  const DatabaseFile file = file_of(descriptor);
  return is_seen(file) ? carry_out(on_file(DiskCall::sync, file), action) : action();
}

int truncate_to(Real<int(int, off64_t)>& real, int descriptor, off64_t size) {
  const auto action = [&] { return real(descriptor, size); };
  const DatabaseFile file = file_of(descriptor);
  Report report = on_file(DiskCall::truncate, file);
  report.size = size;
  return is_seen(file) ? carry_out(report, action) : action();
}

// A file of the database that goes, or one that comes in its place.
DatabaseFile renamed(int from_folder, const char* from, int to_folder, const char* to) {
  if (!is_watched()) return DatabaseFile::none;
  const DatabaseFile replaced = file_at(to_folder, to);
  return replaced != DatabaseFile::none ? replaced : file_at(from_folder, from);
}

Real<OpenFunction> real_open{"open"};
Real<OpenFunction> real_open64{"open64"};
Real<OpenAtFunction> real_openat{"openat"};
Real<OpenAtFunction> real_openat64{"openat64"};
Real<int(const char*, int)> real_open_2{"__open_2"};
Real<int(const char*, int)> real_open64_2{"__open64_2"};
Real<int(const char*, mode_t)> real_creat{"creat"};
Real<int(const char*, mode_t)> real_creat64{"creat64"};
Real<int(int)> real_close{"close"};
Real<WriteFunction> real_write{"write"};
Real<WriteAtFunction> real_pwrite{"pwrite"};
Real<WriteAtFunction> real_pwrite64{"pwrite64"};
Real<WritePartsFunction> real_writev{"writev"};
Real<WritePartsAtFunction> real_pwritev{"pwritev"};
Real<WritePartsAtFunction> real_pwritev64{"pwritev64"};
Real<int(int)> real_fsync{"fsync"};
Real<int(int)> real_fdatasync{"fdatasync"};
Real<int(int, off64_t)> real_ftruncate{"ftruncate"};
Real<int(int, off64_t)> real_ftruncate64{"ftruncate64"};
Real<int(const char*)> real_unlink{"unlink"};
Real<int(int, const char*, int)> real_unlinkat{"unlinkat"};
Real<int(const char*)> real_remove{"remove"};
Real<int(const char*, const char*)> real_rename{"rename"};
Real<int(int, const char*, int, const char*)> real_renameat{"renameat"};

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  mode_t mode = 0;
  if (needs_mode(flags)) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return remember(real_open(path, flags, mode), AT_FDCWD, path);
}

int open64(const char* path, int flags, ...) {
  mode_t mode = 0;
  if (needs_mode(flags)) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return remember(real_open64(path, flags, mode), AT_FDCWD, path);
}

int openat(int folder, const char* path, int flags, ...) {
  mode_t mode = 0;
  if (needs_mode(flags)) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return remember(real_openat(folder, path, flags, mode), folder, path);
}

int openat64(int folder, const char* path, int flags, ...) {
  mode_t mode = 0;
  if (needs_mode(flags)) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return remember(real_openat64(folder, path, flags, mode), folder, path);
}

int __open_2(const char* path, int flags) {
  return remember(real_open_2(path, flags), AT_FDCWD, path);
}

int __open64_2(const char* path, int flags) {
  return remember(real_open64_2(path, flags), AT_FDCWD, path);
}

int creat(const char* path, mode_t mode) {
  return remember(real_creat(path, mode), AT_FDCWD, path);
}

int creat64(const char* path, mode_t mode) {
  return remember(real_creat64(path, mode), AT_FDCWD, path);
}

int close(int descriptor) {
  if (is_ours(descriptor)) {
    errno = EBADF;
    return -1;
  }
  if (file_of(descriptor) != DatabaseFile::none && owns_its_memory()) closed(descriptor);
  return real_close(descriptor);
}

ssize_t write(int descriptor, const void* bytes, std::size_t size) {
  const auto action = [&] { return real_write(descriptor, bytes, size); };
  const DatabaseFile file = file_of(descriptor);
  return is_seen(file) ? carry_out(on_bytes(file, -1, size), action) : action();
}

ssize_t pwrite(int descriptor, const void* bytes, std::size_t size, off_t offset) {
  return write_at(real_pwrite, descriptor, bytes, size, offset);
}

ssize_t pwrite64(int descriptor, const void* bytes, std::size_t size, off64_t offset) {
  return write_at(real_pwrite64, descriptor, bytes, size, offset);
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  const auto action = [&] { return real_writev(descriptor, parts, count); };
  const DatabaseFile file = file_of(descriptor);
  return is_seen(file) ? carry_out(on_bytes(file, -1, size_of(parts, count)), action) : action();
}

ssize_t pwritev(int descriptor, const iovec* parts, int count, off_t offset) {
  return write_parts_at(real_pwritev, descriptor, parts, count, offset);
}

ssize_t pwritev64(int descriptor, const iovec* parts, int count, off64_t offset) {
  return write_parts_at(real_pwritev64, descriptor, parts, count, offset);
}

int fsync(int descriptor) { return sync(real_fsync, descriptor); }

int fdatasync(int descriptor) { return sync(real_fdatasync, descriptor); }

int ftruncate(int descriptor, off_t size) noexcept {
  return truncate_to(real_ftruncate, descriptor, size);
}

int ftruncate64(int descriptor, off64_t size) noexcept {
  return truncate_to(real_ftruncate64, descriptor, size);
}

int unlink(const char* path) noexcept {
  const auto action = [&] { return real_unlink(path); };
  const DatabaseFile file = file_at(AT_FDCWD, path);
  return is_seen(file) ? carry_out(on_file(DiskCall::unlink, file), action) : action();
}

int unlinkat(int folder, const char* path, int flags) noexcept {
  const auto action = [&] { return real_unlinkat(folder, path, flags); };
  const DatabaseFile file = file_at(folder, path);
  return is_seen(file) ? carry_out(on_file(DiskCall::unlink, file), action) : action();
}

int remove(const char* path) noexcept {
  const auto action = [&] { return real_remove(path); };
  const DatabaseFile file = file_at(AT_FDCWD, path);
  return is_seen(file) ? carry_out(on_file(DiskCall::unlink, file), action) : action();
}

int rename(const char* from, const char* to) noexcept {
  const auto action = [&] { return real_rename(from, to); };
  const DatabaseFile file = renamed(AT_FDCWD, from, AT_FDCWD, to);
  return is_seen(file) ? carry_out(on_file(DiskCall::rename, file), action) : action();
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  const auto action = [&] { return real_renameat(from_folder, from, to_folder, to); };
  const DatabaseFile file = renamed(from_folder, from, to_folder, to);
  return is_seen(file) ? carry_out(on_file(DiskCall::rename, file), action) : action();
}

}  // extern "C"

}  // namespace splitproof::preload
