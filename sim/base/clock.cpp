#include "sim/base/clock.h"

#include <thread>

namespace splitproof::sim {

Instant SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

void SystemClock::wait(std::chrono::milliseconds duration) {
  std::this_thread::sleep_for(duration);
}

}  // namespace splitproof::sim
