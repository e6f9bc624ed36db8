// The doubt that a lost COMMIT answer leaves, and what may be trusted to resolve it.
//
// PostgreSQL's pg_xact_status is believed only within the same life of the server. A life ends at
// a restart, which pg_postmaster_start_time() shows, and also when one backend crashes and the
// postmaster starts over by itself: the start time then stays, and the same transaction id may be
// given out again, but crash recovery resets the statistics, which
// pg_stat_get_bgwriter_stat_reset_time() shows. Everything else is decided by the caller's own row
// (TransactionOptions::was_committed) or not at all. Nothing here runs the transaction again.
#pragma once

#include <optional>
#include <string>

#include "sim/sql/transaction.h"

namespace splitproof::sim {

// What is known about a transaction just before its COMMIT is sent.
struct CommitTicket {
  // True when the database says that the transaction changed nothing.
  bool wrote_nothing = false;
  // PostgreSQL's id of the transaction; empty where there is none.
  std::optional<std::string> transaction_id;
  std::string server_start;
  std::string statistics_reset;
};

// Asks, inside the transaction, what resolve_commit() will need. One statement on PostgreSQL for
// transactions that may write; none otherwise. An error means that the transaction failed.
Answer<CommitTicket> remember_commit(Session& session, Dialect dialect,
                                     const TransactionOptions& options);

// How the transaction ended whose COMMIT was answered by `lost`. Opens a new session on the
// client, tries a bounded number of times with back-off, and answers `indeterminate` with the
// reason where nothing trustworthy decides. `attempts` of the end is not set.
TransactionEnd resolve_commit(Client& client, const TransactionOptions& options,
                              const CommitTicket& ticket, const Error& lost);

}  // namespace splitproof::sim
