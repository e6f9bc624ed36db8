// What a run shows of the promises of what a database stands on: how it failed, what that has left
// of what was committed, and whether so much may be lost.
//
// This is about the database alone. Code that commits one operation in two transactions may be
// found with the first of them: nothing is lost then that was promised, and the split is for
// `told-equals-held` to tell.
#pragma once

#include <optional>
#include <string>

#include "harness/oracle/oracles.h"

namespace splitproof::harness {

// How what the database stands on failed in this run. None where it did not; where a file of it was
// cut short, which it could not notice; and where a sync lost its data, which is half an error and
// half a loss of power.
std::optional<Breakdown> failure_of(const RunRecord& run, const References& references);

enum class Left {
  kept,     // All that was told committed, and nothing that was told aborted.
  lost,     // A state that was committed, without something that was told committed.
  torn,     // No state that was ever committed; or, but after an error, what was told aborted.
  damaged,  // The database is not whole, or cannot be read.
};

// What was found when the first attempts were over.
Left left_of(const RunRecord& run, const References& references);

// Whether what is left is within the promise.
bool allows(const Promise& promise, Left left);

// Where no more was promised than what this run shows, so that it is no fault of the code under
// test: the clause that says so; else empty. What is left must end with a whole operation, where
// that much is promised.
std::string clause_that_allows(const RunRecord& run, const References& references);

}  // namespace splitproof::harness
