// What is promised of a database after a failure of what it stands on. Where it is promised, and by
// whom, is said by storage_promise.h of SQLite and by server_promise.h of PostgreSQL.
#pragma once

#include <map>
#include <string>

namespace splitproof::harness {

struct Promise {
  // The database is whole, and holds what was committed up to some moment.
  bool whole = true;
  // It holds all that was told committed.
  bool durable = true;
  std::string clause;  // What the documentation says, one sentence, with where it stands.
};

// "whole and durable", "whole" or "nothing".
std::string in_words(const Promise& promise);

// How it fails, in the order of the matrix's columns.
enum class Breakdown {
  process_killed,  // SQLite's process; the page cache survives.
  power_lost,
  error,           // An operation of the disk fails.
  backend_killed,  // One of PostgreSQL's, and the server ends all others.
  immediate_stop,  // SIGQUIT to the postmaster.
  server_killed,   // All processes of the server.
};

// "process killed", "power lost", "error", "backend killed", "immediate shutdown", "server killed".
std::string to_string(Breakdown failure);

// Of the failures that are looked at.
using Promises = std::map<Breakdown, Promise>;

}  // namespace splitproof::harness
