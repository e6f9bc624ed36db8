#include "harness/wire/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>

namespace splitproof::harness {

namespace {

constexpr int pending_max = 128;

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::optional<sockaddr_un> local(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    errno = ENAMETOOLONG;
    return std::nullopt;
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

template <class Address>
const sockaddr* general(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

FileHandle make(int family) { return FileHandle(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

void never_wait(const FileHandle& socket) {
  ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
}

template <class Address>
FileHandle listen_with(FileHandle socket, const Address& address) {
  const bool listens = socket.is_open() &&
                       ::bind(socket.get(), general(address), sizeof(address)) == 0 &&
                       ::listen(socket.get(), pending_max) == 0;
  if (!listens) return {};
  never_wait(socket);
  return socket;
}

template <class Address>
FileHandle connect_with(FileHandle socket, const Address& address) {
  if (!socket.is_open()) return {};
  while (::connect(socket.get(), general(address), sizeof(address)) != 0) {
    if (errno != EINTR) return {};
  }
  never_wait(socket);
  return socket;
}

void send_at_once(const FileHandle& socket) {
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

}  // namespace

void FileHandle::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

std::string socket_path(const std::string& folder, int port) {
  return folder + "/.s.PGSQL." + std::to_string(port);
}

FileHandle listen_on_loopback() { return listen_with(make(AF_INET), loopback(0)); }

FileHandle listen_at(const std::string& path) {
  const std::optional<sockaddr_un> address = local(path);
  return address ? listen_with(make(AF_UNIX), *address) : FileHandle();
}

FileHandle connect_to_loopback(int port) {
  FileHandle socket = connect_with(make(AF_INET), loopback(port));
  if (socket.is_open()) send_at_once(socket);
  return socket;
}

FileHandle connect_to_host(const std::string& host, int port) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0) {
    errno = EHOSTUNREACH;
    return {};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, &::freeaddrinfo);
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    FileHandle socket = make(one->ai_family);
    if (!socket.is_open() || ::connect(socket.get(), one->ai_addr, one->ai_addrlen) != 0) continue;
    never_wait(socket);
    send_at_once(socket);
    return socket;
  }
  return {};
}

FileHandle connect_to(const std::string& path) {
  const std::optional<sockaddr_un> address = local(path);
  return address ? connect_with(make(AF_UNIX), *address) : FileHandle();
}

FileHandle accept_from(const FileHandle& listener) {
  FileHandle socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (socket.is_open()) send_at_once(socket);
  return socket;
}

int port_of(const FileHandle& listener) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

bool read_what_is_there(const FileHandle& socket, std::string& bytes) {
  // Not filled beforehand: that would cost more than the read.
  std::array<char, 64 * 1024> part;
  while (true) {
    const ssize_t size = ::recv(socket.get(), part.data(), part.size(), 0);
    if (size > 0) {
      bytes.append(part.data(), static_cast<std::size_t>(size));
      // Others may have something to say, too.
      return true;
    }
    if (size == 0) return false;
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == EWOULDBLOCK;
  }
}

bool write_what_fits(const FileHandle& socket, std::string& bytes) {
  std::size_t written = 0;
  bool is_there = true;
  while (written < bytes.size()) {
    const ssize_t size =
        ::send(socket.get(), bytes.data() + written, bytes.size() - written, MSG_NOSIGNAL);
    if (size >= 0) {
      written += static_cast<std::size_t>(size);
    } else if (errno != EINTR) {
      is_there = errno == EAGAIN || errno == EWOULDBLOCK;
      break;
    }
  }
  bytes.erase(0, written);
  return is_there;
}

}  // namespace splitproof::harness
