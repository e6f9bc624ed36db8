// Runs one permutation of an isolation spec: what is sent when, what is waited for, and what is
// told, in the order in which isolationtester of PostgreSQL 15 does it, to the letter.
//
// The one liberty taken is how soon it asks whether a session waits. What ends isolationtester, or
// would keep it waiting for ever, ends the permutation.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/spec/spec.h"
#include "harness/spec/spec_outcome.h"
#include "harness/spec/spec_sessions.h"

namespace splitproof::harness {

struct SpecLimits {
  std::chrono::milliseconds step;  // A step, setup or teardown that takes longer is cancelled.
  std::function<bool()> stopped;   // Somebody wants the run to end; never empty.
};

// A permutation that cannot go on; what() is a clause that says why.
class SpecBroken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The database refuses a setup; what() is what it says.
class SpecRefusedSetup : public std::runtime_error {
 public:
  SpecRefusedSetup(SourcePlace place, const std::string& message)
      : std::runtime_error(message), place_(std::move(place)) {}
  const SourcePlace& place() const { return place_; }

 private:
  SourcePlace place_;
};

// SpecLimits::stopped said so.
class SpecStopped : public std::runtime_error {
 public:
  SpecStopped() : std::runtime_error("stopped") {}
};

class SpecPlayer {
 public:
  // All are borrowed. Nothing is sent yet.
  SpecPlayer(const IsolationSpec& spec, SpecSessions& sessions, const SpecLimits& limits,
             SpecListener& listener, const SpecPermutation& order, SpecOutcome& outcome);

  // From the setup to the teardown. Throws SpecBroken, SpecRefusedSetup, SpecServerLost, or
  // SpecStopped; what is known by then is in the outcome.
  void play();

  // Once more the teardown, after sessions were closed that were in its way; it tells nothing.
  void tear_down_again();

  // To be called with all that a session is told beside its answers.
  void hear_notice(std::size_t session, const std::string& text);

  // What is sent at present: "the setup", "the step 'a' of the session 's1'".
  const std::string& work() const { return work_; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  enum class Found { answer, wait };
  // Since when something is waited for, and whether it was cancelled for it.
  struct Patience {
    Time begin;
    bool cancelled = false;
  };

  void set_up();
  void run_steps();
  void tear_down();
  void launch(const SpecUse& use);
  void wait_for_session(std::size_t session);
  void look_at_waiting(bool may_wait);
  bool is_at_work(const SpecUse& use, bool may_wait, bool again);
  Found wait_for_answer(const SpecStep& step, bool may_wait, bool again);
  bool is_held_back(const SpecUse& use) const;
  std::vector<std::size_t> others_at_work(std::size_t session) const;

  void tell_waiting(const SpecStep& step);
  void tell_answers(const SpecStep& step);
  void tell_answer(const SpecStep& step, const sim::AsyncResult& result);
  void tell_notifications(std::size_t session);

  sim::AsyncResult run_block(sim::AsyncSession& session, const std::string& sql);
  void cancel_if_it_waits_for_ever(sim::AsyncSession& session, Patience& patience);
  void keep_limit(sim::AsyncSession& session, const SpecStep* step, Patience& patience);
  void set_up_one(sim::AsyncSession& session, const SpecBlock& block, const std::string& owner);
  void tear_down_one(sim::AsyncSession& session, const SpecBlock& block, const std::string& owner);
  [[noreturn]] void lose(std::size_t session);
  std::size_t place_of(const SpecUse& use) const;

  const IsolationSpec& spec_;
  SpecSessions& sessions_;
  const SpecLimits& limits_;
  SpecListener& listener_;
  const SpecPermutation& order_;
  SpecOutcome& outcome_;
  std::string work_;
  std::vector<const SpecUse*> active_;   // By session: what it was sent and has not completed.
  std::vector<const SpecUse*> waiting_;  // In the order in which they began to.
  std::vector<std::int64_t> notices_;    // By session: how many were told.
  std::vector<std::vector<std::int64_t>> awaited_notices_;  // By place in the order, by blocker.
  bool heard_notice_ = false;
  bool cancelled_ = false;  // What run_block() ran last.
};

}  // namespace splitproof::harness
