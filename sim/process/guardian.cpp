#include "sim/process/guardian.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "sim/process/guardian_duty.h"

namespace splitproof::sim {
namespace {

constexpr const char* process_name = "sp-guardian";

// Long enough for a verb, a process id and any path the kernel accepts.
constexpr std::size_t message_bytes_max = 8192;

// A kill by command line (pkill -f) would end the guardian together with the program it guards,
// because a forked process has its parent's command line; so it is written over. The kernel tells
// where it lies in fields 48 and 49 of /proc/self/stat.
void rename_process() {
  ::prctl(PR_SET_NAME, process_name);
  std::ifstream file("/proc/self/stat");
  std::string stat;
  std::getline(file, stat);
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return;
  std::istringstream fields(stat.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 48; ++field) fields >> skipped;
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  if (!(fields >> begin >> end) || begin == 0 || end - begin <= std::strlen(process_name)) return;
  char* const words = reinterpret_cast<char*>(begin);
  std::memset(words, 0, end - begin);
  std::memcpy(words, process_name, std::strlen(process_name));
}

sigset_t set_signal_mask(int how) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(how, &all, &before);
  return before;
}

// Whoever reads our output must see its end when we end, and signals meant for us must not end the
// guardian: it leaves the session and keeps no file but the socket.
void leave_the_parent(int socket) {
  ::setsid();
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM}) {
    ::signal(number, SIG_IGN);
  }
  ::signal(SIGCHLD, SIG_DFL);
  set_signal_mask(SIG_UNBLOCK);
  const int nothing = ::open("/dev/null", O_RDWR);
  for (const int standard : {0, 1, 2}) ::dup2(nothing, standard);
  if (socket > 3) ::close_range(3, static_cast<unsigned>(socket - 1), 0);
  ::close_range(static_cast<unsigned>(socket + 1), ~0U, 0);
  if (::chdir("/") != 0) return;
  rename_process();
}

// noexcept: an exception must not unwind into the forked copy of our program.
[[noreturn]] void guard(int socket) noexcept {
  // Descriptors 0 to 2 are about to be replaced; a program started without them got one for this.
  if (socket < 3) socket = ::fcntl(socket, F_DUPFD_CLOEXEC, 3);
  leave_the_parent(socket);
  GuardianDuty duty;
  std::array<char, message_bytes_max> message{};
  while (true) {
    const ssize_t length = ::recv(socket, message.data(), message.size(), 0);
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) break;
    duty.note(std::string(message.data(), static_cast<std::size_t>(length)));
  }
  duty.clean_up();
  // Neither destructors nor exit handlers of the forked copy of our program may run here.
  ::_exit(0);
}

class ForkedGuardian final : public Guardian {
 public:
  ForkedGuardian(pid_t pid, int socket) : pid_(pid), socket_(socket) {}

  ~ForkedGuardian() override {
    ::close(socket_);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  ForkedGuardian(const ForkedGuardian&) = delete;
  ForkedGuardian& operator=(const ForkedGuardian&) = delete;

  pid_t pid() const override { return pid_; }

  void watch_server(pid_t postmaster, const std::string& data_directory) override {
    require_told("server", postmaster, data_directory);
  }
  void forget_server(const std::string& data_directory) override {
    tell("forget-server", 0, data_directory);
  }
  void watch_group(pid_t leader) override { require_told("group", leader, ""); }
  void forget_group(pid_t leader) override { tell("forget-group", leader, ""); }

  void watch_folder(const std::string& path) override {
    if (!is_removable_folder(path)) {
      throw std::invalid_argument("The guardian removes no folder but /.../splitproof-NAME, not " +
                                  path);
    }
    require_told("folder", 0, path);
  }
  void forget_folder(const std::string& path) override { tell("forget-folder", 0, path); }

 private:
  void require_told(const char* verb, pid_t pid, const std::string& path) {
    if (tell(verb, pid, path)) return;
    throw GuardianGone(
        "The guardian process is gone: servers and folders would be left behind after a crash of "
        "this program. Was it killed? Start the program again.");
  }

  // The socket keeps messages of several threads apart and whole, so no lock is needed.
  bool tell(const char* verb, pid_t pid, const std::string& path) {
    const std::string message = std::string(verb) + ' ' + std::to_string(pid) + ' ' + path;
    if (message.size() > message_bytes_max) return false;
    ssize_t sent = 0;
    do {
      sent = ::send(socket_, message.data(), message.size(), MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent == static_cast<ssize_t>(message.size());
  }

  pid_t pid_;
  int socket_;
};

}  // namespace

std::unique_ptr<Guardian> Guardian::start() {
  std::array<int, 2> sockets{};
  // Close-on-exec: the end of our process must be the end of the socket, whatever we started.
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot make the guardian's socket");
  }
  // Held back until the guardian ignores them: a Ctrl-C right after the fork must not end it.
  const sigset_t before = set_signal_mask(SIG_BLOCK);
  const pid_t pid = ::fork();
  const int reason = errno;
  if (pid != 0) ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) {
    ::close(sockets[0]);
    ::close(sockets[1]);
    throw std::system_error(reason, std::generic_category(), "cannot fork the guardian");
  }
  if (pid == 0) guard(sockets[1]);
  ::close(sockets[1]);
  return std::make_unique<ForkedGuardian>(pid, sockets[0]);
}

}  // namespace splitproof::sim
