#include "sim/sql/error.h"

#include <algorithm>
#include <array>
#include <utility>

namespace splitproof::sim {
namespace {

struct CodeKind {
  std::string_view code;  // A whole code, or the beginning that a family of codes shares.
  ErrorKind kind;
};

// The first entry that a code begins with decides, so exceptions stand before their family.
constexpr std::array sqlstates{
    CodeKind{"40001", ErrorKind::conflict},
    CodeKind{"40P01", ErrorKind::conflict},
    CodeKind{"40002", ErrorKind::constraint},
    // statement_completion_unknown: the same doubt that a lost connection leaves.
    CodeKind{"40003", ErrorKind::connection_lost},
    CodeKind{"40", ErrorKind::transaction_failed},
    CodeKind{"25P02", ErrorKind::transaction_failed},
    // idle_in_transaction_session_timeout ends the whole session, not just the transaction.
    CodeKind{"25P03", ErrorKind::connection_lost},
    CodeKind{"08", ErrorKind::connection_lost},
    CodeKind{"57P", ErrorKind::connection_lost},
    // lock_not_available comes from NOWAIT or lock_timeout: whoever set that limit wants to hear of
    // it, and running the transaction again would set the limit aside.
    CodeKind{"55P03", ErrorKind::interrupted},
    CodeKind{"57014", ErrorKind::interrupted},
    CodeKind{"23", ErrorKind::constraint},
    CodeKind{"53", ErrorKind::resource},
    CodeKind{"58", ErrorKind::io},
    // data_corrupted and index_corrupted.
    CodeKind{"XX001", ErrorKind::io},
    CodeKind{"XX002", ErrorKind::io},
};

constexpr std::array sqlite_codes{
    CodeKind{"SQLITE_BUSY", ErrorKind::conflict},
    CodeKind{"SQLITE_LOCKED_SHAREDCACHE", ErrorKind::conflict},
    // Several connections raced to start a WAL file; none of them did anything wrong.
    CodeKind{"SQLITE_PROTOCOL", ErrorKind::conflict},
    CodeKind{"SQLITE_CONSTRAINT", ErrorKind::constraint},
    CodeKind{"SQLITE_MISMATCH", ErrorKind::constraint},
    CodeKind{"SQLITE_IOERR", ErrorKind::io},
    CodeKind{"SQLITE_CORRUPT", ErrorKind::io},
    CodeKind{"SQLITE_CANTOPEN", ErrorKind::io},
    CodeKind{"SQLITE_FULL", ErrorKind::resource},
    CodeKind{"SQLITE_NOMEM", ErrorKind::resource},
    CodeKind{"SQLITE_INTERRUPT", ErrorKind::interrupted},
    CodeKind{"SQLITE_ABORT", ErrorKind::transaction_failed},
};

template <std::size_t N>
ErrorKind look_up(const std::array<CodeKind, N>& table, std::string_view code) {
  const auto* const found = std::find_if(table.begin(), table.end(), [&](const CodeKind& entry) {
    return code.starts_with(entry.code);
  });
  return found == table.end() ? ErrorKind::invalid : found->kind;
}

}  // namespace

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::conflict:
      return "conflict";
    case ErrorKind::constraint:
      return "constraint";
    case ErrorKind::connection_lost:
      return "connection lost";
    case ErrorKind::io:
      return "i/o";
    case ErrorKind::resource:
      return "resource";
    case ErrorKind::interrupted:
      return "interrupted";
    case ErrorKind::transaction_failed:
      return "transaction failed";
    case ErrorKind::invalid:
      return "invalid";
  }
  return "";
}

ErrorKind kind_of_code(std::string_view native_code) {
  if (native_code.starts_with("SQLITE_")) return look_up(sqlite_codes, native_code);
  constexpr std::size_t sqlstate_length = 5;
  if (native_code.size() != sqlstate_length) return ErrorKind::invalid;
  return look_up(sqlstates, native_code);
}

bool is_retryable(const Error& error) { return error.kind == ErrorKind::conflict; }

bool leaves_commit_in_doubt(const Error& error) {
  return error.kind == ErrorKind::connection_lost || error.kind == ErrorKind::io;
}

}  // namespace splitproof::sim
