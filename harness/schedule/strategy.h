// Who moves next. A strategy sees the moves that are possible and answers with one of them; it
// knows neither threads nor databases, and the same choices always meet the same answers.
//
// The moves are offered in one fixed order: that of the session that moved last first, then the
// others by letter. The first offer is therefore what happens where nobody chooses: whoever moved
// last goes on as far as it can.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "harness/plan/plan.h"
#include "harness/schedule/footprint.h"

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
  // Whether moved() is told what steps touched, which costs questions to the database.
  virtual bool asks_what_is_touched() const { return false; }
  // The move chosen last is over; what it touched, or nothing where nobody asked.
  virtual void moved(const Footprint&) {}
};

// A strategy for many runs, each in another order: begin() before each, next() after it.
class Search : public Strategy {
 public:
  virtual void begin() = 0;
  // Goes on to an order that was not run; false when there is none left.
  virtual bool next() = 0;
  // Whether a run was offered other moves than the run before it, after the same choices: the
  // sessions then depend on something that no order settles, and not every order was seen.
  virtual bool diverged() const { return false; }
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

// Every order there is, depth first; or, with a bound, every order in which so many sessions at
// most were stopped although they could have gone on (Musuvathi, Qadeer: "Iterative context
// bounding", PLDI 2007). It keeps the choices of one run only.
class Exhaustive final : public Search {
 public:
  explicit Exhaustive(std::optional<int> preemptions_max = std::nullopt)
      : preemptions_max_(preemptions_max) {}

  void begin() override;
  std::size_t choose(const std::vector<Move>& options) override;
  bool next() override;
  // Runs that were begun and ended by next().
  std::int64_t explored() const { return explored_; }
  bool diverged() const override { return diverged_; }
  // Whether the bound left orders out.
  bool left_some_out() const { return left_some_out_; }

 private:
  struct Choice {
    std::size_t taken = 0;
    std::vector<Move> options;
    bool could_go_on = false;  // Who moved last is offered, and first.
    int preemptions = 0;       // Before this choice.
  };
  bool may_take_next(const Choice& choice);

  std::optional<int> preemptions_max_;
  bool left_some_out_ = false;
  int preemptions_ = 0;
  char last_ = '\0';
  std::vector<Choice> choices_;
  std::size_t depth_ = 0;
  std::int64_t explored_ = 0;
  bool diverged_ = false;
};

}  // namespace splitproof::harness
