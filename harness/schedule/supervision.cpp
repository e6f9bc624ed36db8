// The half of Scheduler that the calling thread runs: it starts the sessions, notices those that
// wait inside a server, and lets them go on when the server does.
#include <algorithm>
#include <chrono>

#include "harness/run/failure.h"
#include "harness/schedule/scheduler.h"

namespace splitproof::harness {

namespace {

// How long a statement may run before the server is asked about it: longer each time.
class Patience {
 public:
  std::chrono::microseconds next() {
    const std::chrono::microseconds bound = bound_;
    bound_ = std::min(2 * bound_, max);
    return bound;
  }
  void renew() { bound_ = first; }

 private:
  static constexpr std::chrono::microseconds first{200};
  static constexpr std::chrono::microseconds max{20'000};
  std::chrono::microseconds bound_ = first;
};

// Questions at the longest bound: a second for somebody outside, such as a vacuum, to let go; and
// for a circle of ours much longer than the server takes to break it.
constexpr int questions_outside = 50;
constexpr int questions_circle = 500;
constexpr int questions_max = 5'000;

}  // namespace

void Scheduler::supervise(Lock& lock) {
  starting_ = true;
  for (auto& [letter, session] : sessions_) {
    if (session.standing != Standing::parked) continue;
    grant(letter, false);
    wait_for_token(lock);
  }
  starting_ = false;
  while (true) {
    settle(lock);
    if (all_ended()) return;
    if (any(Standing::parked) || any(Standing::yielded)) {
      pass_on();
      wait_for_token(lock);
    } else {
      break_standstill(lock);
    }
  }
}

// Meanwhile the server is asked about a statement that takes long.
void Scheduler::wait_for_token(Lock& lock) {
  const auto is_ours = [&] { return owner_ == nobody; };
  if (!watch_->waits_in_server()) {
    caller_.wait(lock, is_ours);
    return;
  }
  Patience patience;
  std::int64_t seen = entered_;
  questions_ = 0;
  while (!caller_.wait_for(lock, patience.next(), is_ours)) {
    if (seen != entered_) {
      patience.renew();
      questions_ = 0;
    } else if (sessions_.at(owner_).standing == Standing::inside) {
      look_at(lock, owner_);
    }
    seen = entered_;
  }
}

void Scheduler::look_at(Lock& lock, char letter) {
  Session& session = sessions_.at(letter);
  asking_ = true;
  lock.unlock();
  const std::optional<std::string> waits = ask(letter);
  lock.lock();
  asking_ = false;
  if (session.answered) session.turn.notify_one();
  if (session.answered || !waits) return;
  session.blockers = *waits;
  // The server is about to end a circle; whom it picks is the statement that closed it. Somebody
  // outside will let go by himself.
  ++questions_;
  if (closes_circle(letter) && questions_ < questions_circle) return;
  if (waits->empty() && questions_ < questions_outside) return;
  note_wait(session, *waits);
  touched_.everything();
  session.standing = Standing::stuck;
  session.asked_at = grants_;
  owner_ = nobody;
}

// Lets everybody go on whose wait is over. Each that goes on may end another's wait.
void Scheduler::settle(Lock& lock) {
  for (auto next = sessions_.begin(); next != sessions_.end();) {
    const auto& [letter, session] = *next;
    const bool may_have_changed =
        session.standing == Standing::stuck && (session.answered || session.asked_at != grants_);
    if (may_have_changed && resume_if_free(lock, letter)) {
      next = sessions_.begin();
    } else {
      ++next;
    }
  }
}

bool Scheduler::resume_if_free(Lock& lock, char letter) {
  Session& session = sessions_.at(letter);
  Patience patience;
  for (int questions = 0;; ++questions) {
    session.asked_at = grants_;
    if (session.answered) {
      touched_.everything();
      grant(letter, false);
      wait_for_token(lock);
      return true;
    }
    lock.unlock();
    const std::optional<std::string> waits = ask(letter);
    lock.lock();
    if (session.answered) continue;
    if (waits) {
      session.blockers = *waits;
      if (!closes_circle(letter) || questions > questions_circle) {
        note_wait(session, *waits);
        return false;
      }
    }
    caller_.wait_for(lock, patience.next(), [&] { return session.answered; });
  }
}

// Everybody who has not ended waits in the server.
void Scheduler::break_standstill(Lock& lock) {
  Patience patience;
  const auto someone_answered = [&] {
    return std::ranges::any_of(sessions_, [](const auto& entry) {
      return entry.second.standing == Standing::stuck && entry.second.answered;
    });
  };
  for (int questions = 0; questions < questions_max; ++questions) {
    for (auto& [letter, session] : sessions_) {
      if (session.standing == Standing::stuck && resume_if_free(lock, letter)) return;
    }
    const char root = victim();
    // Who waits for a session that has ended, or for another connection of its own, waits in vain.
    const bool in_vain = !waits_for_stuck(root) && !sessions_.at(root).blockers.empty();
    if (in_vain || (questions > 0 && questions % questions_outside == 0)) {
      sessions_.at(root).given_up = true;
      try {
        watch_->cancel(root);
      } catch (...) {
        if (!failure_) failure_ = std::current_exception();
      }
    }
    caller_.wait_for(lock, patience.next(), someone_answered);
  }
  throw HarnessFailure("a statement waits in the server for nobody and cannot be cancelled");
}

bool Scheduler::waits_for_stuck(char letter) const {
  return std::ranges::any_of(sessions_.at(letter).blockers, [&](char blocker) {
    const auto other = sessions_.find(blocker);
    return blocker != letter && other != sessions_.end() &&
           other->second.standing == Standing::stuck;
  });
}

// The first that waits for none of those that wait; in a circle, the first of all.
char Scheduler::victim() const {
  char first = nobody;
  for (const auto& [letter, session] : sessions_) {
    if (session.standing != Standing::stuck) continue;
    if (first == nobody) first = letter;
    if (!waits_for_stuck(letter)) return letter;
  }
  return first;
}

}  // namespace splitproof::harness
