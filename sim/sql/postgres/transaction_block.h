// Whether a session's transaction has failed, followed from what was sent and how it was answered.
//
// libpqxx does not say with which tag a COMMIT was answered. PostgreSQL answers the COMMIT of a
// failed transaction with ROLLBACK and no error, and a client that takes this for success believes
// in data that are not there; hence this bookkeeping. A text of several statements is judged by the
// first, except that a failed text that begins with BEGIN is taken to have opened a transaction.
#pragma once

#include <string_view>

#include "sim/sql/statement.h"

namespace splitproof::sim {

class TransactionBlock {
 public:
  void succeeded(const Statement& statement);
  void failed(const Statement& statement);

  // True when the server takes nothing but the end of the transaction, or ROLLBACK TO.
  bool is_failed() const { return open_ && failed_; }

 private:
  bool open_ = false;
  bool failed_ = false;
};

}  // namespace splitproof::sim
