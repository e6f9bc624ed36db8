// `run --redact COLUMN`: values that no report may show. They are learnt from the states of a run,
// and taken out of everything that is written of it.
//
// A value is replaced by a mask, "‹revenue 3›", the same for equal values of a column, so that what
// is equal can still be seen. Which number a value has says nothing of the value.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/oracle/state.h"
#include "harness/verdict/evidence.h"
#include "harness/verdict/ledger.h"
#include "harness/verdict/verdict.h"

namespace splitproof::harness {

class Redaction {
 public:
  // Names of columns, "email", or of those of one table, "customers.email".
  explicit Redaction(std::vector<std::string> columns);

  bool has_columns() const { return !columns_.empty(); }

  // Another secret, the value of a variable of a program, wherever it is written. Shorter ones than
  // a password can be are left.
  void hide(const std::string& variable, const std::string& value);

  // Notes the values of those columns. May be called by several threads.
  void learn(const State& state);

  // Why nothing may be written: a column that no table has, in words; empty where all is well.
  std::string objection() const;

  // Masks the values that were learnt; in a sentence not those of one digit or letter, which are
  // more often something else. The files that the cases were made of hold the values, too: no
  // copies of them may be added afterwards.
  void apply(RunVerdict& verdict, std::vector<LedgerEntry>& ledger, Evidence& evidence);

 private:
  using Masks = std::unordered_map<std::string, std::string>;  // By the value.

  // The column that is meant, as it was given; null for one that may be shown.
  const std::string* meant(const std::string& table, const std::string& column) const;
  void number_values();

  std::vector<std::string> columns_;
  std::mutex mutex_;
  std::map<std::string, std::set<std::string>> values_;  // By column as given.
  std::set<std::string> seen_;                           // Names of all columns.
  std::set<std::string> found_;                          // Of columns_, those that some table has.
  std::map<std::string, Masks> masks_;                   // By column as given.
  std::map<std::string, std::string> hidden_;            // Variables by their values.
};

}  // namespace splitproof::harness
