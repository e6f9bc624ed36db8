#include "harness/oracle/by_transaction.h"

#include <algorithm>

namespace splitproof::harness {

namespace {

using Statements = std::vector<std::string>;

bool is_held(const TransactionTold& transaction) {
  return transaction.held.value_or(transaction.told == sim::Outcome::committed);
}

bool may_be_held(const TransactionTold& transaction) {
  return transaction.held.value_or(transaction.told != sim::Outcome::aborted);
}

bool same_statements(const Statements& left, const Statements& right) {
  return std::ranges::equal(left, right, {}, shape_of, shape_of);
}

}  // namespace

bool holds_whole_transactions(const RunRecord& run, const References& references) {
  const auto is_committed = [](const Told& told) {
    return told.outcome == sim::Outcome::committed;
  };
  if (std::ranges::all_of(run.first, is_committed)) {
    return run.after->digest == references.clean().digest;
  }
  std::ptrdiff_t held = 0;
  std::vector<Statements> possible;
  for (const Told& told : run.first) {
    for (const TransactionTold& transaction : told.transactions) {
      if (is_held(transaction)) ++held;
      if (may_be_held(transaction)) possible.push_back(transaction.statements);
    }
  }
  const std::vector<Statements>& clean = references.transactions;
  const bool is_beginning =
      possible.size() <= clean.size() &&
      std::equal(possible.begin(), possible.end(), clean.begin(), same_statements);
  if (!is_beginning) return true;
  const auto place = std::ranges::find(references.between, run.after->digest);
  if (place == references.between.end()) return false;
  // Where each transaction changes something, the place says how many there are.
  const bool each_shows = references.between.size() == clean.size() + 1;
  return !each_shows || place - references.between.begin() >= held;
}

}  // namespace splitproof::harness
