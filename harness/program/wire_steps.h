// The statements of a unit as the fault points that they are: which is of what kind, in which
// transaction, and which makes something durable.
//
// The server's rules (PostgreSQL 15, 55.2.2.1 and 55.2.3): several statements in one Query are one
// transaction, unless they say otherwise; so is what is executed outside of a transaction block up
// to a Sync. Then not the statements commit, but the end of the Query, and the Sync.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/plan/fault_point.h"
#include "harness/wire/link.h"

namespace splitproof::harness {

struct WireStep {
  sim::Statement statement;
  TransactionState transaction;  // That it finds, if what precedes it does not fail.
};

struct WireStepsOfUnit {
  std::vector<WireStep> steps;
  // How many statements were executed outside of a transaction block, and no Sync came yet.
  int executed = 0;
};

class WireSteps {
 public:
  // `functions` are the names of functions that may write, in upper case: a SELECT that calls one
  // is taken for a write.
  explicit WireSteps(std::set<std::string> functions) : functions_(std::move(functions)) {}

  // One step for each statement of the unit, and one more for a Sync that commits several.
  // `executed` is what the unit before it left.
  WireStepsOfUnit of(const WireUnit& unit, TransactionState transaction, int executed) const;

  // What one Query or Execute amounts to.
  sim::StatementKind kind_of(const std::string& sql, bool in_transaction) const;

 private:
  sim::StatementKind kind_of_one(const std::string& sql) const;

  std::set<std::string> functions_;
};

// The statements of an SQL text, without what stands between them.
std::vector<std::string> statements_in(const std::string& sql);

}  // namespace splitproof::harness
