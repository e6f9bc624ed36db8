// Strategies that draw orders, for sessions that have too many to run them all. Everything is drawn
// from the seed and the number of the run.
//
// The first run of each takes the first offers and tells how many steps there are.
#pragma once

#include <cstdint>
#include <map>

#include "harness/schedule/strategy.h"
#include "sim/base/rng.h"

namespace splitproof::harness {

// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatti: "A randomized
// scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010): the session of the
// highest priority moves; at depth - 1 steps drawn at random whoever would move falls below all
// others.
class Pct final : public Search {
 public:
  // `depth` from 1; at most `runs` runs.
  Pct(std::uint64_t seed, int depth, std::int64_t runs)
      : seed_(seed), depth_(depth), runs_max_(runs) {}

  void begin() override;
  std::size_t choose(const std::vector<Move>& options) override;
  bool next() override;

  std::int64_t explored() const { return explored_; }
  // An upper bound of the probability that these runs miss a bug that shows whenever `depth` steps
  // come in a certain order. Only runs count whose number of steps was known when they began.
  double miss_bound() const;

 private:
  std::uint64_t seed_;
  int depth_;
  std::int64_t runs_max_;
  sim::Rng rng_{0};
  std::int64_t explored_ = 0;
  std::int64_t counting_ = 0;  // Runs since steps_max_ was raised last.
  std::int64_t steps_max_ = 0;
  std::int64_t steps_ = 0;  // Of this run, at which there was somebody to choose.
  std::map<char, std::uint64_t> priorities_;
  std::vector<std::int64_t> changes_;  // Steps, in the order in which they were drawn.
};

// A uniform random walk over whole orders (Zhao, Wolff, Mathur, Roychoudhury: "Selectively uniform
// concurrency testing", ASPLOS 2025): a session is drawn by how many steps it has left.
class RandomWalk final : public Search {
 public:
  RandomWalk(std::uint64_t seed, std::int64_t runs) : seed_(seed), runs_max_(runs) {}

  void begin() override;
  std::size_t choose(const std::vector<Move>& options) override;
  bool next() override;

  std::int64_t explored() const { return explored_; }

 private:
  std::uint64_t seed_;
  std::int64_t runs_max_;
  sim::Rng rng_{0};
  std::int64_t explored_ = 0;
  std::map<char, std::uint64_t> most_;   // Steps of each session, in the longest run so far.
  std::map<char, std::uint64_t> taken_;  // In this run.
};

}  // namespace splitproof::harness
