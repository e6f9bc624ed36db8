// The half of SpecPlayer that runs setups and teardowns, and tells what steps were answered.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/spec/spec_player.h"

namespace splitproof::harness {
namespace {

using std::chrono::microseconds;
using Kind = sim::AsyncResult::Kind;

constexpr microseconds block_look{500};
constexpr microseconds block_look_longest{10'000};
// A setup or a teardown is asked about when it takes longer than this.
constexpr std::chrono::milliseconds usual_time{50};

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

void SpecPlayer::set_up() {
  for (const SpecBlock& block : spec_.setups) {
    work_ = "the setup";
    set_up_one(sessions_.control(), block, "");
  }
  for (std::size_t i = 0; i < spec_.sessions.size(); ++i) {
    const SpecSession& session = spec_.sessions[i];
    if (!session.setup) continue;
    work_ = fmt::format("the setup of the session '{}'", session.name);
    set_up_one(sessions_.session(i), *session.setup, " of session " + session.name);
    if (!sessions_.session(i).is_open()) lose(i);
  }
}

void SpecPlayer::set_up_one(sim::AsyncSession& session, const SpecBlock& block,
                            const std::string& owner) {
  const sim::AsyncResult result = run_block(session, block.sql);
  if (result.kind == Kind::done) return;
  if (result.kind == Kind::rows) return listener_.out(result.text);
  listener_.complain(fmt::format("setup{} failed: {}", owner, result.message));
  if (cancelled_) throw SpecBroken(fmt::format("{} did not end", work_));
  if (session.is_open()) throw SpecRefusedSetup(block.place, first_line(result.message));
}

void SpecPlayer::tear_down() {
  for (std::size_t i = 0; i < spec_.sessions.size(); ++i) {
    const SpecSession& session = spec_.sessions[i];
    if (!session.teardown) continue;
    work_ = fmt::format("the teardown of the session '{}'", session.name);
    tear_down_one(sessions_.session(i), *session.teardown, " of session " + session.name);
  }
  for (std::size_t i = 0; i < spec_.sessions.size(); ++i) {
    const std::string& name = spec_.sessions[i].name;
    if (!sessions_.session(i).is_open()) {
      sessions_.is_blocked(i, {}, SpecSessions::patience);
      outcome_.warnings.push_back(fmt::format("the session '{}' lost its connection", name));
    } else if (sessions_.session(i).is_in_transaction()) {
      outcome_.warnings.push_back(fmt::format("the session '{}' leaves a transaction open", name));
    }
  }
  if (!spec_.teardown) return;
  work_ = "the teardown";
  tear_down_one(sessions_.control(), *spec_.teardown, "");
  if (cancelled_) throw SpecBroken("the teardown did not end");
}

void SpecPlayer::tear_down_one(sim::AsyncSession& session, const SpecBlock& block,
                               const std::string& owner) {
  const sim::AsyncResult result = run_block(session, block.sql);
  if (result.kind == Kind::done) return;
  if (result.kind == Kind::rows) return listener_.out(result.text);
  listener_.complain(fmt::format("teardown{} failed: {}", owner, result.message));
  outcome_.warnings.push_back(fmt::format("{} failed: {}", work_, first_line(result.message)));
}

void SpecPlayer::tear_down_again() {
  if (!spec_.teardown) return;
  work_ = "the teardown";
  run_block(sessions_.control(), spec_.teardown->sql);
}

sim::AsyncResult SpecPlayer::run_block(sim::AsyncSession& session, const std::string& sql) {
  cancelled_ = false;
  sim::AsyncResult last;
  Patience patience{std::chrono::steady_clock::now()};
  std::optional<sim::AsyncResult> result;
  if (session.send(sql)) {
    do {
      microseconds look = block_look;
      while (session.is_busy()) {
        if (session.wait(look)) {
          if (session.is_hung_up() || !session.consume()) break;
          continue;
        }
        look = std::min(2 * look, block_look_longest);
        if (limits_.stopped()) throw SpecStopped();
        if (!patience.cancelled) cancel_if_it_waits_for_ever(session, patience);
        keep_limit(session, nullptr, patience);
      }
      result = session.next_result();
      if (result) last = *result;
    } while (result);
  } else {
    last.kind = Kind::error;
    last.message = session.trouble();
  }
  cancelled_ = patience.cancelled;
  if (&session == &sessions_.control() && !session.is_open()) {
    throw SpecServerLost(session.trouble());
  }
  return last;
}

// Every other session is idle, and none will be given anything to do before this has ended.
void SpecPlayer::cancel_if_it_waits_for_ever(sim::AsyncSession& session, Patience& patience) {
  if (std::chrono::steady_clock::now() - patience.begin < usual_time) return;
  bool waits = false;
  if (&session == &sessions_.control()) {
    waits = sessions_.is_control_blocked();
  } else {
    for (std::size_t i = 0; i < spec_.sessions.size(); ++i) {
      if (&session != &sessions_.session(i)) continue;
      waits = sessions_.is_blocked(i, {}, SpecSessions::patience);
    }
  }
  if (!waits) return;
  patience.cancelled = session.cancel().empty();
  outcome_.inconclusive.push_back(
      fmt::format("{} waited for a session that has nothing to do, and was cancelled", work_));
}

void SpecPlayer::tell_waiting(const SpecStep& step) {
  outcome_.waited.push_back(step.name);
  listener_.out(fmt::format("step {}: {} <waiting ...>\n", step.name, step.sql));
}

void SpecPlayer::tell_answers(const SpecStep& step) {
  sim::AsyncSession& session = sessions_.session(step.session);
  Patience patience{std::chrono::steady_clock::now()};
  while (true) {
    while (session.is_busy()) {
      if (session.wait(block_look_longest)) {
        if (session.is_hung_up() || !session.consume()) break;
        continue;
      }
      if (limits_.stopped()) throw SpecStopped();
      keep_limit(session, &step, patience);
    }
    const std::optional<sim::AsyncResult> result = session.next_result();
    if (!result) return;
    tell_answer(step, *result);
  }
}

void SpecPlayer::tell_answer(const SpecStep& step, const sim::AsyncResult& result) {
  switch (result.kind) {
    case Kind::done:
      return;
    case Kind::rows:
      return listener_.out(result.text);
    case Kind::error:
      outcome_.errors.push_back({step.name, result.sqlstate, first_line(result.text)});
      return listener_.out(result.text + "\n");
    case Kind::foreign:
      return listener_.out(fmt::format("unexpected result status: {}\n", result.text));
  }
}

void SpecPlayer::tell_notifications(std::size_t session) {
  sim::AsyncSession& listening = sessions_.session(session);
  listening.consume();
  while (const std::optional<sim::AsyncNotification> told = listening.next_notification()) {
    std::string sender = fmt::format("PID {}", told->backend_pid);
    for (std::size_t i = 0; i < spec_.sessions.size(); ++i) {
      if (sessions_.session(i).backend_pid() == told->backend_pid) {
        sender = spec_.sessions[i].name;
        break;
      }
    }
    listener_.out(fmt::format("{}: NOTIFY \"{}\" with payload \"{}\" from {}\n",
                              spec_.sessions[session].name, told->channel, told->payload, sender));
    listening.consume();
  }
}

}  // namespace splitproof::harness
