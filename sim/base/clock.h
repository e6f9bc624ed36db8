// The one door to time. Code that waits or dates something is given a Clock; only main() of a
// program chooses the machine's own.
#pragma once

#include <chrono>

namespace splitproof::sim {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  // Returns when `duration` has passed on this clock.
  virtual void wait(std::chrono::milliseconds duration) = 0;
};

// Time that moves only when somebody waits. Not for use by several threads at once.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}
  Instant now() const override { return now_; }
  void wait(std::chrono::milliseconds duration) override { now_ += duration; }

 private:
  Instant now_;
};

// The machine's clock; for the main() of programs that live in real time.
class SystemClock final : public Clock {
 public:
  Instant now() const override;
  void wait(std::chrono::milliseconds duration) override;
};

}  // namespace splitproof::sim
