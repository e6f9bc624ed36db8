// The session behind InterposedEngine's door. Private to this folder.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/inject/interposed_engine.h"

namespace splitproof::harness {

class InterposedSession final : public sim::Session {
 public:
  // `engine` is borrowed.
  InterposedSession(InterposedEngine& engine, std::unique_ptr<sim::Session> real);
  ~InterposedSession() override;
  InterposedSession(const InterposedSession&) = delete;
  InterposedSession& operator=(const InterposedSession&) = delete;

  sim::Answer<sim::Rows> execute(const sim::Statement& statement) override;
  // What it still holds, in words; an open transaction is rolled back.
  std::vector<std::string> held();

 private:
  sim::Answer<sim::Rows> carry_out(const sim::Statement& statement, const Fault& fault);
  sim::Answer<sim::Rows> forward(const sim::Statement& statement);
  sim::Answer<sim::Rows> execute_in_turn(const sim::Statement& statement);
  void await_turn();
  void show_before(const sim::Statement& statement);
  void show_after(const sim::Statement& statement, const TransactionState& before, bool ok);
  // On SQLite a question to the session must not give its turn away.
  void wait_in_turn(bool waits);
  // Tells the scheduler what the step that is being taken has touched.
  void note_touched(const sim::Statement& statement, const TransactionState& before, bool ok);
  void touch_everything();
  // Before the real session is given away or closed.
  void leave_turns();
  sim::Status cut_real();
  sim::Error cut();
  sim::Answer<sim::Rows> terminate(const sim::Statement& statement, bool after);
  sim::Answer<sim::Rows> crash(const sim::Statement& statement, const CrashServer& fault);
  void require(const sim::Status& done, const char* what);
  void record(const FaultPoint* point, const sim::Statement& statement, const Fault* fault,
              std::string answer, std::string seen = "") {
    engine_.director_.record(
        point, engine_.client_, number_, statement, fault,
        {std::move(answer), std::move(seen), std::move(waited_for_), given_up_});
    waited_for_.clear();
    given_up_ = false;
  }
  // What the client hears; nothing where the power has failed meanwhile.
  std::string text_of(const sim::Answer<sim::Rows>& answer, const sim::Statement& statement) const;
  [[noreturn]] void fail_program(const FaultPoint& point, const char* where) const;

  InterposedEngine& engine_;
  std::unique_ptr<sim::Session> real_;  // Null once the connection is lost.
  int number_;
  bool untouched_ = true;
  TransactionState transaction_;
  std::string waited_for_;
  bool given_up_ = false;
};

}  // namespace splitproof::harness
