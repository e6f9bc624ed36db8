// A run and what it is judged by, made again from what a report has written down of them, so that
// the oracles can be asked about it without a database.
//
// What the oracles compare is made again exactly: what was told, digests of states and of answers,
// what an observer saw. Rows, statements and messages, which their sentences quote, are not.
#pragma once

#include <stdexcept>
#include <string>

#include "harness/oracle/oracles.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/ledger.h"

namespace splitproof::harness {

// What is written down makes no run, or nothing to judge one by; the message is a sentence.
class Unreadable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws Unreadable.
References references_of(const CaseEvidence& evidence);

// `references` are those of the run's bench. Throws Unreadable.
RunRecord run_of(const LedgerEntry& entry, const References& references);

}  // namespace splitproof::harness
