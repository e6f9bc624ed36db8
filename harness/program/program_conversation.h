// One attempt of anyone's program on PostgreSQL, as the proxy shows it: what it asks is counted,
// judged, written down and struck.
//
// It does at a program's messages what InterposedSession does at the statements of ours: the same
// points, events and answers. What the client was told is its exit code and what its messages show:
// exit code 0 is `committed`; else it is `indeterminate` where something durable was sent and never
// answered, or where all that a clean run makes durable was answered and the program fails all the
// same; and `aborted` otherwise. A program that we kill is told by the rule of killed clients
// (client_process.h).
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/inject/client_sessions.h"
#include "harness/plan/director.h"
#include "harness/program/program_process.h"
#include "harness/program/wire_mailbox.h"
#include "harness/program/wire_session.h"
#include "harness/program/wire_steps.h"
#include "harness/wire/proxy.h"
#include "sim/process/deadline.h"

namespace splitproof::harness {

// What an attempt happens in. All are borrowed.
struct ProgramStage {
  World& world;
  Director& director;
  WireProxy& proxy;
  WireMailbox& mailbox;
  const WireSteps& steps;
  const ProgramSpec& program;
  // The statements by which a run without faults makes something durable, in order; null where
  // they are unknown.
  const std::vector<std::string>* clean = nullptr;
  const Turns* turns = nullptr;
};

class ProgramConversation {
 public:
  ProgramConversation(const ProgramStage& stage, ProgramProcess& process, Told& told)
      : stage_(stage),
        world_(stage.world),
        director_(stage.director),
        process_(process),
        told_(told) {}
  ~ProgramConversation();
  ProgramConversation(const ProgramConversation&) = delete;
  ProgramConversation& operator=(const ProgramConversation&) = delete;

  // Returns when the program has ended and the server has let go of its connections. Throws
  // HarnessFailure.
  void run();

  // The statements by which it has made something durable, in order, as far as it was answered.
  const std::vector<std::string>& durable() const { return durable_; }

 private:
  using Kind = WireNotice::Kind;

  // A step at its point.
  struct Step {
    FaultPoint point;
    WireStep what;
  };
  // A unit that goes its way.
  struct Going {
    std::vector<Step> steps;
    std::size_t statements = 0;   // Of the unit; a step behind them is its Sync.
    bool stays = false;           // It ends by a Flush, and the transaction goes on.
    const Fault* full = nullptr;  // The disk is full while it is executed,
    std::size_t full_at = 0;      // from this step on, the first that may need room.
  };
  struct Wire {
    int link = 0;              // The proxy's number.
    int number = 0;            // As in Event.
    std::int64_t backend = 0;  // 0 before the server has told it, and once it has gone.
    bool lost = false;         // Nothing that is asked on it counts any more.
    bool left = false;         // The program has closed it.
    bool closed = false;
    int executed = 0;          // As in WireStepsOfUnit.
    bool may_be_asked = true;  // No transaction would end by a question.
    bool has_failed = false;   // Something of what the next Sync is to commit.
    TransactionState transaction;
    std::vector<std::string> written;  // By the open transaction, names.
    std::unique_ptr<WireSession> session;
  };
  // What is with the server while the program may go on elsewhere.
  struct UnderWay {
    Wire* wire = nullptr;
    Going going;
    sim::Deadline limit;
  };

  static constexpr const char* no_answer = "no answer: the connection is lost";

  void wait(bool for_program);
  void wait_for_server();
  // Waits for this notice of this connection; empty when the connection is closed first. What other
  // connections ask is kept for later.
  std::optional<WireNotice> await(Wire& wire, Kind kind);
  std::optional<WireNotice> early(const Wire& wire, Kind kind);
  // Where `last`, what was sent last, waits for the program itself.
  void go_on_with_others(const Wire& last);
  // Writes down and delivers how one of what is under way has ended. False where it has not.
  bool finish(std::size_t place);
  bool is_under_way(const Wire& wire) const {
    return std::ranges::find(under_way_, &wire, &UnderWay::wire) != under_way_.end();
  }
  // False where nothing is put off.
  bool handle_deferred();
  void note_or_defer(const WireNotice& notice);
  bool waits_for_program(const Wire& wire);
  bool waits_for_others() const {
    return stage_.turns != nullptr && stage_.turns->scheduler.waits(told_.client);
  }
  void end_over_time();
  void handle(const WireNotice& notice);
  void opened(const WireNotice& notice);
  void asked(Wire& wire, const WireNotice& notice);
  void note(const WireNotice& notice);
  void meet(Wire& wire);
  Wire* find(int link);
  void tell(const Wire& wire, std::function<void(Link&)> word);
  void tell_outcome(const sim::ExitStatus& status);
  bool has_done_everything() const;
  sim::Outcome outcome_of_killed() const;
  [[noreturn]] void fail(const std::string& what) const;

  // The disk is full, or no longer, while the unit is executed.
  void fill_disk(Going& going, const Fault& fault);
  void free_disk();
  // The unit without a fault, and one whose last step here meets one.
  void go_through(Wire& wire, Going going);
  void deliver(Wire& wire, const Going& going, const WireUnitEnd& end);
  void strike(Wire& wire, Going& going, const Fault& fault, bool is_last);
  // False where the client has gone meanwhile: the connection is then lost, and written down so.
  bool send_up_to(Wire& wire, const Going& going);
  bool send_through(Wire& wire, Going& going, const Fault& fault, bool is_last, bool writes_down);
  void raise(Wire& wire, const Going& going, const RaiseError& fault);
  void lose_reply(Wire& wire, Going& going, const Fault& fault, bool is_last);
  void delay(Wire& wire);
  void strike_process(Wire& wire, Going& going, const Fault& fault, bool is_last);
  bool ends_by(int number);
  void terminate(Wire& wire, Going& going, const Fault& fault, bool after, bool is_last);
  void crash(Wire& wire, Going& going, const CrashServer& fault, bool is_last);
  void stop(Wire& wire, Going& going, const Fault& fault);

  std::optional<WireUnitEnd> sent_and_answered(Wire& wire, const std::function<void(Link&)>& word);
  // Where the program waits for the fate of what it has asked; empty where the connection is lost.
  std::optional<WireReply> ask(Wire& wire, const std::string& sql);
  void record(const Wire& wire, const Step& step, const Fault* fault, const std::string& answer,
              const std::string& seen = "");
  // Writes the answers of the first steps down, and what they mean for the transaction; `fault` is
  // that of the last step.
  void record_answers(Wire& wire, const Going& going, const WireUnitEnd& end, std::size_t steps,
                      const Fault* fault);
  void follow(Wire& wire, const Step& step, bool ok, const WireAnswer& answer);
  void note_touched(Wire& wire, const Step& step, const TransactionState& before, bool ok,
                    bool alone);
  static const Fault* struck_at(const Going& going, std::size_t step, const Fault* last);
  void note_gone(Wire& wire, const Going& going, std::size_t first, const Fault* fault);
  void forget_unanswered(Wire& wire, const Step& step);
  void end_transaction(Wire& wire, sim::Outcome outcome);
  void note_xid(const Wire& wire);
  void resolve_transactions();
  void lose(Wire& wire);
  void cut(Wire& wire);
  void terminate_backend(Wire& wire);
  void wait_until_gone(Wire& wire);

  const ProgramStage& stage_;
  World& world_;
  Director& director_;
  ProgramProcess& process_;
  Told& told_;
  std::map<int, Wire> wires_;  // By the proxy's number.
  std::deque<WireNotice> deferred_;
  std::deque<WireNotice> early_;     // Answers that nobody was ready for.
  std::vector<UnderWay> under_way_;  // As they were sent.
  std::string waited_for_;
  bool given_up_ = false;
  bool killed_ = false;
  bool over_time_ = false;
  bool crashed_ = false;
  std::string killed_how_;
  std::chrono::milliseconds program_time_{0};
  bool durable_sent_ = false;
  bool unanswered_ = false;           // Something durable was sent, and no answer came.
  std::vector<std::string> durable_;  // Answered, in order.
  bool has_cancelled_ = false;
  bool is_left_behind_ = false;
  std::int64_t xid_ = 0;  // Of the transaction that is about to be in doubt; 0: none.
  std::vector<std::pair<std::size_t, std::int64_t>> xids_;  // Of told_.transactions, by index.
};

}  // namespace splitproof::harness
