// The order in which the sessions of one run moved, in the shortest text that replays it.
#pragma once

#include <vector>

#include "harness/schedule/strategy.h"

namespace splitproof::harness {

// A choice that was made.
struct Chosen {
  Move move;
  bool first_offer = false;  // What happens where nobody chooses.
  int waiting = 0;           // How many sessions could not be chosen, because they wait for a lock.
};

// Turns that Replay follows to the same choices: those of one session are merged, "as far as it
// can" is written where it could not go further, and what happens by itself at the end is left out.
// Never empty unless nothing was chosen, so that a serial order is an order too.
std::vector<Turn> shortest_order(const std::vector<Chosen>& choices);

}  // namespace splitproof::harness
