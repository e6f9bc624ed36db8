#include "harness/oracle/storage_promise.h"

namespace splitproof::harness {

namespace {

using sim::JournalMode;
using sim::Synchronous;

bool keeps_no_journal(JournalMode journal) {
  return journal == JournalMode::memory || journal == JournalMode::off;
}

StoragePromise without_journal(JournalMode journal) {
  return {
      false, false,
      journal == JournalMode::memory
          ? "journal_mode MEMORY: if the application crashes in the middle of a transaction, the "
            "database file will very likely go corrupt"
          : "journal_mode OFF: there is no atomic commit, and if the application crashes in the "
            "middle of a transaction, the database file will very likely go corrupt"};
}

}  // namespace

std::string in_words(const StoragePromise& promise) {
  if (!promise.whole) return "nothing";
  return promise.durable ? "whole and durable" : "whole";
}

StoragePromise promised_after_power_loss(JournalMode journal, Synchronous synchronous,
                                         const sim::Persona& persona) {
  if (keeps_no_journal(journal)) return without_journal(journal);
  if (!persona.keeps_syncs) {
    return {false, false,
            "howtocorrupt, 3.1: where the disk does not honour sync requests, a loss of power may "
            "corrupt the database"};
  }
  if (synchronous == Synchronous::off) {
    return {false, false,
            "synchronous OFF: the database might become corrupted if the computer loses power "
            "before the data has been written to the disk"};
  }
  if (journal == JournalMode::wal) {
    if (synchronous == Synchronous::normal) {
      return {true, false,
              "synchronous NORMAL: in WAL mode the database is consistent, but a transaction might "
              "roll back following a power loss"};
    }
    return {true, true, "synchronous FULL: a loss of power will not corrupt the database"};
  }
  if (synchronous == Synchronous::normal) {
    return {false, false,
            "synchronous NORMAL: there is a very small chance that a power failure at just the "
            "wrong time corrupts the database in a rollback mode"};
  }
  if (journal == JournalMode::remove && synchronous == Synchronous::full) {
    return {true, false,
            "synchronous EXTRA, not FULL, syncs the directory after the journal was unlinked to "
            "commit: under FULL the last commit may roll back if a power loss follows closely"};
  }
  return {true, true, "synchronous FULL: a loss of power will not corrupt the database"};
}

const StoragePromise& promised_after_short_read() {
  static const StoragePromise nothing{
      false, false,
      "a read that the file ends too early for is taken for the end of the file, and what is "
      "missing "
      "reads as zeros: a file that somebody has cut short is not told from a shorter one"};
  return nothing;
}

StoragePromise promised_after_kill(JournalMode journal) {
  if (keeps_no_journal(journal)) return without_journal(journal);
  return {true, true,
          "transactions are durable across application crashes, whatever synchronous and the "
          "journal mode are"};
}

}  // namespace splitproof::harness
