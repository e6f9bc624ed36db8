#include "harness/spec/spec_player.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace splitproof::harness {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::seconds;

// Most steps answer within this, and are then not asked about at all.
constexpr microseconds first_look{250};
// One that has waited before either waits still, and is then told to at once, or answers soon.
constexpr microseconds first_look_again{20};
constexpr microseconds longest_look{10'000};

microseconds next_look(microseconds look) { return std::min(look * 3 / 2, longest_look); }

microseconds since(std::chrono::steady_clock::time_point begin) {
  return duration_cast<microseconds>(std::chrono::steady_clock::now() - begin);
}

std::string step_in_words(const IsolationSpec& spec, const SpecStep& step) {
  return fmt::format("the step '{}' of the session '{}'", step.name,
                     spec.sessions[step.session].name);
}

}  // namespace

SpecPlayer::SpecPlayer(const IsolationSpec& spec, SpecSessions& sessions, const SpecLimits& limits,
                       SpecListener& listener, const SpecPermutation& order, SpecOutcome& outcome)
    : spec_(spec),
      sessions_(sessions),
      limits_(limits),
      listener_(listener),
      order_(order),
      outcome_(outcome),
      active_(spec.sessions.size(), nullptr),
      notices_(spec.sessions.size(), 0),
      awaited_notices_(order.size()) {
  for (const SpecUse& use : order) outcome.steps.push_back(spec.steps[use.step].name);
}

void SpecPlayer::play() {
  std::string heading = "\nstarting permutation:";
  for (const std::string& name : outcome_.steps) heading += " " + name;
  listener_.out(heading + "\n");
  set_up();
  run_steps();
  tear_down();
}

void SpecPlayer::hear_notice(std::size_t session, const std::string& text) {
  listener_.out(fmt::format("{}: {}", spec_.sessions[session].name, text));
  ++notices_[session];
  heard_notice_ = true;
}

void SpecPlayer::run_steps() {
  for (const SpecUse& use : order_) launch(use);
  look_at_waiting(false);
  if (waiting_.empty()) return;
  listener_.complain("failed to complete permutation due to mutually-blocking steps\n");
  throw SpecBroken("its steps wait for each other by their markers");
}

void SpecPlayer::launch(const SpecUse& use) {
  const SpecStep& step = spec_.steps[use.step];
  sim::AsyncSession& session = sessions_.session(step.session);
  if (active_[step.session] != nullptr) wait_for_session(step.session);
  work_ = step_in_words(spec_, step);
  if (!session.send(step.sql)) {
    listener_.out(
        fmt::format("failed to send query for step {}: {}\n", step.name, session.trouble()));
    lose(step.session);
  }
  active_[step.session] = &use;
  for (const SpecBlocker& blocker : use.blockers) {
    const std::size_t teller = spec_.steps[blocker.step].session;
    awaited_notices_[place_of(use)].push_back(notices_[teller] + blocker.count);
  }
  const bool waits = is_at_work(use, true, false);
  look_at_waiting(true);
  if (waits) waiting_.push_back(&use);
}

// The session is to do something else, and has not completed what it was sent before.
void SpecPlayer::wait_for_session(std::size_t session) {
  const Time begin = std::chrono::steady_clock::now();
  microseconds look = first_look;
  while (active_[session] != nullptr) {
    if (!is_at_work(*active_[session], false, true)) {
      std::erase_if(waiting_,
                    [&](const SpecUse* use) { return spec_.steps[use->step].session == session; });
    }
    look_at_waiting(true);
    if (active_[session] == nullptr) return;
    // It has answered, and a marker holds it back until others move: its socket stays silent.
    sessions_.session(session).wait(look);
    look = next_look(look);
    if (limits_.stopped()) throw SpecStopped();
    if (since(begin) <= 2 * limits_.step) continue;
    const std::string& name = spec_.steps[active_[session]->step].name;
    std::string told = fmt::format("step {} timed out after {} seconds\nactive steps are:", name,
                                   duration_cast<seconds>(since(begin)).count());
    for (const SpecUse* const use : active_) {
      if (use != nullptr) told += " " + spec_.steps[use->step].name;
    }
    listener_.complain(told + "\n");
    throw SpecBroken(fmt::format("the step '{}' is held back by its markers for ever", name));
  }
}

void SpecPlayer::look_at_waiting(bool may_wait) {
  bool again = true;
  while (again) {
    heard_notice_ = false;
    bool marked = false;
    const std::size_t before = waiting_.size();
    for (std::size_t i = 0; i < waiting_.size();) {
      const SpecUse* const use = waiting_[i];
      if (is_at_work(*use, may_wait, true)) {
        marked = marked || !use->blockers.empty();
        ++i;
      } else {
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
    // A step may have been held back by one that stands behind it in the list.
    again = marked && (waiting_.size() < before || heard_notice_);
  }
}

bool SpecPlayer::is_at_work(const SpecUse& use, bool may_wait, bool again) {
  const SpecStep& step = spec_.steps[use.step];
  const bool told_to_wait = std::ranges::any_of(use.blockers, [](const SpecBlocker& blocker) {
    return blocker.kind == SpecBlocker::Kind::once;
  });
  const bool waits = (!again && told_to_wait) ||
                     wait_for_answer(step, may_wait, again) == Found::wait || is_held_back(use);
  if (waits) {
    if (!again) tell_waiting(step);
    return true;
  }
  listener_.out(again ? fmt::format("step {}: <... completed>\n", step.name)
                      : fmt::format("step {}: {}\n", step.name, step.sql));
  tell_answers(step);
  tell_notifications(step.session);
  active_[step.session] = nullptr;
  return false;
}

SpecPlayer::Found SpecPlayer::wait_for_answer(const SpecStep& step, bool may_wait, bool again) {
  sim::AsyncSession& session = sessions_.session(step.session);
  work_ = step_in_words(spec_, step);
  Patience patience{std::chrono::steady_clock::now()};
  microseconds look = again && may_wait ? first_look_again : first_look;
  const auto take = [&] {
    if (session.consume()) return;
    listener_.complain("PQconsumeInput failed: " + session.trouble() + "\n");
    lose(step.session);
  };
  while (session.is_busy()) {
    if (session.wait(look)) {
      take();
      continue;
    }
    if (limits_.stopped()) throw SpecStopped();
    if (may_wait &&
        sessions_.is_blocked(step.session, others_at_work(step.session), since(patience.begin))) {
      // The question took its time, in which notices, or the answer, may have come.
      take();
      return session.is_busy() ? Found::wait : Found::answer;
    }
    keep_limit(session, &step, patience);
    look = next_look(look);
  }
  return Found::answer;
}

bool SpecPlayer::is_held_back(const SpecUse& use) const {
  for (std::size_t i = 0; i < use.blockers.size(); ++i) {
    const SpecBlocker& blocker = use.blockers[i];
    const std::size_t session = spec_.steps[blocker.step].session;
    if (blocker.kind == SpecBlocker::Kind::other_step && active_[session] != nullptr &&
        active_[session]->step == blocker.step) {
      return true;
    }
    if (blocker.kind == SpecBlocker::Kind::notices &&
        notices_[session] < awaited_notices_[place_of(use)][i]) {
      return true;
    }
  }
  return false;
}

std::vector<std::size_t> SpecPlayer::others_at_work(std::size_t session) const {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < active_.size(); ++i) {
    if (i != session && active_[i] != nullptr) others.push_back(i);
  }
  return others;
}

std::size_t SpecPlayer::place_of(const SpecUse& use) const {
  return static_cast<std::size_t>(&use - order_.data());
}

void SpecPlayer::keep_limit(sim::AsyncSession& session, const SpecStep* step, Patience& patience) {
  const microseconds taken = since(patience.begin);
  const auto whole = duration_cast<seconds>(taken).count();
  if (taken > limits_.step && !patience.cancelled) {
    const std::string objection = session.cancel();
    patience.cancelled = objection.empty();
    if (!patience.cancelled) {
      listener_.complain("PQcancel failed: " + objection);
    } else {
      outcome_.inconclusive.push_back(
          fmt::format("{} took longer than {} ms and was cancelled", work_, limits_.step.count()));
      if (step != nullptr) {
        listener_.out(fmt::format("isolationtester: canceling step {} after {} seconds\n",
                                  step->name, whole));
      }
    }
  }
  if (taken <= 2 * limits_.step) return;
  if (step != nullptr) {
    listener_.complain(fmt::format("step {} timed out after {} seconds\n", step->name, whole));
  }
  throw SpecBroken(fmt::format("{} goes on although it was cancelled", work_));
}

void SpecPlayer::lose(std::size_t session) {
  // Asking anything tells whether it is the server that is lost.
  sessions_.is_blocked(session, {}, SpecSessions::patience);
  throw SpecBroken(fmt::format("the session '{}' lost its connection to the server",
                               spec_.sessions[session].name));
}

}  // namespace splitproof::harness
