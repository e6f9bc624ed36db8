// What PostgreSQL's documentation promises of a database after its server crashed, by the settings
// of its write-ahead log.
//
// The page cache survives each crash of the server alone, so that fsync and full_page_writes make
// no difference: they are for a crash of the operating system and a loss of power. Sources:
// https://www.postgresql.org/docs/15/runtime-config-wal.html, wal-async-commit.html and
// wal-reliability.html.
#pragma once

#include "harness/oracle/promise.h"
#include "sim/disk/persona.h"
#include "sim/server/server_settings.h"

namespace splitproof::harness {

// After a backend was killed, after an immediate shutdown, and after all processes were killed.
Promises promised_after_crash(const sim::ServerSettings& settings);

// After the machine has lost its power, by the kind of its disk.
Promise promised_after_power_loss(const sim::ServerSettings& settings, const sim::Persona& persona);

}  // namespace splitproof::harness
