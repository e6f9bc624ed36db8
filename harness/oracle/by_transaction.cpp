#include "harness/oracle/by_transaction.h"

#include <algorithm>

namespace splitproof::harness {

namespace {

bool may_be_held(const TransactionTold& transaction) {
  return transaction.held.value_or(transaction.told != sim::Outcome::aborted);
}

}  // namespace

bool holds_whole_transactions(const RunRecord& run, const References& references) {
  if (references.between.contains(run.after->digest)) return true;
  const auto all_committed = [](const Told& told) {
    return told.outcome == sim::Outcome::committed;
  };
  if (std::ranges::all_of(run.first, all_committed)) return false;
  std::vector<std::vector<std::string>> committed;
  for (const Told& told : run.first) {
    for (const TransactionTold& transaction : told.transactions) {
      if (may_be_held(transaction)) committed.push_back(transaction.statements);
    }
  }
  const std::vector<std::vector<std::string>>& clean = references.transactions;
  const bool is_beginning = committed.size() <= clean.size() &&
                            std::equal(committed.begin(), committed.end(), clean.begin());
  return !is_beginning;
}

}  // namespace splitproof::harness
