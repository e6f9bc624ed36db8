#include "harness/simulate/crew.h"

#include <algorithm>

#include "sim/disk/memory_faults.h"

namespace splitproof::harness::life {

void Crew::pass_until(sim::Instant instant) { true_now_ = std::max(true_now_, instant); }

void Crew::wait(std::chrono::milliseconds duration) {
  if (!fibers_.is_inside() || held_) {
    true_now_ += duration;
    return;
  }
  wake_at_[turn_] = true_now_ + duration;
  let_go();
}

// SQLite may wait for a lock in the middle of a statement, whose memory is its worker's own affair.
void Crew::let_go() {
  const sim::MemoryScope plenty(nullptr);
  fibers_.pause();
}

void Crew::pause() {
  if (fibers_.is_inside() && !held_) let_go();
}

void Crew::run(const std::vector<std::function<void()>>& bodies, sim::Rng& rng) {
  // Of the machine's time, for what a step takes.
  constexpr std::chrono::milliseconds step{1};
  wake_at_.assign(bodies.size(), true_now_);
  for (std::size_t i = 0; i < bodies.size(); ++i) fibers_.start(i, bodies[i]);
  std::vector<std::size_t> ready;
  while (true) {
    ready.clear();
    sim::Instant first = sim::Instant::max();
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      if (fibers_.has_ended(i)) continue;
      first = std::min(first, wake_at_[i]);
      if (wake_at_[i] <= true_now_) ready.push_back(i);
    }
    if (ready.empty()) {
      if (first == sim::Instant::max()) return;
      true_now_ = first;
      continue;
    }
    turn_ = ready.size() == 1 ? ready.front() : ready[rng.below(ready.size())];
    ++switches_;
    fibers_.resume(turn_);
    true_now_ += step;
  }
}

}  // namespace splitproof::harness::life
