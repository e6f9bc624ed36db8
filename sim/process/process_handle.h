// A hold on one process that stays on that process: a pidfd.
//
// A process id is given out again after its owner was reaped; a handle is not. It signals the
// process it was opened on or nobody, and can wait for the end of processes that are not our
// children. A zombie counts as ended: it runs nothing and holds nothing.
#pragma once

#include <sys/types.h>

#include <optional>
#include <span>

#include "sim/process/deadline.h"

namespace splitproof::sim {

class ProcessHandle {
 public:
  // Empty when there is no such process.
  static std::optional<ProcessHandle> open(pid_t pid);

  ProcessHandle(ProcessHandle&& other) noexcept;
  ProcessHandle& operator=(ProcessHandle&& other) noexcept;
  ~ProcessHandle();

  pid_t pid() const { return pid_; }
  // Can be read from, as poll(2) sees it, when the process has ended; ours.
  int descriptor() const { return fd_; }
  // False for one that was moved from.
  bool valid() const { return fd_ >= 0; }
  bool ended() const;
  // Does nothing to a process that has ended.
  void signal(int number) const;
  // True when it ended before the deadline.
  bool wait(const Deadline& deadline) const;

 private:
  ProcessHandle(pid_t pid, int fd) : pid_(pid), fd_(fd) {}
  pid_t pid_;
  int fd_;
};

void signal_all(std::span<const ProcessHandle> processes, int number);

// True when all of them ended before the deadline.
bool wait_all(std::span<const ProcessHandle> processes, const Deadline& deadline);

}  // namespace splitproof::sim
