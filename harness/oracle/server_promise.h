// What PostgreSQL's documentation promises of a database after its server crashed, by the settings
// of its write-ahead log.
//
// The page cache survives each of these crashes, so that fsync and full_page_writes make no
// difference: they are for a crash of the operating system and a loss of power. Sources:
// https://www.postgresql.org/docs/15/runtime-config-wal.html and wal-async-commit.html.
#pragma once

#include "harness/oracle/promise.h"
#include "sim/server/server_settings.h"

namespace splitproof::harness {

// After a backend was killed, after an immediate shutdown, and after all processes were killed.
Promises promised_after_crash(const sim::ServerSettings& settings);

}  // namespace splitproof::harness
