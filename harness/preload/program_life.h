// The life of one program that is run under the preloaded library: started, listened to, ended.
//
// A program is a process and all that it starts. Each process that loads the library speaks on a
// connection of its own, and waits for a word after whatever it says. With the first process the
// others end: what is left of its group, and whoever still holds a connection, is killed. A process
// that leaves the group and cannot be watched is not seen.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "harness/preload/protocol.h"
#include "harness/program/program_process.h"
#include "harness/wire/sockets.h"

namespace splitproof::harness {

// A process of the program, by its connection.
class Speaker {
 public:
  explicit Speaker(FileHandle socket);

  pid_t pid() const { return pid_; }
  // Of the client, as in Event; 0 until it touched the database.
  int connection = 0;

 private:
  friend class ProgramLife;
  FileHandle socket_;
  pid_t pid_ = 0;
  std::string bytes_;  // Received, and not yet a whole record.
};

class ProgramLife {
 public:
  // Listens at the path `socket`, then starts the program with this environment and a file for its
  // output, as ProgramProcess does. The guardian is borrowed. Throws HarnessFailure where one of
  // both is not possible.
  ProgramLife(sim::Guardian& guardian, const ProgramSpec& program,
              const std::map<std::string, std::string>& environment, const std::string& output,
              const std::string& socket);
  ~ProgramLife();
  ProgramLife(const ProgramLife&) = delete;
  ProgramLife& operator=(const ProgramLife&) = delete;

  // Waits until some process says something; null when the program has ended, by itself or because
  // its time was over. Who was heard lives until the next call. Throws HarnessFailure where nobody
  // can understand what it says.
  std::pair<Speaker*, preload::Report> next();
  // What this process says next; empty where it, or the program, has ended.
  std::optional<preload::Report> next_of(Speaker& speaker);
  // Without effect where it has ended.
  void tell(const Speaker& speaker, const preload::Word& word) const;

  // The time that this takes is not the program's.
  void hold(const std::function<void()>& waiting);

  // Kills all processes by SIGKILL, and waits until they are gone.
  void kill();
  // Of the first process.
  pid_t pid() const { return process_->pid(); }
  // Asks the whole group to end, by SIGTERM.
  void ask_to_end() const { process_->signal(SIGTERM); }
  // Ends what is left, and says how the first process ended.
  sim::ExitStatus end();
  bool is_late() const { return late_; }
  // As ProgramProcess::last_lines().
  std::string last_lines() const { return process_->last_lines(); }

 private:
  std::optional<preload::Report> take(Speaker& speaker);
  void accept();
  // Waits until somebody, or only this one, can be heard; false once the program has ended or its
  // time is over.
  bool wait_for_some(const Speaker* only);
  int time_left() const;

  std::string path_;
  FileHandle listener_;
  std::optional<ProgramProcess> process_;  // The first one.
  std::list<Speaker> speakers_;
  std::optional<sim::ExitStatus> status_;
  std::chrono::steady_clock::time_point end_of_time_;
  bool late_ = false;
};

}  // namespace splitproof::harness
