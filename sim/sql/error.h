// What a database answers when it does not do what it was asked.
//
// Adapters translate an engine's own errors into these once; what may be retried, and what leaves
// a COMMIT in doubt, is decided here and nowhere else.
#pragma once

#include <string>
#include <string_view>

#include "sim/base/result.h"

namespace splitproof::sim {

enum class ErrorKind {
  conflict,         // Another transaction was in the way; the whole transaction may be run again.
  constraint,       // The data refuse it; running it again gives the same answer.
  connection_lost,  // No answer came and none will come on this session.
  io,               // The storage failed; whether a COMMIT reached it is unknown.
  resource,         // Out of disk, memory or slots.
  interrupted,      // Cancelled: by a user, an administrator or a time limit.
  transaction_failed,  // The transaction was already failed: it can only be rolled back.
  invalid,             // Anything else: the request itself is wrong.
};

std::string_view to_string(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::invalid;
  // SQLSTATE on PostgreSQL ("40001"), the symbolic extended result code on SQLite
  // ("SQLITE_BUSY_SNAPSHOT").
  std::string native_code;
  std::string message;
};

// The kind of an SQLSTATE ("40001") or of a symbolic SQLite code ("SQLITE_BUSY_SNAPSHOT").
ErrorKind kind_of_code(std::string_view native_code);

// True only for conflicts: 40001, 40P01, SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT and their relatives.
bool is_retryable(const Error& error);

// True when a COMMIT answered by `error` may have become durable all the same: the connection was
// lost, or the storage failed under it (SQLite in WAL mode reports a failed sync of frames that a
// later open finds complete).
bool leaves_commit_in_doubt(const Error& error);

template <class T>
using Answer = Result<T, Error>;
using Status = Answer<Done>;

}  // namespace splitproof::sim
