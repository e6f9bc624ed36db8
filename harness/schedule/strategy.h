// Who moves next. A strategy sees the moves that are possible and answers with one of them; it
// knows neither threads nor databases, and the same choices always meet the same answers.
//
// The moves are offered in one fixed order: that of the session that moved last first, then the
// others by letter. The first offer is therefore what happens where nobody chooses: whoever moved
// last goes on as far as it can.
#pragma once

#include <cstddef>
#include <vector>

#include "harness/plan/plan.h"

namespace splitproof::harness {

// One session takes a step, or is refused the lock that it waits for.
struct Move {
  char session = 'a';
  bool refused = false;
  friend auto operator<=>(const Move&, const Move&) = default;
};

class Strategy {
 public:
  virtual ~Strategy() = default;
  // An index into `options`, which is never empty.
  virtual std::size_t choose(const std::vector<Move>& options) = 0;
};

// Follows an order that was written down. A turn that cannot be taken is passed over; behind the
// end of the order the first offer is taken.
class Replay final : public Strategy {
 public:
  explicit Replay(std::vector<Turn> order) : order_(std::move(order)) {}
  std::size_t choose(const std::vector<Move>& options) override;

 private:
  std::vector<Turn> order_;
  std::size_t turn_ = 0;
  int steps_ = 0;  // Taken of that turn.
};

// Every order there is, depth first: begin() before each run, next() after it. It keeps the choices
// of one run only.
class Exhaustive final : public Strategy {
 public:
  void begin() { depth_ = 0; }
  std::size_t choose(const std::vector<Move>& options) override;
  // Goes on to an order that was not run; false when there is none left.
  bool next();
  // Runs that were begun and ended by next().
  std::int64_t explored() const { return explored_; }
  // Whether a run was offered other moves than the run before it, after the same choices: the
  // sessions then depend on something that no order settles, and not every order was seen.
  bool diverged() const { return diverged_; }

 private:
  struct Choice {
    std::size_t taken = 0;
    std::vector<Move> options;
  };
  std::vector<Choice> choices_;
  std::size_t depth_ = 0;
  std::int64_t explored_ = 0;
  bool diverged_ = false;
};

}  // namespace splitproof::harness
