// Predict, then show: what the statements of a clean run let one expect of programs, before they
// are broken.
#pragma once

#include <vector>

#include "harness/run/sweep.h"
#include "harness/verdict/prediction.h"

namespace splitproof::harness {

// The predictions of the clean run, whose points are put in their order: the sweep strikes where
// the most dangerous thing is predicted first. None where the points are operations on files, which
// tell nothing of the statements behind them.
std::vector<Prediction> foresee(CleanRun& clean, sim::Dialect dialect);

}  // namespace splitproof::harness
