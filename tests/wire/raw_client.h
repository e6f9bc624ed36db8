// A client without a library: it sends what it is told, byte by byte, and leaves when it is told.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include "harness/wire/sockets.h"

namespace splitproof::harness {

inline std::string four_bytes_of(std::uint32_t number) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += static_cast<char>(number >> static_cast<unsigned>(shift) & 0xffU);
  }
  return text;
}

// '|' stands for a zero.
inline std::string with_zeros(std::string text) {
  for (char& c : text) {
    if (c == '|') c = '\0';
  }
  return text;
}

inline std::string message_of(char letter, const std::string& body) {
  return letter + four_bytes_of(static_cast<std::uint32_t>(body.size() + 4)) + with_zeros(body);
}

inline std::string startup_of(const std::string& database, const std::string& application) {
  const std::string body =
      four_bytes_of(3U << 16U) +
      with_zeros("user|postgres|database|" + database + "|application_name|" + application + "||");
  return four_bytes_of(static_cast<std::uint32_t>(body.size() + 4)) + body;
}

class RawClient {
 public:
  explicit RawClient(FileHandle socket) : socket_(std::move(socket)) {
    if (!socket_.is_open()) throw std::runtime_error("nobody listens");
    // A test that hangs is a failure, not the end of the tests; a machine that stands still for a
    // minute is neither.
    const timeval limit{.tv_sec = 300, .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    ::fcntl(socket_.get(), F_SETFL, ::fcntl(socket_.get(), F_GETFL) & ~O_NONBLOCK);
  }

  // False where the other side is gone already.
  bool send(const std::string& bytes) const {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t size =
          ::send(socket_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (size <= 0) return false;
      sent += static_cast<std::size_t>(size);
    }
    return true;
  }

  // At most so many bytes; fewer where the other side ends before.
  std::string receive(std::size_t wanted) const {
    std::string bytes;
    std::array<char, 4096> part{};
    while (bytes.size() < wanted) {
      const ssize_t size =
          ::recv(socket_.get(), part.data(), std::min(part.size(), wanted - bytes.size()), 0);
      if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        throw std::runtime_error("nothing came in five minutes");
      }
      if (size <= 0) break;
      bytes.append(part.data(), static_cast<std::size_t>(size));
    }
    return bytes;
  }
  // Until the other side ends.
  std::string receive_all() const { return receive(std::string::npos); }

  // Sends nothing more, and still listens.
  void end_sending() const { ::shutdown(socket_.get(), SHUT_WR); }

 private:
  FileHandle socket_;
};

}  // namespace splitproof::harness
