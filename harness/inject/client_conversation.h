// One attempt of a client process, as its parent sees it: what the process announces is counted,
// judged, written down and struck.
//
// It does at a process's statements what InterposedSession does at those of our own: the same
// points, the same events, the same answers. A process can be killed besides.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "harness/inject/client_messages.h"
#include "harness/plan/director.h"
#include "harness/run/world.h"

namespace splitproof::harness {

// By operation, the texts of the statements that made something durable, in order.
std::map<int, std::vector<std::string>> durable_statements(const History& history,
                                                           sim::Dialect dialect);

class Conversation {
 public:
  // All are borrowed. `clean` is what the clean run of the operation makes durable, null where it
  // is unknown.
  Conversation(World& world, Director& director, const Channel& channel, Told& told,
               const std::vector<std::string>* clean)
      : world_(world), director_(director), channel_(channel), told_(told), clean_(clean) {}

  // Has the process made and talks with it until it has ended, then waits until the database has
  // let go of what it held. Throws HarnessFailure.
  void run(std::uint64_t seed);

 private:
  struct Connection {
    int number = 0;
    std::int64_t backend = 0;  // 0 on SQLite, and once it has gone.
    bool lost = false;
    TransactionState transaction;
  };
  // A statement at its point; `fault` is null where nothing strikes.
  struct Step {
    FaultPoint point;
    const sim::Statement& statement;
    const Fault* fault = nullptr;
  };
  struct Heard {
    bool ok = false;
    std::string code;    // Of an error.
    std::string answer;  // In words.
  };

  Message hear();
  void tell(const Message& message);
  void connected(const Message& message);
  // These are false once the process was killed.
  bool statement(const Message& message);
  bool end_before(const Step& step, const Connection& connection);
  bool go_through(const Step& step, Connection& connection);
  // Tells what to do with the statement, and hears how it ended.
  Heard carry_out(const Message& message, Connection& connection);
  // The statement under a fault that leaves the process alive.
  Heard strike(const Fault& fault, Connection& connection);
  Heard raise(const RaiseError& fault, Connection& connection);
  Heard terminate(bool after, Connection& connection);
  Heard crash(const CrashServer& fault, Connection& connection);
  Heard with_full_disk(Connection& connection);
  void record(const FaultPoint* point, const Connection& connection,
              const sim::Statement& statement, const Fault* fault, const std::string& answer);
  void kill(const char* when, const FaultPoint& point);
  void told(const Message& message);
  void expect_end(const Message& end, const char* how, int number) const;
  // Asks the server until the backend has gone, and with it its transaction and its locks.
  void wait_until_gone(Connection& connection);
  sim::Outcome outcome_of_killed() const;
  [[noreturn]] void fail(const std::string& what) const;

  World& world_;
  Director& director_;
  const Channel& channel_;
  Told& told_;
  const std::vector<std::string>* clean_;
  pid_t process_ = 0;
  int statements_ = 0;  // How many were announced.
  std::vector<Connection> connections_;
  bool durable_sent_ = false;
  std::vector<std::string> durable_;  // Answered, in order.
};

}  // namespace splitproof::harness
