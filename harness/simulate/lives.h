// Lives one after the other, seed by seed: each is lived, what it shows is made small, and all of
// it becomes a verdict.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "harness/simulate/shrink_life.h"
#include "harness/verdict/simulation.h"

namespace splitproof::harness::life {

struct LivesSpec {
  LifeSpec first;  // Of the first seed; the others follow it.
  std::string variant;
  std::string version;
  // Whether one more is to be lived, after so many.
  std::function<bool(std::uint64_t)> more;
  // Called with each as soon as it is known. May be empty.
  std::function<void(const SimulatedLife&)> lived;
};

// `first.stopped` ends it early, and the verdict is then not complete.
SimulationVerdict live_all(const LivesSpec& spec, const ServiceMaker& service);

}  // namespace splitproof::harness::life
