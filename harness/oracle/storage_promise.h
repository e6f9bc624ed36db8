// What SQLite's documentation promises of a database after its disk or its power failed, by journal
// mode, synchronous setting and kind of disk.
//
// A loss that is within the promise is no finding of the code under test: it is told as what the
// contract says, with the clause. Sources: https://sqlite.org/pragma.html (synchronous,
// journal_mode), https://sqlite.org/lang_transaction.html (response to errors within a transaction)
// and https://sqlite.org/howtocorrupt.html, as of SQLite 3.40.
#pragma once

#include <string>

#include "harness/oracle/promise.h"
#include "sim/disk/disk_database.h"
#include "sim/disk/persona.h"

namespace splitproof::harness {

Promise promised_after_power_loss(sim::JournalMode journal, sim::Synchronous synchronous,
                                  const sim::Persona& persona);

// Where a sync failed and lost its data, and a COMMIT was answered by that error; `promise` is that
// after a loss of power.
Promise promised_after_lost_sync(const Promise& promise);

// Where a file ends before what is read of it.
const Promise& promised_after_short_read();

// Where the process is killed, and the page cache survives.
Promise promised_after_kill(sim::JournalMode journal);

// Where an operation of the disk is answered by an error, or there is no room for it. A COMMIT that
// is told to have failed by an error of the disk may be there all the same: its client is told
// `indeterminate`, which is no loss.
Promise promised_after_error(sim::JournalMode journal);

}  // namespace splitproof::harness
