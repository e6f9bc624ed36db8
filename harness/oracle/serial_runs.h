// What clean runs of the same code give when nobody is in anybody's way: for every set of
// operations, and every order of them that keeps each session's own.
//
// Answers are kept too, because an interleaving may end in a good state although somebody was told
// a lie on the way.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "harness/history/history.h"

namespace splitproof::harness {

struct Observation;

// What a statement was answered.
struct Answered {
  std::string statement;  // Event::name
  std::string seen;       // Event::seen
  friend auto operator<=>(const Answered&, const Answered&) = default;
};

// What the attempt was answered and built upon: in a transaction each answer since its last BEGIN,
// for an attempt that was rolled back and repeated told its client nothing; without one the last
// answer of each statement, for a loop that looks again until it fits is as good as one look. What
// it asked after a COMMIT that was struck, to learn what had become of it, no other run asks.
// Statements named in `left_out` are not listed.
std::vector<Answered> answers_of(const History& history, int attempt,
                                 const std::set<std::string>& left_out);

struct SerialRun {
  std::vector<int> order;                        // Of operations.
  unsigned set = 0;                              // Bit i: operation i is among them.
  std::shared_ptr<const Observation> held;       // What it ends in.
  std::map<int, std::vector<Answered>> answers;  // By operation.
};

// Every order of every set of operations, the empty one first, that keeps the order of each
// session's own; `sessions` are the letters by operation.
std::vector<std::vector<int>> serial_orders(const std::vector<char>& sessions);

}  // namespace splitproof::harness
