// The rules of predict(), one function each. Private to it.
#pragma once

#include <vector>

#include "harness/predict/steps.h"
#include "harness/verdict/prediction.h"

namespace splitproof::harness {

// Writes of one attempt that are committed one after the other: each place between two of them.
std::vector<Prediction> writes_apart(const Steps& steps);

// While a transaction is open, its client writes on another connection: that is committed whatever
// becomes of the transaction.
std::vector<Prediction> several_connections(const Steps& steps);

// A row is read without a lock and later set to a value that the program brings, where the engine
// does not refuse that: what another session writes between them is lost.
std::vector<Prediction> read_modify_write(const Steps& steps);

// An error was answered, and the work went on and was committed; unless the statement that failed
// was sent again, as a program does that retries a conflict.
std::vector<Prediction> swallowed_errors(const Steps& steps);

// A savepoint lets a transaction live on after an error: what is written between it and its end may
// be missing from what is committed.
std::vector<Prediction> survived_errors(const Steps& steps);

// A transaction counts on from what a row holds, and inserts nothing by which a retry could see
// that it was done: after a lost answer to its COMMIT, a retry counts twice.
std::vector<Prediction> doubling_retries(const Steps& steps);

}  // namespace splitproof::harness
