// What the tests of simulated lives share: short ways to live one, and services with one bug each.
#pragma once

#include <functional>
#include <string>

#include "harness/simulate/shrink_life.h"

namespace splitproof::tests {

struct LifeSize {
  int days = 60;
  int clients = 3;
};

inline harness::life::LifeSpec life_of(std::uint64_t seed, LifeSize size = {}) {
  harness::life::LifeSpec spec;
  spec.days = size.days;
  spec.clients = size.clients;
  spec.seed = seed;
  return spec;
}

// "rows in collection of 2025-01-01: …"; empty where nothing was found.
inline std::string found_in(const harness::life::LifeEnd& end) {
  if (!end.found) return "";
  return std::string(to_string(end.found->rule)) + " in " + end.found->job + ": " + end.found->what;
}

// The statements in one transaction.
inline sim::TransactionEnd in_transaction(sim::Client& client,
                                          const std::vector<sim::Statement>& statements) {
  return sim::run_transaction(client, {}, [&](sim::Transaction& transaction) -> sim::Status {
    for (const sim::Statement& statement : statements) {
      const auto answer = transaction.execute(statement);
      if (!answer.ok()) return answer.error();
    }
    return sim::Done{};
  });
}

inline sim::TransactionEnd told(sim::Outcome outcome) {
  sim::TransactionEnd end;
  end.outcome = outcome;
  end.attempts = 1;
  if (outcome != sim::Outcome::committed) {
    end.error = sim::Error{sim::ErrorKind::invalid, "", "as a test wants it"};
  }
  return end;
}

}  // namespace splitproof::tests
