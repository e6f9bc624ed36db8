// Sockets of the proxy: made, listened on, connected, read and written without waiting.
#pragma once

#include <string>
#include <utility>

namespace splitproof::harness {

// Owns a file descriptor.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
  ~FileHandle() { close(); }
  FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    if (this != &other) close();
    descriptor_ = std::exchange(other.descriptor_, -1);
    return *this;
  }

  bool is_open() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }
  void close();

 private:
  int descriptor_ = -1;
};

// The path of the socket of a server that listens in this folder, as libpq looks for it.
std::string socket_path(const std::string& folder, int port);

// Not open where the system refuses; errno then says why.
FileHandle listen_on_loopback();
FileHandle listen_at(const std::string& path);
FileHandle connect_to_loopback(int port);
// By name or number; waits for the answer.
FileHandle connect_to_host(const std::string& host, int port);
FileHandle connect_to(const std::string& path);
FileHandle accept_from(const FileHandle& listener);

// The port of a listener on the loopback.
int port_of(const FileHandle& listener);

// Appends what can be read now. False when the other side has ended, or the connection is lost.
bool read_what_is_there(const FileHandle& socket, std::string& bytes);
// Writes what can be written now, and takes it away. False when the connection is lost.
bool write_what_fits(const FileHandle& socket, std::string& bytes);

}  // namespace splitproof::harness
