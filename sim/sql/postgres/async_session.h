// A session that does not wait for its answer: a statement is sent, and whoever sent it looks for
// the answer when it likes. This is what a driver of several sessions needs of which some wait for
// others.
//
// Answers come as text, in the form in which libpq itself shows them, for people and for
// comparison; who wants values takes PostgresSession. It never reconnects. Not for use by several
// threads at once.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/sql/error.h"

namespace splitproof::sim {

// One of the answers to a text of statements.
struct AsyncResult {
  enum class Kind {
    done,    // A command without rows, or an empty statement.
    rows,    // `text` is the table, aligned, with its heading and its count, ready to be printed.
    error,   // `text` is "SEVERITY:  message", or libpq's own words where the server said nothing.
    foreign  // What no plain statement gives, as a COPY does; `text` is libpq's name of it.
  };
  Kind kind = Kind::done;
  std::string text;
  std::string sqlstate;  // Of an error that the server raised; else empty.
  std::string message;   // Of an error: all that is to be said, details included; ends in "\n".
  std::vector<std::vector<std::string>> cells;  // Of rows.
};

// A NOTIFY that reached this session.
struct AsyncNotification {
  int backend_pid = 0;  // Who sent it.
  std::string channel;
  std::string payload;
};

class AsyncSession {
 public:
  // Takes what the server says beside its answers, as "NOTICE:  ..." with a line feed; called
  // while this session reads.
  using NoticeSink = std::function<void(const std::string&)>;

  // `connection` is a libpq connection string or URL; `fallback_name` becomes application_name
  // where neither it nor the environment names one.
  static Answer<std::unique_ptr<AsyncSession>> connect(const std::string& connection,
                                                       const std::string& fallback_name,
                                                       NoticeSink notices);
  ~AsyncSession();
  AsyncSession(const AsyncSession&) = delete;
  AsyncSession& operator=(const AsyncSession&) = delete;

  int backend_pid() const;

  // Sends a text of one or several statements; false when the connection is lost, see trouble().
  bool send(const std::string& text);
  // Names a statement with parameters; waits for the server.
  Status prepare(const std::string& name, const std::string& text);
  // Sends a prepared statement; false as for send().
  bool send_prepared(const std::string& name, const std::vector<std::string>& parameters);

  // True while the next answer has not come whole. It does not look at the socket: consume() does.
  bool is_busy() const;
  // Takes what has arrived, without waiting; false when the connection is lost.
  bool consume();
  // Waits until something arrives, the time is over, or a signal comes; true when something may
  // have arrived.
  bool wait(std::chrono::microseconds time) const;
  // True when nothing is left to be taken and nothing will come; next_result() then says why, in
  // other words than after a consume() that failed.
  bool is_hung_up() const;
  // The next answer, which waits for it while is_busy(); none when all have been taken.
  std::optional<AsyncResult> next_result();
  std::optional<AsyncNotification> next_notification();

  // Asks the server to break off what it does for this session. Returns why it cannot be asked;
  // empty when it was.
  std::string cancel();

  // False when the connection was lost.
  bool is_open() const;
  // True when a transaction is open, failed or not, and no statement runs.
  bool is_in_transaction() const;
  // What libpq says of the last thing that went wrong; ends in a line feed.
  std::string trouble() const;

 private:
  struct State;
  explicit AsyncSession(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace splitproof::sim
