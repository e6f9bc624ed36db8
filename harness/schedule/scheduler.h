// Lets the sessions of a run move one at a time. Each is a thread; there is one token between them,
// and this class owns it: whatever a session's program and the harness do for it, they do while its
// thread holds the token. A session gives it back before each statement and when it has ended; a
// strategy then chooses who moves next.
//
// A session that waits for a lock gives the token back too. On SQLite it says so itself (yield())
// and is offered again when the lock would be granted. In a server only asking shows it: while a
// statement runs, the calling thread asks, and nothing but the server's answer counts. Such a
// session goes on as soon as the server lets it, which is nobody's choice; it takes the token again
// before anything is written down, so that histories do not depend on how fast threads are.
//
// Where all wait, SQLite's busy answer to one of them is a choice; a circle of waiting sessions is
// left to the server, which breaks it; and a wait for nobody that could ever let go is cancelled.
// It knows neither databases nor what is judged.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "harness/schedule/lock_watch.h"
#include "harness/schedule/order.h"

namespace splitproof::harness {

class Scheduler {
 public:
  // A session's whole work, by its letter. It must call await_turn() before each statement.
  using Jobs = std::map<char, std::function<void()>>;

  Scheduler() = default;
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Runs the jobs until all have ended and answers what was chosen. Before the first choice each
  // session, by letter, comes as far as its first statement. An exception of a job is rethrown when
  // all have ended. Threads are kept for the next run.
  std::vector<Chosen> run(const Jobs& jobs, Strategy& strategy, LockWatch& watch);

  // The rest is for the sessions' threads.

  // Returns when the session may take a step. Throws HarnessFailure where the sessions of a run
  // have taken so many steps that they will never end.
  void await_turn(char session);
  // Around a statement in the server. leave() returns when the session may go on, and says for whom
  // the statement had waited: letters in order, empty where it did not wait.
  void enter(char session);
  std::string leave(char session);
  // Whether the server was told to give up the session's last statement, because no session was
  // left that could move.
  bool gave_up(char session);
  // A lock is not to be had. Returns true when it is time to try again, false when the session is
  // refused it.
  bool yield(char session);
  // The session's program waits by its clock, as after a conflict: another session that can move
  // takes a step first. Without it a session that is refused at once, again and again, could use up
  // its attempts within a single statement of the other one.
  void rest(char session);
  // Whether the session's statement waits in the server; whether another session's does.
  bool waits(char session);
  bool others_wait(char session);
  // Whether the strategy wants to know what steps touch.
  bool asks_what_is_touched() const;
  // The step that is being taken touched this. A step that waits, or ends another's wait, or makes
  // its session rest, has touched everything, and need not be noted.
  void touch(const Footprint& touched);

 private:
  using Lock = std::unique_lock<std::mutex>;
  enum class Standing {
    ended,
    parked,   // Before a statement.
    moving,   // Has the token.
    inside,   // Has the token, and a statement in the server.
    stuck,    // Its statement waits in the server.
    yielded,  // Its statement waits in SQLite's busy handler.
  };
  struct Session {
    Standing standing = Standing::ended;
    bool refused = false;
    bool resting = false;        // Until another session has taken a step.
    bool given_up = false;       // The server was told to give its statement up.
    bool answered = false;       // The statement in the server has come back.
    std::string blockers;        // For whom it waits, as last asked.
    std::string waited_for;      // For whom it waited in this statement.
    std::int64_t asked_at = -1;  // The number of grants when it was last asked about.
    std::condition_variable turn;
    std::function<void()> job;
    std::thread thread;
  };
  static constexpr char nobody = '\0';

  void work(char letter);
  void grant(char letter, bool refused);
  // The token is free and the caller may not be needed: passes it on.
  void hand_over();
  void pass_on();
  void end_step();
  std::vector<Move> options();
  bool any(Standing standing) const;
  bool all_ended() const;
  std::optional<std::string> ask(char letter);
  bool closes_circle(char letter) const;
  void note_wait(Session& session, const std::string& blockers);

  // Of the calling thread. It has the token where owner_ is nobody.
  void supervise(Lock& lock);
  void wait_for_token(Lock& lock);
  void look_at(Lock& lock, char letter);
  void settle(Lock& lock);
  bool resume_if_free(Lock& lock, char letter);
  void break_standstill(Lock& lock);
  bool waits_for_stuck(char letter) const;
  char victim() const;

  std::mutex mutex_;
  std::condition_variable caller_;
  std::map<char, Session> sessions_;
  char owner_ = nobody;
  char last_ = nobody;  // Who was chosen last.
  bool starting_ = false;
  bool asking_ = false;
  bool closing_ = false;
  std::int64_t grants_ = 0;
  std::int64_t steps_ = 0;
  std::int64_t entered_ = 0;
  int questions_ = 0;  // About the statement that runs, and answered by "waits".
  std::exception_ptr failure_;
  std::vector<Chosen> chosen_;
  Footprint touched_;  // By the step that is being taken.
  Strategy* strategy_ = nullptr;
  LockWatch* watch_ = nullptr;
};

}  // namespace splitproof::harness
