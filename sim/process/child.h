// A program that we start, wait for and end.
//
// It leads a session of its own, so that a terminal's signals do not reach it and its whole group
// can be ended at once. It inherits standard input as empty, none of our open files but the one
// that it is given, no blocked or ignored signals, and exactly the environment it is given. It does
// not register itself with the guardian: whoever starts it knows whether it is a server, or a
// group, or works in a folder.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/process/process_handle.h"

namespace splitproof::sim {

// Whose rights a child runs with.
struct Account {
  std::string name;
  uid_t user = 0;
  gid_t group = 0;
};

struct ChildOptions {
  // The program and its arguments. A name without a slash is looked up in our PATH.
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;
  std::string folder = "/";
  // Where standard output and standard error go together; appended to.
  std::string output = "/dev/null";
  // Only root can give another account; groups are reduced to the account's own.
  std::optional<Account> account;
  // A descriptor of ours that the child has under the same number; -1 for none.
  int inherited = -1;
};

// How a child ended: by itself with a code, or by a signal.
struct ExitStatus {
  int code = 0;
  int signal = 0;

  bool success() const { return code == 0 && signal == 0; }
};

// "exit code 3" or "signal 9 (Killed)"
std::string to_string(const ExitStatus& status);

// Why a program could not be started; a sentence for people.
struct ChildError {
  std::string message;
};

class Child {
 public:
  static Result<Child, ChildError> start(const ChildOptions& options);

  Child(Child&& other) noexcept = default;
  Child& operator=(Child&& other) noexcept = default;
  // Ends the group by SIGKILL and waits, if nobody has waited for it before.
  ~Child();

  pid_t pid() const { return handle_.pid(); }
  // As ProcessHandle::descriptor().
  int descriptor() const { return handle_.descriptor(); }

  void signal(int number) const { handle_.signal(number); }
  // Also reaches what the child has started, unless that left the group.
  void signal_group(int number) const;

  ExitStatus wait();
  // Empty when it still runs after that time.
  std::optional<ExitStatus> wait_for(std::chrono::milliseconds duration);

 private:
  explicit Child(ProcessHandle handle) : handle_(std::move(handle)) {}
  ProcessHandle handle_;
  std::optional<ExitStatus> status_;
};

}  // namespace splitproof::sim
