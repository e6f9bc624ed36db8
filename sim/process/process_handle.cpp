#include "sim/process/process_handle.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace splitproof::sim {
namespace {

// True when the descriptor of a process reports its end within the time.
bool poll_end(int fd, int milliseconds) {
  pollfd waited{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&waited, 1, milliseconds) == 1;
}

}  // namespace

std::optional<ProcessHandle> ProcessHandle::open(pid_t pid) {
  if (pid <= 0) return std::nullopt;
  // The C library has a function for this since 2.36 only; the descriptor is close-on-exec.
  const long fd = ::syscall(SYS_pidfd_open, pid, 0);
  if (fd < 0) return std::nullopt;
  return ProcessHandle(pid, static_cast<int>(fd));
}

ProcessHandle::ProcessHandle(ProcessHandle&& other) noexcept
    : pid_(other.pid_), fd_(std::exchange(other.fd_, -1)) {}

ProcessHandle& ProcessHandle::operator=(ProcessHandle&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(fd_, other.fd_);
  return *this;
}

ProcessHandle::~ProcessHandle() {
  if (fd_ >= 0) ::close(fd_);
}

bool ProcessHandle::ended() const { return poll_end(fd_, 0); }

void ProcessHandle::signal(int number) const {
  ::syscall(SYS_pidfd_send_signal, fd_, number, nullptr, 0);
}

bool ProcessHandle::wait(const Deadline& deadline) const {
  // A signal of ours may cut a wait short, hence the loop.
  while (!poll_end(fd_, static_cast<int>(deadline.left().count()))) {
    if (deadline.passed()) return ended();
  }
  return true;
}

void signal_all(std::span<const ProcessHandle> processes, int number) {
  for (const ProcessHandle& process : processes) process.signal(number);
}

bool wait_all(std::span<const ProcessHandle> processes, const Deadline& deadline) {
  return std::ranges::all_of(processes,
                             [&](const ProcessHandle& process) { return process.wait(deadline); });
}

}  // namespace splitproof::sim
