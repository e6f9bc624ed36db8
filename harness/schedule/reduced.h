// Every order that can matter: of all orders that differ only in steps that do not touch each other
// (one class; a Mazurkiewicz trace) one is run.
//
// Dynamic partial-order reduction with source sets and sleep sets (Abdulla, Aronis, Jonsson,
// Sagonas: "Optimal dynamic partial order reduction", POPL 2014, algorithm 1; Flanagan, Godefroid:
// POPL 2005). What steps touched is known only when they were taken: after each run, every pair of
// steps that touched each other and could have come the other way round makes it try that.
//
// What holds for a class is what its steps told and left. States in between are kept only where
// whoever looks at them is a session like any other, or where steps that change what an observer
// sees are said to touch one place.
#pragma once

#include <cstdint>
#include <functional>

#include "harness/schedule/strategy.h"

namespace splitproof::harness {

class Reduced final : public Search {
 public:
  // Whether two steps of different sessions may not be swapped.
  using Relation = std::function<bool(const Footprint&, const Footprint&)>;
  explicit Reduced(Relation touch_each_other = dependent)
      : relation_(std::move(touch_each_other)) {}

  void begin() override;
  std::size_t choose(const std::vector<Move>& options) override;
  bool asks_what_is_touched() const override { return true; }
  void moved(const Footprint& touched) override;
  bool next() override;
  bool diverged() const override { return diverged_; }

  // Runs that were begun and ended by next().
  std::int64_t explored() const { return explored_; }
  // How many of them were each the first of their class. The others turned out on the way to be of
  // a class that was run already.
  std::int64_t classes() const { return classes_; }
  // How many orders these classes are: when nothing is left, how many there are. At most the
  // largest number there is.
  std::int64_t orders() const { return orders_; }

 private:
  // A move that was tried already, and what it touched.
  struct Tried {
    Move move;
    Footprint touched;
  };
  // A point at which somebody had to be chosen.
  struct Node {
    std::vector<Move> options;
    std::size_t taken = 0;
    Footprint touched;          // By the move that was taken.
    std::vector<Tried> asleep;  // Moves whose every continuation was run already.
    std::vector<bool> wanted;   // By option: it must be tried.
  };

  std::vector<Tried> asleep_after(const Node& node) const;
  bool sleeps(const Node& node, std::size_t option) const;
  bool want_source(Node& node, const std::vector<Move>& initials) const;
  void want_reversals();
  void want_overtaking(std::size_t step);
  std::int64_t orders_of_class() const;

  Relation relation_;
  std::vector<Node> nodes_;
  std::size_t depth_ = 0;
  bool in_node_ = false;    // The move chosen last is that of nodes_[depth_ - 1].
  bool redundant_ = false;  // This run is of a class that was run already.
  bool diverged_ = false;
  std::int64_t explored_ = 0;
  std::int64_t classes_ = 0;
  std::int64_t orders_ = 0;
};

}  // namespace splitproof::harness
