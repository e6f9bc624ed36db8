// What the broken forms of the service share.
#pragma once

#include <span>

#include "sim/sql/transaction.h"

namespace splitproof::scenarios {

// Sends the statements in order, up to the first that fails.
inline sim::Status send_all(sim::Transaction& transaction,
                            std::span<const sim::Statement> statements) {
  for (const sim::Statement& statement : statements) {
    const sim::Answer<sim::Rows> answer = transaction.execute(statement);
    if (!answer.ok()) return answer.error();
  }
  return sim::Done{};
}

}  // namespace splitproof::scenarios
