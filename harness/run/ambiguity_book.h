// What clients of programs were told of their transactions, and what became of these: in the ledger
// of a run, and, where the two do not say the same for certain, as lines of the report.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/history/history.h"
#include "harness/verdict/ambiguity.h"
#include "harness/verdict/ledger.h"

namespace splitproof::harness {

// The transactions of all attempts, in order.
std::vector<LedgerTransaction> transactions_of(const std::vector<Told>& told);

class AmbiguityBook {
 public:
  // A run under `plan`, once for each run. Transactions that were told `indeterminate` are noted,
  // and those that were told something which is not so.
  void note(const std::string& plan, const std::vector<Told>& told);

  // One for each kind of transaction, in the order in which they were first seen. What differs only
  // in numbers of how it is known, such as ids of transactions, is one kind.
  const std::vector<Ambiguity>& lines() const { return lines_; }

 private:
  std::vector<Ambiguity> lines_;
  std::map<std::string, std::size_t> places_;  // Of each kind in `lines_`.
};

}  // namespace splitproof::harness
