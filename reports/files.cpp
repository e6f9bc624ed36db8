#include "reports/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace splitproof::reports {

namespace {

std::string reason_of(int error_number) { return std::generic_category().message(error_number); }

// An open file that is closed on every way out.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : value_(::open(path.c_str(), flags, 0666)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }

  bool is_open() const { return value_ >= 0; }

  // 0, or the error number.
  int write_all(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(value_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return errno;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
  }

  int sync() const { return ::fsync(value_) == 0 ? 0 : errno; }

 private:
  int value_;
};

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// Distinct between the processes and the threads that write into one folder.
std::string temporary_name(const std::string& path) {
  static std::atomic<unsigned> count{0};
  return fmt::format("{}.partial-{}-{}", path, ::getpid(), count++);
}

int write_and_sync(const std::string& path, std::string_view text) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC);
  if (!file.is_open()) return errno;
  const int written = file.write_all(text);
  return written != 0 ? written : file.sync();
}

FileError cannot_write(const std::string& path, int error_number) {
  const bool folder_matters = error_number == ENOENT || error_number == ENOTDIR ||
                              error_number == EACCES || error_number == EROFS;
  const std::string advice =
      error_number == ENOSPC ? "make room on the disk, or choose another folder"
      : folder_matters       ? fmt::format("is {} a folder that you may write to?", folder_of(path))
                             : "choose another place";
  return {fmt::format("cannot write {}: {}; {}", path, reason_of(error_number), advice)};
}

}  // namespace

std::optional<FileError> write_file_atomically(const std::string& path, std::string_view text) {
  const std::string temporary = temporary_name(path);
  int failure = write_and_sync(temporary, text);
  if (failure == 0 && std::rename(temporary.c_str(), path.c_str()) != 0) failure = errno;
  if (failure != 0) {
    ::unlink(temporary.c_str());
    return cannot_write(path, failure);
  }
  // The rename is durable only once the folder is. Some file systems cannot sync a folder; the file
  // is whole on those too.
  const Descriptor folder(folder_of(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder.is_open()) folder.sync();
  return std::nullopt;
}

std::optional<FileError> make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) {
    return FileError{
        fmt::format("cannot make the folder {}: {}; choose another place", path, error.message())};
  }
  if (!std::filesystem::is_directory(path, error)) {
    return FileError{fmt::format("{} is not a folder; choose another place", path)};
  }
  if (::access(path.c_str(), W_OK | X_OK) != 0) {
    return FileError{fmt::format("cannot write into the folder {}: {}; choose another place", path,
                                 reason_of(errno))};
  }
  return std::nullopt;
}

}  // namespace splitproof::reports
