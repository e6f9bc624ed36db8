// A finding's order of sessions, made as short as it can be: the fewest switches that still show
// the same thing, and of those orders the one with the fewest steps before the last switch.
//
// It runs the orders with no preemption, with one, with two and so on (iterative context bounding:
// Musuvathi, Qadeer, PLDI 2007) until one shows it, so that what it ends with is the least of all
// orders, not only of those near the first one.
#pragma once

#include <functional>

#include "harness/run/experiment.h"

namespace splitproof::harness {

struct ShorteningOptions {
  RunOptions run;  // For every run.
  std::int64_t runs_max = 1'000;
  // Asked before every run; true ends it early. May be empty.
  std::function<bool()> stopped;
  // Called with every run, in order; whether it shows what is to be shown.
  std::function<bool(const RunRecord&)> shows;
};

// Smaller is shorter: preemptions, turns, steps that are written, and the strikes' own order.
bool is_shorter(const Plan& left, const Plan& right);

// The shortest run found, with the strikes of `run`; `run` itself where none is shorter.
RunRecord shorten(Experiment& experiment, const RunRecord& run, const ShorteningOptions& options);

}  // namespace splitproof::harness
