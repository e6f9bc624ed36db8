#include "harness/schedule/sampling.h"

#include <algorithm>
#include <cmath>

namespace splitproof::harness {

namespace {

// Neighbouring seeds and neighbouring runs are kept far apart.
sim::Rng chance_of(std::uint64_t seed, std::int64_t run) {
  constexpr std::uint64_t stride = 0x9E3779B97F4A7C15U;
  sim::Rng rng(seed);
  return sim::Rng(rng.next() + stride * static_cast<std::uint64_t>(run));
}

}  // namespace

void Pct::begin() {
  rng_ = chance_of(seed_, explored_);
  steps_ = 0;
  priorities_.clear();
  changes_.clear();
  const auto wanted = static_cast<std::size_t>(std::min<std::int64_t>(depth_ - 1, steps_max_));
  while (changes_.size() < wanted) {
    const auto step =
        static_cast<std::int64_t>(rng_.below(static_cast<std::uint64_t>(steps_max_))) + 1;
    if (std::ranges::find(changes_, step) == changes_.end()) changes_.push_back(step);
  }
}

std::size_t Pct::choose(const std::vector<Move>& options) {
  // Sessions that fell have lower priorities than any that is drawn.
  constexpr std::uint64_t upper_half = 1ULL << 63U;
  std::vector<char> letters;
  for (const Move& move : options) letters.push_back(move.session);
  std::ranges::sort(letters);
  for (const char letter : letters) {
    if (!priorities_.contains(letter)) priorities_[letter] = rng_.next() | upper_half;
  }
  if (options.size() == 1) return 0;
  ++steps_;
  if (explored_ == 0) return 0;
  const auto highest = [&] {
    return std::ranges::max_element(options, {}, [&](const Move& move) {
      return std::pair(priorities_.at(move.session), -move.session);
    });
  };
  const auto change = std::ranges::find(changes_, steps_);
  if (change != changes_.end()) {
    priorities_.at(highest()->session) = static_cast<std::uint64_t>(change - changes_.begin());
  }
  return static_cast<std::size_t>(highest() - options.begin());
}

bool Pct::next() {
  ++explored_;
  ++counting_;
  if (steps_ > steps_max_) {
    steps_max_ = steps_;
    counting_ = 0;
  }
  return explored_ < runs_max_;
}

double Pct::miss_bound() const {
  if (counting_ == 0) return 1;
  const double sessions = static_cast<double>(std::max<std::size_t>(priorities_.size(), 1));
  const double steps = static_cast<double>(std::max<std::int64_t>(steps_max_, 1));
  const double hit = 1.0 / (sessions * std::pow(steps, depth_ - 1));
  return std::exp(static_cast<double>(counting_) * std::log1p(-hit));
}

void RandomWalk::begin() {
  rng_ = chance_of(seed_, explored_);
  taken_.clear();
}

std::size_t RandomWalk::choose(const std::vector<Move>& options) {
  const auto left = [&](const Move& move) -> std::uint64_t {
    const std::uint64_t most = most_[move.session];
    const std::uint64_t taken = taken_[move.session];
    return most > taken ? most - taken : 1;
  };
  std::size_t chosen = 0;
  if (explored_ > 0 && options.size() > 1) {
    std::uint64_t all = 0;
    for (const Move& move : options) all += left(move);
    std::uint64_t drawn = rng_.below(all);
    while (drawn >= left(options[chosen])) drawn -= left(options[chosen++]);
  }
  ++taken_[options[chosen].session];
  return chosen;
}

bool RandomWalk::next() {
  ++explored_;
  for (const auto& [letter, steps] : taken_) most_[letter] = std::max(most_[letter], steps);
  return explored_ < runs_max_;
}

}  // namespace splitproof::harness
