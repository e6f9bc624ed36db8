// A life that shows something wrong, made as small as it can be: the fewest strikes, days and
// clients that still break the same rule (Zeller's ddmin, over the list of strikes).
//
// Each try is a life of its own. What survives a loss of power is drawn until the end, so that a
// shorter life has survivors that fit; in the smallest life it is said in the plan, bit by bit.
#pragma once

#include <functional>

#include "harness/simulate/life.h"

namespace splitproof::harness::life {

// A new service, for one life.
using ServiceMaker = std::function<ServiceForms()>;

struct Shrunk {
  LifeSpec spec;  // With its strikes; without `stopped`.
  LifeEnd end;
  int lives = 0;       // That were lived for it.
  bool stable = true;  // Two more of the smallest have shown the same, with one digest.
  // Where they have not: the first event at which the two differ, in words.
  std::string differs = {};
};

// `end` is that of `spec`, and has found something. `stopped` ends the search early; it may be
// empty.
Shrunk shrink(const LifeSpec& spec, const LifeEnd& end, const ServiceMaker& service,
              const std::function<bool()>& stopped);

}  // namespace splitproof::harness::life
