// From a run to its line of the ledger: what was planned, told and held, and all else that the
// oracles go by, so that they can be asked again without a database.
#pragma once

#include <string>
#include <vector>

#include "harness/oracle/oracles.h"
#include "harness/verdict/ledger.h"

namespace splitproof::harness {

// By operation: "committed", "aborted" or "indeterminate".
std::vector<std::string> outcomes_of(const std::vector<Told>& told);

// A digest of what an operation was answered, statement by statement.
std::string digest_of_answers(const std::vector<Answered>& answers);

LedgerDependencies dependencies_of(const DependencyJudgement& found);

// Everything of the entry that the run says; who it is of, and what for, is the caller's.
// `references` are those that the run is judged by; null where it is judged by none.
void write_run(LedgerEntry& entry, const RunRecord& run, const References* references);

}  // namespace splitproof::harness
