// The connections that an isolation spec needs: one for each of its sessions, and a control
// connection that runs what is common to them and asks the server who waits for whom.
//
// Whether a session waits is what the server says, never how long it has been silent.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/spec/spec.h"
#include "sim/sql/postgres/async_session.h"

namespace splitproof::harness {

// The server, or the way to it, is lost.
class SpecServerLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class SpecSessions {
 public:
  // Called with the position of a session and what the server tells it beside its answers.
  using Notices = std::function<void(std::size_t session, const std::string& text)>;

  // `connection` is a libpq connection string or URL; `name` becomes the application's, where
  // nobody names another, and is followed by the session's. Opens all; throws SpecServerLost where
  // it cannot. The spec is borrowed.
  SpecSessions(const IsolationSpec& spec, std::string connection, std::string name,
               Notices notices);

  sim::AsyncSession& control() { return *control_; }
  sim::AsyncSession& session(std::size_t index) { return *sessions_.at(index); }

  // Ends what the sessions do, closes them and opens others, so that no transaction of before is
  // open. Throws SpecServerLost.
  void reopen();

  // Whether the session waits for another one, and will until that one is given something to do.
  // `others` are the other sessions that have not answered yet. While the session has been asked
  // for less than `patience`, one that waits for such another is not believed to, for that one may
  // be about to let it go. Throws SpecServerLost.
  bool is_blocked(std::size_t session, const std::vector<std::size_t>& others,
                  std::chrono::microseconds asked_for);

  // Whether the control connection waits for a session. All sessions must be idle, so that the wait
  // is for ever.
  bool is_control_blocked();

  static constexpr std::chrono::microseconds patience = std::chrono::milliseconds(10);

 private:
  std::unique_ptr<sim::AsyncSession> open(const std::string& name,
                                          sim::AsyncSession::NoticeSink sink) const;
  void open_sessions();
  sim::AsyncResult ask(sim::AsyncSession& asked, const std::string& name,
                       const std::vector<std::string>& parameters) const;
  bool wait_for_idle_ones(std::size_t session, std::vector<std::size_t> others);

  const IsolationSpec& spec_;
  std::string connection_;
  std::string name_;
  Notices notices_;
  std::unique_ptr<sim::AsyncSession> control_;
  std::unique_ptr<sim::AsyncSession>
      watch_;  // Asks about the control connection; made when needed.
  std::vector<std::unique_ptr<sim::AsyncSession>> sessions_;
  std::string pids_;  // Of the sessions, as an array of the server's.
};

}  // namespace splitproof::harness
