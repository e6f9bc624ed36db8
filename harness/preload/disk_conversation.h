// One attempt of a program, as the harness sees it: what its processes report is counted, judged,
// written down and struck.
//
// It does at a program's operations on its database's files what Conversation does at the
// statements of a client process. A program that is killed dies with all its processes.
#pragma once

#include <map>
#include <set>
#include <string>

#include "harness/inject/client_sessions.h"
#include "harness/plan/director.h"
#include "harness/preload/program_life.h"

namespace splitproof::harness {

class DiskConversation {
 public:
  // All are borrowed; `turns` may be null. `clients` says whose process is which, of all sessions
  // of a run.
  DiskConversation(Director& director, Told& told, ProgramLife& life,
                   std::map<pid_t, char>& clients, const Turns* turns, std::string database)
      : director_(director),
        told_(told),
        life_(life),
        clients_(clients),
        turns_(turns),
        database_(std::move(database)) {}
  ~DiskConversation();
  DiskConversation(const DiskConversation&) = delete;
  DiskConversation& operator=(const DiskConversation&) = delete;

  // Talks with the program until it has ended, then says what its user is told of it.
  void run(std::chrono::milliseconds time_limit);

  // Whether a process has loaded the library, whether it did anything with the database, and
  // whether it changed it.
  bool was_loaded() const { return loaded_; }
  bool was_seen() const { return seen_; }
  bool was_seen_to_change() const { return changes_; }

 private:
  // An operation at its point; `fault` is null where nothing strikes.
  struct Step {
    const FaultPoint& point;
    const sim::Statement& statement;
    const Fault* fault = nullptr;
  };

  void answer(Speaker& speaker, const preload::Report& report);
  void operation(Speaker& speaker, const preload::Report& report);
  void carry_out(Speaker& speaker, const preload::Report& report, const Step& step);
  void record(const Speaker& speaker, const Step& step, std::string answer,
              std::string waited_for = "");
  void take_rest(Speaker& speaker, const preload::Report& report);
  // Who keeps the lock that a sleeping process was refused.
  std::optional<std::string> blockers(Speaker& speaker);
  std::string letters_of(pid_t holder) const;
  void kill(const char* when, const FaultPoint& point);

  Director& director_;
  Told& told_;
  ProgramLife& life_;
  std::map<pid_t, char>& clients_;
  const Turns* turns_;
  std::string database_;  // The file's name.
  std::set<pid_t> processes_;
  bool loaded_ = false;
  bool seen_ = false;
  bool changes_ = false;
  bool changes_unless_terminated_ = false;
  // All sessions wait, and this one is refused what it waits for.
  bool refusing_ = false;
  int refused_sleeps_ = 0;
  bool ended_ = false;  // By us.
};

}  // namespace splitproof::harness
