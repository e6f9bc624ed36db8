// The service's workers at once, on one thread: who takes the next step is drawn, and a worker that
// waits is passed over until the clock has come to its time.
//
// The clock is the machine's: what it shows may be wrong, but time passes on it as it does in the
// world. Where nobody but waiting workers are left, it moves to the first of their times.
#pragma once

#include <functional>
#include <vector>

#include "harness/simulate/fibers.h"
#include "sim/base/clock.h"
#include "sim/base/rng.h"

namespace splitproof::harness::life {

class Crew final : public sim::Clock {
 public:
  explicit Crew(sim::Instant start) : true_now_(start) {}

  // What the machine takes for the time.
  sim::Instant now() const override { return true_now_ + skew_; }
  // Of a worker, or of somebody who is alone.
  void wait(std::chrono::milliseconds duration) override;

  sim::Instant true_now() const { return true_now_; }
  // Moves on to this instant of the world, unless it is later already.
  void pass_until(sim::Instant instant);
  void set_wrong_by(std::chrono::milliseconds skew) { skew_ = skew; }
  std::chrono::milliseconds wrong_by() const { return skew_; }

  // Runs all bodies to their ends. `rng` chooses; neither may be empty or let an exception out.
  void run(const std::vector<std::function<void()>>& bodies, sim::Rng& rng);
  // Of a body: lets others go on. Returns at once while it is held, and outside of run().
  void pause();
  // While it is held, nobody else goes on.
  void hold(bool held) { held_ = held; }
  // Which body runs, counted from 0.
  std::size_t turn() const { return turn_; }
  std::int64_t switches() const { return switches_; }

 private:
  // Others go on.
  void let_go();

  sim::Instant true_now_;
  std::chrono::milliseconds skew_{0};
  Fibers fibers_;
  std::vector<sim::Instant> wake_at_;
  std::size_t turn_ = 0;
  bool held_ = false;
  std::int64_t switches_ = 0;
};

}  // namespace splitproof::harness::life
