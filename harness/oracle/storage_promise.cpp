#include "harness/oracle/storage_promise.h"

namespace splitproof::harness {

namespace {

using sim::JournalMode;
using sim::Synchronous;

bool keeps_no_journal(JournalMode journal) {
  return journal == JournalMode::memory || journal == JournalMode::off;
}

Promise without_journal(JournalMode journal) {
  return {false, false,
          journal == JournalMode::memory
              ? "sqlite.org/pragma.html, journal_mode MEMORY: if the application crashes in the "
                "middle of a transaction, the database file will very likely go corrupt"
              : "sqlite.org/pragma.html, journal_mode OFF: there is no atomic commit, and if the "
                "application crashes in the middle of a transaction, the database file will very "
                "likely go corrupt"};
}

Promise durable_in_full() {
  return {true, true,
          "sqlite.org/pragma.html, synchronous FULL: a loss of power will not corrupt the "
          "database"};
}

}  // namespace

Promise promised_after_power_loss(JournalMode journal, Synchronous synchronous,
                                  const sim::Persona& persona) {
  if (keeps_no_journal(journal)) return without_journal(journal);
  if (!persona.keeps_syncs) {
    return {false, false,
            "sqlite.org/howtocorrupt.html, 3.1: where the disk does not honour sync requests, a "
            "loss of power may corrupt the database"};
  }
  if (synchronous == Synchronous::off) {
    return {false, false,
            "sqlite.org/pragma.html, synchronous OFF: the database might become corrupted if the "
            "computer loses power before the data has been written to the disk"};
  }
  if (journal == JournalMode::wal) {
    if (synchronous == Synchronous::normal) {
      return {true, false,
              "sqlite.org/pragma.html, synchronous NORMAL: in WAL mode the database is consistent, "
              "but a transaction might roll back following a power loss"};
    }
    return durable_in_full();
  }
  if (synchronous == Synchronous::normal) {
    return {false, false,
            "sqlite.org/pragma.html, synchronous NORMAL: there is a very small chance that a power "
            "failure at just the wrong time corrupts the database in a rollback mode"};
  }
  if (journal == JournalMode::remove && synchronous == Synchronous::full) {
    return {true, false,
            "sqlite.org/pragma.html, synchronous EXTRA, not FULL, syncs the directory after the "
            "journal was unlinked to commit: under FULL the last commit may roll back if a power "
            "loss follows closely"};
  }
  return durable_in_full();
}

Promise promised_after_lost_sync(const Promise& promise) {
  if (!promise.durable) return promise;
  return {
      true, false,
      "a COMMIT that is answered with an error of the disk may be found carried out, and be lost "
      "with the next loss of power, until something else is committed: nobody promises more"};
}

const Promise& promised_after_short_read() {
  static const Promise nothing{
      false, false,
      "a read that the file ends too early for is taken for the end of the file, and what is "
      "missing reads as zeros: a file that somebody has cut short is not told from a shorter one"};
  return nothing;
}

Promise promised_after_kill(JournalMode journal) {
  if (keeps_no_journal(journal)) return without_journal(journal);
  return {true, true,
          "sqlite.org/pragma.html, synchronous: transactions are durable across application "
          "crashes, whatever synchronous and the journal mode are"};
}

Promise promised_after_error(JournalMode journal) {
  if (journal == JournalMode::off) {
    return {false, false,
            "sqlite.org/pragma.html, journal_mode OFF: ROLLBACK behaves in an undefined way, and a "
            "statement that fails cannot undo what it has done in part"};
  }
  if (journal == JournalMode::memory) {
    return {false, false,
            "sqlite.org/pragma.html, journal_mode MEMORY: disk I/O is saved at the expense of the "
            "safety and integrity of the database"};
  }
  return {true, true,
          "sqlite.org/lang_transaction.html, response to errors: SQLITE_IOERR or SQLITE_FULL "
          "undoes the statement, or rolls the whole transaction back"};
}

}  // namespace splitproof::harness
