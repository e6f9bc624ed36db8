// One line on a terminal that says how far the run is, redrawn in place.
#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>

namespace splitproof::harness {

class Progress {
 public:
  Progress(std::size_t cases, std::ostream& out) : cases_(cases), out_(out) {}

  // Draws at most some twenty times a second; calls in between cost a look at the clock.
  void show(std::size_t cases_done, std::int64_t runs, const std::string& name);
  // Removes the line, if one was drawn.
  void clear();

 private:
  std::size_t cases_;
  std::ostream& out_;
  std::chrono::steady_clock::time_point drawn_{};
  bool visible_ = false;
};

}  // namespace splitproof::harness
