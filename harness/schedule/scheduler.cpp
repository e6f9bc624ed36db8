#include "harness/schedule/scheduler.h"

#include <algorithm>

#include "harness/run/failure.h"

namespace splitproof::harness {

namespace {

// No documented case needs a hundredth of it.
constexpr std::int64_t steps_max = 20'000;

void add_letters(std::string& letters, const std::string& more) {
  letters += more;
  std::ranges::sort(letters);
  letters.erase(std::ranges::unique(letters).begin(), letters.end());
}

}  // namespace

Scheduler::~Scheduler() {
  {
    const std::lock_guard guard(mutex_);
    closing_ = true;
    for (auto& [letter, session] : sessions_) session.turn.notify_one();
  }
  for (auto& [letter, session] : sessions_) session.thread.join();
}

std::vector<Chosen> Scheduler::run(const Jobs& jobs, Strategy& strategy, LockWatch& watch) {
  Lock lock(mutex_);
  strategy_ = &strategy;
  watch_ = &watch;
  chosen_.clear();
  failure_ = nullptr;
  last_ = nobody;
  steps_ = 0;
  touched_ = Footprint{};
  for (const auto& [letter, job] : jobs) {
    Session& session = sessions_[letter];
    session.job = job;
    session.standing = Standing::parked;
    session.asked_at = -1;
    if (!session.thread.joinable()) {
      session.thread = std::thread([this, name = letter] { work(name); });
    }
  }
  supervise(lock);
  end_step();
  if (failure_) std::rethrow_exception(failure_);
  return std::move(chosen_);
}

void Scheduler::work(char letter) {
  Lock lock(mutex_);
  Session& me = sessions_.at(letter);
  while (true) {
    me.turn.wait(lock, [&] { return closing_ || owner_ == letter; });
    if (closing_) return;
    lock.unlock();
    std::exception_ptr failure;
    try {
      me.job();
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (failure && !failure_) failure_ = failure;
    me.standing = Standing::ended;
    hand_over();
  }
}

void Scheduler::await_turn(char session) {
  Lock lock(mutex_);
  if (++steps_ > steps_max) {
    throw HarnessFailure("the sessions have taken 20000 steps and do not come to an end");
  }
  Session& me = sessions_.at(session);
  me.standing = Standing::parked;
  hand_over();
  me.turn.wait(lock, [&] { return owner_ == session; });
}

void Scheduler::enter(char session) {
  const std::lock_guard guard(mutex_);
  Session& me = sessions_.at(session);
  me.standing = Standing::inside;
  me.answered = false;
  me.waited_for.clear();
  me.given_up = false;
  ++entered_;
}

bool Scheduler::gave_up(char session) {
  const std::lock_guard guard(mutex_);
  return sessions_.at(session).given_up;
}

std::string Scheduler::leave(char session) {
  Lock lock(mutex_);
  Session& me = sessions_.at(session);
  me.answered = true;
  if (me.standing == Standing::stuck) caller_.notify_one();
  me.turn.wait(lock, [&] { return owner_ == session && !asking_; });
  me.standing = Standing::moving;
  return std::move(me.waited_for);
}

bool Scheduler::yield(char session) {
  Lock lock(mutex_);
  Session& me = sessions_.at(session);
  me.standing = Standing::yielded;
  touched_.everything();
  note_wait(me, ask(session).value_or(""));
  hand_over();
  me.turn.wait(lock, [&] { return owner_ == session; });
  return !me.refused;
}

bool Scheduler::waits(char session) {
  const std::lock_guard guard(mutex_);
  return sessions_.at(session).standing == Standing::stuck;
}

bool Scheduler::others_wait(char session) {
  const std::lock_guard guard(mutex_);
  return std::ranges::any_of(sessions_, [&](const auto& entry) {
    return entry.first != session && entry.second.standing == Standing::stuck;
  });
}

void Scheduler::note_wait(Session& session, const std::string& blockers) {
  session.blockers = blockers;
  add_letters(session.waited_for, blockers);
}

void Scheduler::grant(char letter, bool refused) {
  Session& session = sessions_.at(letter);
  session.refused = refused;
  session.standing = Standing::moving;
  for (auto& [other, one] : sessions_) {
    if (!one.resting || other == letter) continue;
    // Nobody else's step could have been the one that ends the rest.
    one.resting = false;
    touched_.everything();
  }
  owner_ = letter;
  ++grants_;
  session.turn.notify_one();
}

void Scheduler::rest(char session) {
  const Lock lock(mutex_);
  sessions_.at(session).resting = true;
  touched_.everything();
}

bool Scheduler::asks_what_is_touched() const { return strategy_->asks_what_is_touched(); }

void Scheduler::touch(const Footprint& touched) {
  const Lock lock(mutex_);
  touched_.add(touched);
}

void Scheduler::hand_over() {
  if (starting_ || any(Standing::stuck) || all_ended()) {
    owner_ = nobody;
    caller_.notify_one();
  } else {
    pass_on();
  }
}

void Scheduler::end_step() {
  if (!chosen_.empty()) strategy_->moved(touched_);
  touched_ = Footprint{};
}

void Scheduler::pass_on() {
  end_step();
  const std::vector<Move> offers = options();
  const std::size_t index = std::min(strategy_->choose(offers), offers.size() - 1);
  const auto waiting = std::ranges::count_if(sessions_, [&](const auto& entry) {
    const Standing standing = entry.second.standing;
    return (standing == Standing::stuck || standing == Standing::yielded) &&
           std::ranges::find(offers, entry.first, &Move::session) == offers.end();
  });
  chosen_.push_back({offers[index], index == 0, static_cast<int>(waiting)});
  last_ = offers[index].session;
  grant(last_, offers[index].refused);
}

std::vector<Move> Scheduler::options() {
  std::vector<Move> moves;
  std::vector<Move> resting;
  for (const auto& [letter, session] : sessions_) {
    const bool free = session.standing == Standing::parked ||
                      (session.standing == Standing::yielded && !ask(letter));
    if (free) (session.resting ? resting : moves).push_back({letter, false});
  }
  if (moves.empty()) moves = std::move(resting);
  if (moves.empty()) {
    for (const auto& [letter, session] : sessions_) {
      if (session.standing == Standing::yielded) moves.push_back({letter, true});
    }
  }
  const auto last = std::ranges::find(moves, last_, &Move::session);
  if (last != moves.end()) std::rotate(moves.begin(), last, last + 1);
  return moves;
}

bool Scheduler::any(Standing standing) const {
  return std::ranges::any_of(sessions_,
                             [&](const auto& entry) { return entry.second.standing == standing; });
}

bool Scheduler::all_ended() const {
  return std::ranges::all_of(
      sessions_, [](const auto& entry) { return entry.second.standing == Standing::ended; });
}

// A question that fails counts as "does not wait": the statement's own answer then decides.
std::optional<std::string> Scheduler::ask(char letter) {
  try {
    return watch_->waits_for(letter);
  } catch (...) {
    if (!failure_) failure_ = std::current_exception();
    return std::nullopt;
  }
}

// Whether whoever `letter` waits for waits for it in turn.
bool Scheduler::closes_circle(char letter) const {
  std::string reached = sessions_.at(letter).blockers;
  std::erase(reached, letter);
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const auto next = sessions_.find(reached[i]);
    if (next == sessions_.end() || next->second.standing != Standing::stuck) continue;
    for (const char blocker : next->second.blockers) {
      if (blocker == letter) return true;
      if (reached.find(blocker) == std::string::npos) reached += blocker;
    }
  }
  return false;
}

}  // namespace splitproof::harness
