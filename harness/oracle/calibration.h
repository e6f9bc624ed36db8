// Which columns depend on clocks, generators or sequences, found from two clean runs that differ
// in nothing else.
//
// A generated key is compared up to renaming, a clock's column is left out and named. Any other
// difference between two clean runs is reported as unstable: it may be the bug.
#pragma once

#include <string>
#include <vector>

#include "harness/oracle/state.h"

namespace splitproof::harness {

struct Calibration {
  Comparison comparison;
  // "collection_log.id: generated key, compared up to renaming"
  std::vector<std::string> notes;
  // Why two clean runs differ although nothing explains it; empty when all is explained.
  std::vector<std::string> unexplained;
};

// `first` and `shifted` are the end states of two clean runs under shifted clocks, sequences and
// seeds; `initial` holds what the author left out.
Calibration calibrate(const State& first, const State& shifted, const Shape& shape,
                      const Comparison& initial);

// `ends` are what clean runs of the same operations in several orders end in. Adds generated keys
// that differ only because somebody else drew first: compared up to renaming, fewer of the states
// differ.
Calibration with_keys_that_order_decides(Calibration calibration, const Shape& shape,
                                         const std::vector<State>& ends);

}  // namespace splitproof::harness
