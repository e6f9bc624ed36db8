#include "sim/base/clock.h"

#include <thread>

namespace splitproof::sim {

// The one place that reads and waits on the machine's clock: programs that live in real time are
// given it by their main(), everything else gets a clock that a run controls.
Instant SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

void SystemClock::wait(std::chrono::milliseconds duration) {
  std::this_thread::sleep_for(duration);
}

}  // namespace splitproof::sim
