// What a program does to the files of its SQLite database, as points and events have it, and what
// follows from it for what its user is told.
//
// All of it is a pure function of what the preloaded library reports.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/preload/protocol.h"
#include "harness/schedule/footprint.h"
#include "sim/sql/statement.h"

namespace splitproof::harness {

// The record at the beginning of `bytes`, which is taken away; empty where there is none yet, or
// where it holds a word that nobody knows: then `unintelligible` is set.
std::optional<preload::Report> take_report(std::string& bytes, bool& unintelligible);

// "write app.db-journal", "fsync app.db", "truncate app.db-wal", "unlink app.db-journal", "rename
// app.db", "lock app.db reserved", with the offset and the size as parameters where it has them.
// `database` is the file's name. The end of a super-journal's name, which is random, is left out.
sim::Statement statement_of(const preload::Report& report, const std::string& database);

// "ok", or "error EIO: Input/output error".
std::string answer_of(int error);

// The errno of a code of faults_of_programs(), "EIO" or "ENOSPC"; 0 for another.
int errno_of(std::string_view code);

// Whether the operation, once carried out, may have changed what the database holds: it writes,
// cuts off or replaces the database file or its write-ahead log.
//
// Before the first of them nothing that a transaction did is in either file, so whoever reads finds
// the state before: a program that fails there may be told `aborted`. Behind it the transaction may
// be committed (by its last frame in the log, by the end of its rollback journal, or by the write
// itself where there is no journal) or rolled back, and only `indeterminate` can be no false alarm.
// That is coarser than the commit point, and needs to know nothing of journal modes.
bool may_change_database(const preload::Report& report);

// What the step that this operation is a part of has touched. Readers of the file do not get in
// each other's way; everything else may matter to everybody.
Footprint touched_by(const preload::Report& report);

}  // namespace splitproof::harness
