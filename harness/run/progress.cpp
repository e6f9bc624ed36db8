#include "harness/run/progress.h"

#include <fmt/format.h>

namespace splitproof::harness {

void Progress::show(std::size_t cases_done, std::int64_t runs, const std::string& name) {
  using namespace std::chrono_literals;
  const auto now = std::chrono::steady_clock::now();
  if (visible_ && now - drawn_ < 50ms) return;
  drawn_ = now;
  visible_ = true;
  out_ << fmt::format("\r\x1b[K{} of {} cases, {} runs: {}", cases_done, cases_, runs, name)
       << std::flush;
}

void Progress::clear() {
  if (visible_) out_ << "\r\x1b[K" << std::flush;
  visible_ = false;
}

}  // namespace splitproof::harness
