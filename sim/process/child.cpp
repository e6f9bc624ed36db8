#include "sim/process/child.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/process.hpp>
#include <boost/process/extend.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sstream>
#include <system_error>
#include <utility>

namespace splitproof::sim {
namespace {

namespace bp = boost::process;

using OutputFile = std::unique_ptr<FILE, int (*)(FILE*)>;

// As a shell finds a program; empty when there is none. Boost's own search needs its file system
// library.
std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string program = folder + "/" + name;
    if (::access(program.c_str(), X_OK) == 0) return program;
  }
  return "";
}

// Runs in the child between fork and exec. Failures are returned, for there is no way to throw.
std::error_code prepare(const ChildOptions& options) {
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::setsid();
  // The pipes that Boost.Process makes are not close-on-exec, so whatever a child was not given is
  // closed. Its own limit_handles would also close the pipe that tells of a failed exec.
  bool done = ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
  if (done && options.inherited >= 0) done = ::fcntl(options.inherited, F_SETFD, 0) == 0;
  if (done && options.account) {
    const Account& account = *options.account;
    done = ::setgroups(0, nullptr) == 0 &&
           ::setresgid(account.group, account.group, account.group) == 0 &&
           ::setresuid(account.user, account.user, account.user) == 0;
  }
  if (done) done = ::chdir(options.folder.c_str()) == 0;
  return done ? std::error_code() : std::error_code(errno, std::generic_category());
}

// Boost.Process only starts the program: its terminate() leaves a zombie, its exit_code() cannot
// tell a signal from a code, and its wait_for() takes SIGCHLD from the whole process.
pid_t spawn(const ChildOptions& options, FILE* output, std::error_code& error) {
  const std::string program = find_program(options.command.front());
  if (program.empty()) {
    error = std::make_error_code(std::errc::no_such_file_or_directory);
    return -1;
  }
  const std::vector<std::string> arguments(options.command.begin() + 1, options.command.end());
  std::vector<std::string> assignments;
  for (const auto& [name, value] : options.environment) assignments.push_back(name + "=" + value);
  // Boost's own environment reads behind the end of a short entry when a longer name is looked up.
  std::vector<char*> environment;
  for (std::string& assignment : assignments) environment.push_back(assignment.data());
  environment.push_back(nullptr);
  bp::child child(bp::exe = program, bp::args = arguments, (bp::std_in < bp::null),
                  ((bp::std_out & bp::std_err) > output), error,
                  bp::extend::on_setup([&](auto& executor) { executor.env = environment.data(); }),
                  bp::extend::on_exec_setup([&](auto& executor) {
                    const std::error_code failed = prepare(options);
                    if (!failed) return;
                    executor.set_error(failed, "preparing the child failed");
                    ::_exit(127);
                  }));
  if (error) return -1;
  const pid_t pid = child.id();
  child.detach();
  return pid;
}

ExitStatus reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return {.code = 0, .signal = WTERMSIG(status)};
  return {.code = WEXITSTATUS(status), .signal = 0};
}

ChildError cannot_start(const ChildOptions& options, const std::string& reason) {
  return {"Cannot start " + options.command.front() + ": " + reason + "."};
}

}  // namespace

std::string to_string(const ExitStatus& status) {
  if (status.signal == 0) return "exit code " + std::to_string(status.code);
  const char* const name = ::sigdescr_np(status.signal);
  return "signal " + std::to_string(status.signal) + " (" + (name ? name : "unknown") + ")";
}

Result<Child, ChildError> Child::start(const ChildOptions& options) {
  const OutputFile output(std::fopen(options.output.c_str(), "ae"), &std::fclose);
  if (!output) {
    return cannot_start(options, "its output file " + options.output + " cannot be opened: " +
                                     std::generic_category().message(errno));
  }
  std::error_code error;
  const pid_t pid = spawn(options, output.get(), error);
  if (error) return cannot_start(options, error.message());
  // The child is ours and not waited for, so its id cannot have been given out again.
  std::optional<ProcessHandle> handle = ProcessHandle::open(pid);
  if (!handle) {
    ::kill(-pid, SIGKILL);
    reap(pid);
    return cannot_start(options, "the kernel gives no process handles (Linux 5.3 or newer needed)");
  }
  return Child(std::move(*handle));
}

Child::~Child() {
  // A moved-from child has nothing to end.
  if (status_ || !handle_.valid()) return;
  signal_group(SIGKILL);
  wait();
}

void Child::signal_group(int number) const {
  // Once it was waited for, the id may name another group.
  if (!status_) ::kill(-handle_.pid(), number);
}

ExitStatus Child::wait() {
  if (!status_) status_ = reap(handle_.pid());
  return *status_;
}

std::optional<ExitStatus> Child::wait_for(std::chrono::milliseconds duration) {
  if (!status_ && !handle_.wait(Deadline(duration))) return std::nullopt;
  return wait();
}

}  // namespace splitproof::sim
