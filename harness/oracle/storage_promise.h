// What SQLite's documentation promises of a database after its disk or its power failed, by journal
// mode, synchronous setting and kind of disk.
//
// A loss that is within the promise is no finding of the code under test: it is told as what the
// contract says, with the clause. Sources: https://sqlite.org/pragma.html (synchronous,
// journal_mode) and https://sqlite.org/howtocorrupt.html, as of SQLite 3.40.
#pragma once

#include <string>
#include <vector>

#include "sim/disk/disk_database.h"
#include "sim/disk/persona.h"

namespace splitproof::harness {

struct StoragePromise {
  // The database is whole, and holds what was committed up to some moment.
  bool whole = true;
  // It holds all that was told committed.
  bool durable = true;
  std::string clause;  // What the documentation says of it, one sentence.
};

// "whole and durable", "whole" or "nothing".
std::string in_words(const StoragePromise& promise);

StoragePromise promised_after_power_loss(sim::JournalMode journal, sim::Synchronous synchronous,
                                         const sim::Persona& persona);

// Where a file ends before what is read of it.
const StoragePromise& promised_after_short_read();

// Where the process is killed, and the page cache survives.
StoragePromise promised_after_kill(sim::JournalMode journal);

}  // namespace splitproof::harness
