#include "harness/preload/library/messenger.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "harness/preload/library/tracked_files.h"

namespace splitproof::preload {

namespace {

// High enough that the program's own descriptors have the numbers that they have without us.
constexpr int descriptor_min = 500;

struct Connection {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  sockaddr_un address = {};
  bool watched = false;
  bool turns = false;
  pid_t owner = 0;
  int socket = -1;
  ino_t inode = 0;  // A program may close our descriptor, and be given its number for another file.
};

Connection connection;

// Hooks are in the way of the plain names.
void close_socket() {
  if (connection.socket >= 0) ::syscall(SYS_close, connection.socket);
  connection.socket = -1;
}

bool is_still_ours() {
  struct stat state {};
  return connection.socket >= 0 && ::fstat(connection.socket, &state) == 0 &&
         S_ISSOCK(state.st_mode) && state.st_ino == connection.inode;
}

bool send_report(const Report& report) {
  const char* const begin = reinterpret_cast<const char*>(&report);
  for (std::size_t sent = 0; sent < sizeof(report);) {
    const ssize_t size =
        ::send(connection.socket, begin + sent, sizeof(report) - sent, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    sent += static_cast<std::size_t>(size);
  }
  return true;
}

bool receive_word(Word& word) {
  char* const begin = reinterpret_cast<char*>(&word);
  for (std::size_t received = 0; received < sizeof(word);) {
    const ssize_t size = ::recv(connection.socket, begin + received, sizeof(word) - received, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    received += static_cast<std::size_t>(size);
  }
  return true;
}

bool connect_to_harness() {
  const int low = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (low < 0) return false;
  const long high = ::syscall(SYS_fcntl, low, F_DUPFD_CLOEXEC, descriptor_min);
  connection.socket = high < 0 ? low : static_cast<int>(high);
  if (high >= 0) ::syscall(SYS_close, low);
  const auto* const address = reinterpret_cast<const sockaddr*>(&connection.address);
  while (::connect(connection.socket, address, sizeof(connection.address)) != 0) {
    if (errno != EINTR) return false;
  }
  struct stat state {};
  if (::fstat(connection.socket, &state) != 0) return false;
  connection.inode = state.st_ino;
  Word welcome;
  if (!send_report({.kind = ReportKind::loaded}) || !receive_word(welcome)) return false;
  connection.turns = welcome.turns != 0;
  return true;
}

// A number that has gone to another file is left alone.
bool is_connected() {
  if (is_still_ours()) return true;
  connection.socket = -1;
  if (connect_to_harness()) return true;
  close_socket();
  return false;
}

bool converse(const Report& report, Word& word, std::int32_t (*holder)()) {
  if (!is_connected() || !send_report(report) || !receive_word(word)) return false;
  while (word.kind == Word::Kind::ask) {
    const std::int32_t process = holder == nullptr ? 0 : holder();
    if (!send_report({.kind = ReportKind::holder, .holder = process})) return false;
    if (!receive_word(word)) return false;
  }
  return true;
}

// The parent's connection stays the parent's.
void begin_as_child() {
  connection.mutex = PTHREAD_MUTEX_INITIALIZER;
  if (is_still_ours()) close_socket();
  connection.socket = -1;
  connection.owner = ::getpid();
}

__attribute__((constructor)) void begin() {
  const char* const path = ::getenv(socket_variable);
  const char* const database = ::getenv(database_variable);
  if (path == nullptr || database == nullptr) return;
  if (::strlen(path) >= sizeof(connection.address.sun_path) || !track_files_of(database)) return;
  connection.address.sun_family = AF_UNIX;
  ::strcpy(connection.address.sun_path, path);
  connection.owner = ::getpid();
  connection.watched = true;
  ::pthread_atfork(nullptr, nullptr, begin_as_child);
  const int before = errno;
  static_cast<void>(is_connected());
  errno = before;
}

}  // namespace

bool is_watched() { return connection.watched; }

bool takes_turns() { return connection.turns; }

Word tell(const Report& report, std::int32_t (*holder)()) {
  const int before = errno;
  ::pthread_mutex_lock(&connection.mutex);
  Word word;
  if (!converse(report, word, holder)) {
    if (is_still_ours()) close_socket();
    word = Word{};
  }
  ::pthread_mutex_unlock(&connection.mutex);
  errno = before;
  return word;
}

bool is_ours(int descriptor) {
  return descriptor >= 0 && descriptor == connection.socket && is_still_ours();
}

bool owns_its_memory() { return ::getpid() == connection.owner; }

}  // namespace splitproof::preload
