// The oracle of what a client was told and what is held, where a scenario claims only each of its
// transactions (`atomic: transaction`), not the operation as a whole.
#pragma once

#include "harness/oracle/oracles.h"

namespace splitproof::harness {

// Whether an operation that was not told committed has left some of its transactions, each wholly:
// a state that the clean run passes through. Where the run's own transactions are other ones than
// the clean run's first ones, because the program went on behind an error, nobody can say what they
// should have left, and nothing is judged.
bool holds_whole_transactions(const RunRecord& run, const References& references);

}  // namespace splitproof::harness
