// One run of anyone's program as a process: started, signalled, and ended with all that it started.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "harness/run/scenario.h"
#include "sim/process/child.h"
#include "sim/process/guardian.h"

namespace splitproof::harness {

class ProgramProcess {
 public:
  // Starts it. `output` is the file that its standard output and standard error are kept in, made
  // anew. The guardian is borrowed. Throws UnusableInput where there is no such program.
  ProgramProcess(sim::Guardian& guardian, const ProgramSpec& program,
                 const std::map<std::string, std::string>& environment, std::string output);
  // Ends its whole group.
  ~ProgramProcess();
  ProgramProcess(const ProgramProcess&) = delete;
  ProgramProcess& operator=(const ProgramProcess&) = delete;

  pid_t pid() const { return child_->pid(); }
  // Can be read from, as poll(2) sees it, when the program has ended.
  int descriptor() const { return child_->descriptor(); }
  bool has_ended() const;
  // Waits until the program itself has ended.
  sim::ExitStatus wait() { return child_->wait(); }
  // Ends what is left of it and of what it started, by SIGKILL; how the program itself has ended.
  sim::ExitStatus end();

  // To the program and what it started.
  void signal(int number) const { child_->signal_group(number); }
  // Whether the program has a handler for this signal, or ignores it: then it need not end by it.
  bool handles(int number) const;
  // SIGSTOP; returns when the program stands still, or has ended.
  void stop();
  void go_on() const;

  // The last lines of what it has written.
  std::string last_lines() const;

 private:
  sim::Guardian& guardian_;
  std::string output_;
  std::optional<sim::Child> child_;
};

}  // namespace splitproof::harness
