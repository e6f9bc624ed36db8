#include "harness/schedule/strategy.h"

#include <algorithm>

namespace splitproof::harness {

std::size_t Replay::choose(const std::vector<Move>& options) {
  for (; turn_ < order_.size(); ++turn_, steps_ = 0) {
    const Turn& turn = order_[turn_];
    if (turn.steps > 0 && steps_ >= turn.steps) continue;
    if (turn.refused && steps_ > 0) continue;
    const auto offer = std::ranges::find(options, Move{turn.session, turn.refused});
    if (offer == options.end()) continue;
    ++steps_;
    return static_cast<std::size_t>(offer - options.begin());
  }
  return 0;
}

void Exhaustive::begin() {
  depth_ = 0;
  preemptions_ = 0;
  last_ = '\0';
}

std::size_t Exhaustive::choose(const std::vector<Move>& options) {
  if (depth_ == choices_.size()) choices_.push_back({0, options});
  Choice& choice = choices_[depth_++];
  if (choice.options != options) {
    diverged_ = true;
    choice = {std::min(choice.taken, options.size() - 1), options};
  }
  choice.could_go_on = options.front() == Move{last_, false};
  choice.preemptions = preemptions_;
  if (choice.could_go_on && choice.taken > 0) ++preemptions_;
  last_ = options[choice.taken].session;
  return choice.taken;
}

bool Exhaustive::may_take_next(const Choice& choice) {
  if (choice.taken + 1 >= choice.options.size()) return false;
  const int preemptions = choice.preemptions + (choice.could_go_on ? 1 : 0);
  if (!preemptions_max_ || preemptions <= *preemptions_max_) return true;
  left_some_out_ = true;
  return false;
}

bool Exhaustive::next() {
  ++explored_;
  if (depth_ < choices_.size()) {
    diverged_ = true;
    choices_.resize(depth_);
  }
  while (!choices_.empty()) {
    Choice& last = choices_.back();
    if (may_take_next(last)) {
      ++last.taken;
      return true;
    }
    choices_.pop_back();
  }
  return false;
}

}  // namespace splitproof::harness
