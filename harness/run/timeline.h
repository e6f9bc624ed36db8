// The run of a finding as a timeline: what verdict/timeline.h describes, made of the run's history
// and of the states that were read.
#pragma once

#include "harness/run/findings.h"

namespace splitproof::harness {

// `right` is the state that would have been right, or null where none is known.
Timeline timeline_of(const Shown& shown, const Observation* right, const FindingContext& context);

}  // namespace splitproof::harness
